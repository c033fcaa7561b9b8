#!/usr/bin/env python3
"""Times range queries over 200,000 series in mlmon and in Debian's Prometheus, on the same data.

    MLMON_BENCHMARKS=1 swift build -c release --product DifferentialRun
    Benchmarks/differential/speed.py [--tool PATH] [--only mlmon|prometheus] [--keep FOLDER]

200 simulated servers of 1,000 series each are scraped every 2 s for 90 s, into a store of mlmon and
into an OpenMetrics text, of which promtool makes blocks. Each query is asked over the 90 s at a step
of 2 s, once to warm up and then nine times; the table shows the median and the fastest. Of mlmon's
store there are two: one with the samples still in its journal, as the last ten minutes are in a
running mlmon, and one with all of them folded into blocks. mlmon's time is that of its engine and store in one process, without JSON, and "first" that of a process that
has just opened the store; Prometheus's time is that of the HTTP request; answers have 1 to 46 values
each in both. Needs prometheus and promtool, 3 GB of disk for the folder, and some minutes to load.
"""
import argparse, os, shutil, statistics, subprocess, sys, tempfile, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from run import Mlmon, Prometheus  # noqa: E402

START = 1_763_700_000_000
REPEATS = 9
QUERIES = [
    ("16,000", "sum(rate(inference_requests_total[1m]))"),
    ("60,000", "histogram_quantile(0.99, sum by (le) (rate(inference_latency_seconds_bucket[1m])))"),
    ("800", 'sum by (class) (rate(inference_requests_total{model="m1"}[1m]))'),
    ("300", 'histogram_quantile(0.99, sum by (le) '
            '(rate(inference_latency_seconds_bucket{instance="host-7:8000"}[1m])))'),
]


def measured(ask):
    ask()
    times = []
    for _ in range(REPEATS):
        answer = ask()
        if "error" in answer:
            raise SystemExit(answer["error"])
        times.append(answer["seconds"])
    return statistics.median(times), min(times), answer["count"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tool", default=".build/release/DifferentialRun")
    parser.add_argument("--only", choices=["mlmon", "prometheus"])
    parser.add_argument("--keep", help="folder for the data, made once and used again")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    options = parser.parse_args()
    folder = options.keep or tempfile.mkdtemp(prefix="mlmon-speed-")
    os.makedirs(folder, exist_ok=True)
    text = os.path.join(folder, "fleet.om")
    stores = {name: os.path.join(folder, name + ".db") for name in ("journal", "blocks")}
    try:
        if not os.path.exists(text):
            subprocess.run([options.tool, "fleet", text, stores["journal"], str(START)], check=True)
            shutil.copy(stores["journal"], stores["blocks"])
            subprocess.run([options.tool, "fold", stores["blocks"]], check=True)
        for name, store in [*stores.items(), ("prometheus", None)]:
            if options.only in (None, "mlmon" if store else "prometheus"):
                run(name, options, folder, text, store)
    finally:
        if not options.keep:
            shutil.rmtree(folder)


def run(name, options, folder, text, store):
    def first(query):
        mlmon = Mlmon(options.tool, folder, text, store)
        seconds = mlmon.ask(query, START, START + 90_000, 2000, True)["seconds"]
        mlmon.close()
        return seconds

    peer = Mlmon(options.tool, folder, text, store) if store else \
        Prometheus(folder, options.port, text)
    try:
        print(f"{name:12}{'series':>8}{'median':>10}{'fastest':>10}{'first':>10}   query")
        for series, query in QUERIES:
            median, fastest, count = measured(
                lambda: peer.ask(query, START, START + 90_000, 2000, True))
            opened = f"{first(query):.4f}" if store else ""
            print(f"{'':12}{series:>8}{median:>10.4f}{fastest:>10.4f}{opened:>10}   {query}"
                  f"  ({count} series)", flush=True)
    finally:
        peer.close()


if __name__ == "__main__":
    main()
