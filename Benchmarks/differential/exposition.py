#!/usr/bin/env python3
"""Serves the same metrics pages to mlmon and to Debian's Prometheus, and compares what both store.

    Benchmarks/differential/exposition.py [--keep FOLDER]

Every page is a target of its own. Compared are whether the scrape succeeded, and each series with its
labels and its value. Differences that are meant are listed with their reason; any other one ends the
script with status 1. Needs `make build` and the package `prometheus`.
"""

import argparse
import http.server
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TEXT, OPEN = "text/plain; version=0.0.4", "application/openmetrics-text; version=1.0.0"
NOW = int(time.time())
# What either adds by itself.
OWN = ("up", "scrape_", "mlmon_")

text = [
    "a 1\n", "a 1", "a 1\r\n", "\n\na 1\n\n", "  a   1\n", "\ta\t1\t\n", "a 1 \n", "a{} 1\n", "a {} 1\n",
    'a{b="c"} 1\n', 'a { b = "c" , } 1\n', 'a{b="c",,} 1\n', 'a{,} 1\n', 'a{b="c"}1\n', 'a{b=c} 1\n',
    "a{b='c'} 1\n", 'a{b="x\\\\y\\"z\\nw"} 1\n', 'a{b="x\\ty"} 1\n', 'a{b="ü€😀"} 1\n',
    'a{b="line\nbreak"} 1\n', 'a{b=""} 1\n', 'a{b="1",b="2"} 1\n', 'a{b="1",b="1"} 1\n',
    'a{__name__="z"} 1\n', 'a{instance="other"} 1\n', 'a{0b="c"} 1\n', 'a{b:c="d"} 1\n', "a:b 1\n",
    "0a 1\n", "a-b 1\n", "ä 1\n", "_ 1\n", ": 1\n", 'a{b="c"} 1 2 3\n', "a\n", "a \n", "a x\n", "a 1x\n",
    "a 0x1p-2\n", "a 1_000\n", "a 1e3\n", "a 1E3\n", "a 1e400\n", "a -1e400\n", "a 1e-400\n", "a .5\n",
    "a 5.\n", "a +5\n", "a -0\n", "a --5\n", "a NaN\n", "a nan\n", "a -NaN\n", "a +Inf\n", "a inf\n",
    "a -Infinity\n", "a infinit\n", "a 0.1234567890123456789\n", "a 9007199254740993\n",
    "a 123456789012345678901234567890\n", "a 1 %d\n" % (NOW * 1000), "a 1 %d.5\n" % (NOW * 1000),
    "a 1 -1\n", "a 1 0\n", "a 1 %d\n" % ((NOW + 86400) * 1000), "a 1 1e3\n", "a 1 x\n", "a 1\na 2\n", "a 1\nb 2\na 1\n",
    "# anything\na 1\n", "#a 1\na 1\n", "# TYPE a counter\na 1\n", "# TYPE a bogus\na 1\n",
    "# TYPE a counter\n# TYPE a gauge\na 1\n", "# TYPE a\na 1\n", "a 1\n# TYPE a gauge\n",
    "# HELP a text \\n here\na 1\n", "# HELP a\na 1\n", "# TYPE a histogram\na_bucket{le=\"1\"} 1\na_sum 2\n",
    'a_bucket{le="1"} 1\na_bucket{le="1.0"} 2\n', 'a{quantile="0.50"} 1\n', "<html>\n", "\ufeffa 1\n", "", "\n", "a 1\nb x\n",
    'a{b="c" 1\n', 'a{b="c} 1\n', 'a{b} 1\n', '{a="b"} 1\n', '{"a"} 1\n', '{"a b",c="d"} 1\n', "a 1 # {} 1\n", "a\u00a01\n",
    "a 1\x00\n", "a 1\x0b\n", "# EOF\na 1\n", "a{b=\"\\\"} 1\n", 'a{b="c"}  \t 1 \t %d\n' % (NOW * 1000),
    b'a{b="\xff"} 1\n', b"\xff 1\n", b"# HELP a \xff\na 1\n",
]
openMetrics = [
    "a 1\n# EOF\n", "a 1\n# EOF", "a 1\n", "# EOF\n", "", "a 1\n\n# EOF\n", "a  1\n# EOF\n", "a 1 \n# EOF\n",
    "\ta 1\n# EOF\n", "a{} 1\n# EOF\n", 'a{b="c",} 1\n# EOF\n', 'a{b="c", d="e"} 1\n# EOF\n', "a 1\n# EOF\nb 1\n",
    "a 1\n# EOF\n\n", "# comment\na 1\n# EOF\n", "# TYPE a counter\na_total 1\na_created 5\n# EOF\n",
    "# TYPE a counter\na 1\n# EOF\n", "# TYPE a gauge\n# UNIT a seconds\na 1\n# EOF\n",
    "# TYPE a_seconds gauge\n# UNIT a_seconds seconds\na_seconds 1\n# EOF\n", "# TYPE a info\na_info{v=\"1\"} 1\n# EOF\n",
    "# TYPE a stateset\na{a=\"x\"} 1\n# EOF\n", "# TYPE a unknown\na 1\n# EOF\n", "# TYPE a untyped\na 1\n# EOF\n",
    "# TYPE a histogram\na_bucket{le=\"1\"} 1 # {t=\"x\"} 0.5\na_bucket{le=\"+Inf\"} 1\na_count 1\na_sum 2\n# EOF\n",
    "a_total 1 # {t=\"x\"} 0.5 %d\n# EOF\n" % NOW, "a 1 %d\n# EOF\n" % NOW, "a 1 %d.123\n# EOF\n" % NOW,
    "a 1 %d.1239\n# EOF\n" % NOW, "a 1 1e3\n# EOF\n", "a 1 -1\n# EOF\n", "a 1 NaN\n# EOF\n", "a NaN\n# EOF\n",
    "a +Inf\n# EOF\n", "a Inf\n# EOF\n", "a 0x10\n# EOF\n", 'a{b="x\\\\y\\"z\\nw"} 1\n# EOF\n', "a 1\r\n# EOF\r\n",
    "# HELP a x \\\" y\na 1\n# EOF\n", "a 1 # {} 1\n# EOF\n", "a 1 #{t=\"x\"} 1\n# EOF\n", "a 1\na 2\n# EOF\n",
    "# TYPE a counter\n# TYPE a counter\na_total 1\n# EOF\n",
]
PAGES = [(TEXT, body) for body in text] + [(OPEN, body) for body in openMetrics]

