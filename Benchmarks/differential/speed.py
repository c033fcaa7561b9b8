#!/usr/bin/env python3
"""Times range queries over 200,000 series in mlmon and in Debian's Prometheus, on the same data.

    MLMON_BENCHMARKS=1 swift build -c release --product DifferentialRun
    Benchmarks/differential/speed.py [--tool PATH] [--only mlmon|prometheus] [--keep FOLDER]

200 simulated servers of 1,000 series each are scraped every 2 s for 90 s, into a store of mlmon and
into an OpenMetrics text, of which promtool makes blocks. Each query is asked of the two over HTTP,
by one client, over the 90 s at a step of 2 s: "first" is the first question to a process that has
just started, the median and the fastest are of the nine that follow; "new" is the median of
selectors that the process was not asked for before, of the 800 series of a model each. Of mlmon's
store there are
two: one with the samples still in its journal, as the last ten minutes are in a running mlmon, and
one with all of them folded into blocks. Prometheus has its own as blocks. Needs prometheus and
promtool, 3 GB of disk for the folder, and some minutes to load.
"""
import argparse, os, shutil, statistics, subprocess, sys, tempfile, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from run import Prometheus, Server  # noqa: E402

START = 1_763_700_000_000
REPEATS = 9
QUERIES = [
    ("16,000", "sum(rate(inference_requests_total[1m]))"),
    ("60,000", "histogram_quantile(0.99, sum by (le) (rate(inference_latency_seconds_bucket[1m])))"),
    ("800", 'sum by (class) (rate(inference_requests_total{model="m1"}[1m]))'),
    ("300", 'histogram_quantile(0.99, sum by (le) '
            '(rate(inference_latency_seconds_bucket{instance="host-7:8000"}[1m])))'),
]


MODEL = 'sum by (class) (rate(inference_requests_total{{model="{}"}}[1m]))'
MODELS = [f"m{number}" for number in range(1, 20)]


def measured(server, query, repeats=REPEATS):
    """The first time, those of the questions that follow, and how many series were answered."""
    times = []
    for _ in range(repeats + 1):
        answer = server.ask(query, START, START + 90_000, 2000)
        if "error" in answer:
            raise SystemExit(answer["error"])
        times.append(answer["seconds"])
    return times[0], times[1:], answer["count"]


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


def started(options, folder, text, store):
    if store is None:
        return Prometheus(folder, options.port, text)
    port = Server.free(options.port)
    return Server([options.tool, "serve", store, f"127.0.0.1:{port}"], port)


def run(name, options, folder, text, store):
    print(f"{name:12}{'series':>8}{'first':>10}{'median':>10}{'fastest':>10}   query")
    for series, query in QUERIES:
        server = started(options, folder, text, store)
        try:
            first, times, count = measured(server, query)
        finally:
            server.close()
        print(f"{'':12}{series:>8}{first:>10.4f}{statistics.median(times):>10.4f}"
              f"{min(times):>10.4f}   {query}  ({count} series)", flush=True)
    server = started(options, folder, text, store)
    try:
        times = [measured(server, MODEL.format(model), 0)[0] for model in MODELS]
    finally:
        server.close()
    print(f"{'':12}{'new':>8}{times[0]:>10.4f}{statistics.median(times[1:]):>10.4f}"
          f"{min(times[1:]):>10.4f}   {MODEL.format('m…')}", flush=True)


if __name__ == "__main__":
    main()