# By the page: why the two are meant to differ.
SPEC = "text format: blanks around a line and CR before its end are left out"
TIME = "text format: a time is any int64; one before 1970 is left out, the page is not"
BOUND = "le and quantile are written as numbers, as Prometheus 3 does, so that 1 and 1.0 are one series"
UTF8 = "quoted names, of Prometheus 3"
MEANT = {
    (TEXT, "a 1\r\n"): SPEC, (TEXT, "  a   1\n"): SPEC, (TEXT, "\ta\t1\t\n"): SPEC,
    (TEXT, "a 1 -1\n"): TIME,
    (TEXT, '# TYPE a histogram\na_bucket{le="1"} 1\na_sum 2\n'): BOUND,
    (TEXT, 'a_bucket{le="1"} 1\na_bucket{le="1.0"} 2\n'): BOUND,
    (TEXT, 'a{quantile="0.50"} 1\n'): BOUND,
    (OPEN, '# TYPE a histogram\na_bucket{le="1"} 1 # {t="x"} 0.5\na_bucket{le="+Inf"} 1\na_count 1\na_sum 2\n'
           "# EOF\n"): BOUND,
    (TEXT, '{"a"} 1\n'): UTF8, (TEXT, '{"a b",c="d"} 1\n'): UTF8,
    (OPEN, ""): "an empty answer is a page without series, whatever its type",
    (OPEN, 'a{b="c",} 1\n# EOF\n'): "a comma behind the last label does no harm",
    (OPEN, "a 1 # {} 1\n# EOF\n"): "exemplars are left out, wherever they stand",
    (OPEN, "# TYPE a counter\na_total 1\na_created 5\n# EOF\n"):
        "says when the counter began, and is no series of its own",
}


class Server(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        kind, body = PAGES[int(self.path.rsplit("/", 1)[1])]
        body = body if isinstance(body, bytes) else body.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            pass  # They end while they are answered.

    def log_message(self, *_):
        pass


def ask(port, query):
    url = f"http://127.0.0.1:{port}/api/v1/query?query={urllib.parse.quote(query)}"
    return json.load(urllib.request.urlopen(url, timeout=20))["data"]["result"]


def stored(port, label):
    """By page: whether it was taken, and its series."""
    pages = {}
    for row in ask(port, "{" + label + '=~"page-.*"}'):
        labels = dict(row["metric"])
        number = int(labels.pop(label).removeprefix("page-"))
        name = labels.get("__name__", "")
        page = pages.setdefault(number, {"up": None, "series": {}})
        if name == "up":
            page["up"] = row["value"][1]
        if name.startswith(OWN):
            continue
        labels.pop("instance", None)
        key = ",".join(f"{k}={v!r}" for k, v in sorted(labels.items()))
        page["series"][key] = float(row["value"][1])
    return pages


def same(a, b):
    return a == b or a != a and b != b


def differences(a, b):
    if a["up"] != b["up"]:
        return f"up {a['up']} against {b['up']}"
    keys = sorted(set(a["series"]) | set(b["series"]))
    return "; ".join(
        f"{key}: {a['series'].get(key)} against {b['series'].get(key)}" for key in keys
        if key not in a["series"] or key not in b["series"]
        or not same(a["series"][key], b["series"][key]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mlmon", default=ROOT / ".build/release/mlmon", type=pathlib.Path)
    parser.add_argument("--port", type=int, default=24100)
    parser.add_argument("--keep", type=pathlib.Path, help="keep stores and logs in this folder")
    arguments = parser.parse_args()
    folder = arguments.keep or pathlib.Path(tempfile.mkdtemp(prefix="mlmon-exposition-"))
    folder.mkdir(exist_ok=True, parents=True)
    http.server.ThreadingHTTPServer.request_queue_size = 512
    server = http.server.ThreadingHTTPServer(("127.0.0.1", arguments.port), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"127.0.0.1:{arguments.port}"
    own, other = arguments.port + 1, arguments.port + 2
    (folder / "mlmon.yaml").write_text("\n".join(
        [f"store: {{path: {folder}/mlmon.db}}", f"api: {{listen: '127.0.0.1:{own}'}}", "rules: []",
         "scrape: {interval: 5s, timeout: 5s}", "services:"]
        + [f"  - {{name: page-{i}, url: 'http://{address}/{i}'}}" for i in range(len(PAGES))]) + "\n")
    (folder / "prometheus.yml").write_text("\n".join(
        ["global: {scrape_interval: 5s, scrape_timeout: 5s}", "scrape_configs:"]
        + [f"- {{job_name: page-{i}, metrics_path: /{i}, static_configs: [{{targets: ['{address}']}}]}}"
           for i in range(len(PAGES))]) + "\n")
    processes = [
        subprocess.Popen([arguments.mlmon, "run", "--config", folder / "mlmon.yaml"],
                         stdout=open(folder / "mlmon.log", "w"), stderr=subprocess.STDOUT),
        subprocess.Popen(
            ["prometheus", f"--config.file={folder}/prometheus.yml",
             f"--storage.tsdb.path={folder}/tsdb", f"--web.listen-address=127.0.0.1:{other}",
             "--log.level=error"],
            stdout=open(folder / "prometheus.log", "w"), stderr=subprocess.STDOUT)]
    try:
        time.sleep(16)
        if any(process.poll() is not None for process in processes):
            sys.exit(f"one of the two ended; see the logs in {folder}")
        mine, theirs = stored(own, "service"), stored(other, "job")
    finally:
        for process in processes:
            process.terminate()
            process.wait(30)
    if not arguments.keep:
        shutil.rmtree(folder, ignore_errors=True)
    meant, found = 0, 0
    nothing = {"up": None, "series": {}}
    for number, (kind, body) in enumerate(PAGES):
        difference = differences(mine.get(number, nothing), theirs.get(number, nothing))
        reason = MEANT.get((kind, body))
        if difference and reason:
            meant += 1
        elif difference or reason:
            found += 1
            shown = f"differs: {difference}" if difference else f"no longer differs ({reason})"
            print(f"{'OpenMetrics' if kind == OPEN else 'text'} {body!r}: {shown}")
    print(f"{len(PAGES)} pages: {len(PAGES) - meant - found} alike, {meant} differ as they are meant "
          f"to, {found} others")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
