#!/usr/bin/env python3
"""Evaluates several hundred expressions in mlmon and in Debian's Prometheus over the same data.

    MLMON_BENCHMARKS=1 swift build -c release --product DifferentialRun
    Benchmarks/differential/run.py --tool .build/release/DifferentialRun [--seed 1] [--verbose]

Needs prometheus and promtool in the PATH (apt-get install prometheus). Every difference is
listed; the exit status is 1 where there is one.

Debian has Prometheus 2.42, mlmon follows 3.x. These are the documented changes between the two,
and how each is taken out of the comparison, so that anything else that differs is a mistake:

  left-open ranges     3.0: a range no longer takes a sample that lies exactly on its left end.
                       A range written <5m> here is [5m] for mlmon and [4m59s999ms] for 2.42,
                       which is the same set of samples. Elsewhere samples lie off the grid.
                       [5m:1m] is asked of 2.42 as [4m59s999ms:1m], too.
  left-open look-back  3.0: the same for instant selectors; 2.42 runs with a look-back 1 ms short.
  holt_winters         3.0: is called double_exponential_smoothing; each is asked under its name.
  extrapolation        3.x: rate and increase limit the extrapolation of a counter to the point
                       where it was zero after, no longer before, they cut it to half an interval.
                       Counters here start far enough above zero for both to agree, except in
                       `young_total`, which only the samples' differences are asked of; of gauges,
                       which may be near zero anywhere, neither is asked.
  numbers, names       2.54 and 3.0: 1_000, durations as numbers, and label names of any characters
                       are asked of mlmon only, and must be answered (NEWER).
  atan2                2.47 (#12595): drops the metric's name as other operators do; the names of
                       2.42's answer are dropped here.
  overflowing squares  2.5x: a compensated sum that overflows is infinite, no longer NaN; where
                       stdvar, stddev or double exponential smoothing give +Inf for 2.42's NaN,
                       that counts as equal.
"""
import argparse, json, math, os, random, re, shutil, socket, subprocess, sys, tempfile, time
import urllib.error, urllib.parse, urllib.request

T0 = 1_700_000_000 - 1_700_000_000 % 3600  # seconds; a whole hour
MINUTES = 60
INTERVAL = 15


def series(rng):
    """(name, labels, [(seconds, value)])"""
    def times(offset):
        return [round(T0 + offset + i * INTERVAL, 3) for i in range(MINUTES * 60 // INTERVAL)]

    for si, service in enumerate(["api", "batch", "edge"]):
        for mi, model in enumerate(["churn", "fraud"]):
            for instance in range(2):
                labels = {"service": service, "model": model, "instance": f"h{instance}:80"}
                late = rng.randrange(1, 12_000)
                # Never at a whole second, where the grids are.
                offset = 1 + (late + (late % 1000 == 0)) / 1000
                value, points = 1e6 + rng.randrange(10_000), []
                for t in times(offset):
                    value += rng.randrange(0, 40)
                    if rng.random() < 0.01:
                        value = float(value // 2)  # a restart
                    points.append((t, value))
                yield "requests_total", labels, points
                errors = [(t, 5e4 + float(int(v) // 37)) for t, v in points]
                yield "errors_total", {**labels, "code": str(500 + mi)}, errors
                yield "temperature", labels, [(t, rng.gauss(0, 20)) for t in times(offset)]
                yield "level", labels, [(t, rng.randrange(-2, 3)) for t in times(offset)]
                odd = [math.nan, math.inf, -math.inf, 0.0, -0.0, 1e-300, 1e300, 7.5, -3]
                yield "odd", labels, [(t, rng.choice(odd)) for t in times(offset)]
                gaps = [p for i, p in enumerate(points) if (i // 35 + si + mi + instance) % 3]
                yield "gappy", labels, gaps
                yield "sparse_total", labels, [p for p in points if rng.random() < 0.3]
                if instance == 0:
                    yield "young_total", labels, [(t, i * 0.5) for i, t in enumerate(times(offset))]
                    yield "aligned", labels, [(t, rng.gauss(5, 2)) for t in times(0)]
                    limit = {"service": service, "model": model, "tier": "gold" if mi else ""}
                    yield "limits", limit, [(t, 10.0 + si) for t in times(offset)]
                    yield "info", {"service": service, "owner": f"team-{si}", "zone": "z"}, [
                        (t, 1) for t in times(offset)] if mi == 0 else []
                counts = [5e4 + rng.randrange(1000) for _ in range(6)]
                bounds = ["0.01", "0.1", "0.5", "1", "5", "+Inf"]
                rows = [[] for _ in bounds]
                for t in times(offset):
                    for _ in range(rng.randrange(0, 30)):
                        counts[rng.randrange(6)] += 1
                    total = 0
                    for i, c in enumerate(counts):
                        total += c
                        rows[i].append((t, total))
                for le, row in zip(bounds, rows):
                    if service == "edge" and instance == 1 and le == "+Inf":
                        continue
                    yield "latency_seconds_bucket", {**labels, "le": le}, row
    yield "lonely", {}, [(t, 42) for t in times(3.5)]
    yield "text", {"path": "/a/b.c", "q": "x\ny", "u": "ümläut"}, [(t, 1) for t in times(3.5)]


RANGE_FUNCTIONS = """rate increase delta irate idelta deriv changes resets avg_over_time
min_over_time max_over_time sum_over_time count_over_time stddev_over_time stdvar_over_time
last_over_time present_over_time absent_over_time""".split()
VALUE_FUNCTIONS = """abs ceil floor exp ln log2 log10 sqrt sgn sin cos tan asin acos atan sinh cosh
tanh asinh acosh atanh deg rad timestamp sort sort_desc day_of_week day_of_month day_of_year
days_in_month hour minute month year absent scalar""".split()
AGGREGATIONS = "sum avg min max count group stddev stdvar".split()
ARITHMETIC = ["+", "-", "*", "/", "%", "^", "atan2"]
COMPARISONS = ["==", "!=", ">", "<", ">=", "<="]
SELECTORS = ["requests_total", "temperature", "level", "odd", "gappy", "limits", "lonely",
             'temperature{service=~"a.*|edge"}', 'level{model!="churn",instance=~".*0:80"}',
             'odd{service!~"b.+"}', "nothing", '{__name__=~"le.*l",service="api"}',
             "temperature offset 7m", "temperature offset -3m", f"gappy @ {T0 + 1800.5}",
             "requests_total @ end()", "level @ start()", 'limits{tier=""}', 'limits{tier!=""}']
COUNTERS = ["requests_total", 'errors_total{code="500"}', "sparse_total", "gappy", "odd",
            "temperature", "level"]


def expressions(rng):
    for f in RANGE_FUNCTIONS:
        for s in COUNTERS:
            if f in ("rate", "increase") and s in ("temperature", "level"):
                continue
            yield f"{f}({s}[{rng.choice(['1m', '5m', '7m30s', '20m'])}])"
        yield f"{f}(requests_total{{service=\"api\"}}[5m] offset 10m)"
        yield f"{f}(sparse_total[15m] @ {T0 + 2000})"
        if f not in ("rate", "increase", "delta", "deriv", "absent_over_time"):
            yield f"{f}(aligned<5m>)"
            yield f"{f}((level + 1)<10m:1m>)"
            yield f"{f}(rate(requests_total[5m])<15m:90s>)"
            yield f"{f}(young_total[3m])"
    for q in (-1, 0, 0.25, 0.5, 0.9, 1, 1.5, "NaN"):
        for s in ("temperature", "level", "odd", "gappy"):
            yield f"quantile_over_time({q}, {s}[5m])"
            yield f"quantile({q}, {s})"
        yield f"quantile by (service) ({q}, temperature)"
        yield f"histogram_quantile({q}, latency_seconds_bucket)"
        yield f"histogram_quantile({q}, rate(latency_seconds_bucket[5m]))"
        yield f"histogram_quantile({q}, sum by (le, service) (rate(latency_seconds_bucket[5m])))"
        yield f"histogram_quantile({q}, sum by (le) (latency_seconds_bucket))"
    for s in ("requests_total", "temperature", "gappy"):
        for d in (0, 60, 3600, -120):
            yield f"predict_linear({s}[10m], {d})"
        for a, b in ((0.1, 0.1), (0.5, 0.9), (0.9, 0.2)):
            yield f"double_exponential_smoothing({s}[10m], {a}, {b})"
    for f in VALUE_FUNCTIONS:
        for s in ("temperature", "level", "odd", "requests_total", "lonely"):
            yield f"{f}({s})"
    for f in ("hour", "minute", "month", "year", "day_of_week", "days_in_month", "day_of_year"):
        yield f"{f}()"
    for s in SELECTORS:
        yield s
        for a in rng.sample(AGGREGATIONS, 4):
            yield f"{a}({s})"
            yield f"{a} by (service) ({s})"
            yield f"{a} without (instance, nothing) ({s})"
        for f in ("clamp", "round", "topk", "bottomk", "count_values"):
            yield {"clamp": f"clamp({s}, -1, 3)", "round": f"round({s}, 0.5)",
                   "topk": f"topk(2, {s})", "bottomk": f"bottomk by (model) (1, {s})",
                   "count_values": f'count_values("v", {s})'}[f]
        yield f"absent({s})"
        yield f"-{s}"
        yield f"{s} * 2 + 1"
        yield f"1 - {s} ^ 2 ^ 0.5"
    for s in ("temperature", "odd", "level"):
        for f in ("clamp_min({}, 0)", "clamp_max({}, 1)", "clamp({}, 3, 1)", "clamp({}, NaN, 1)",
                  "round({})", "round({}, -2)", "round({}, 0)", "round({}, 0.1)"):
            yield f.format(s)
    for op in ARITHMETIC:
        for a, b in (("temperature", "level"), ("odd", "level"), ("level", "odd"), ("odd", "odd"),
                     ("requests_total", "gappy"), ("lonely", "lonely")):
            yield f"{a} {op} {b}"
        for a in ("3", "-2.5", "0", "Inf", "NaN", "0x1F", "1e3"):
            yield f"{a} {op} temperature"
            yield f"odd {op} {a}"
            yield f"{a} {op} 2"
        yield f"sum by (service) (level) {op} on (service) info"
        yield f"temperature {op} on (service, model) group_left (tier) limits"
        yield f"limits {op} ignoring (instance, tier) group_right () temperature"
        yield f"temperature {op} on (service) group_left (owner, zone) info"
    for op in COMPARISONS:
        for a, b in (("temperature", "level"), ("odd", "odd"), ("level", "odd"), ("level", "0"),
                     ("0", "level"), ("requests_total", "gappy")):
            yield f"{a} {op} {b}"
            yield f"{a} {op} bool {b}"
        yield f"1 {op} bool 2"
        yield f"temperature {op} on (service) group_left () info"
        yield f"temperature {op} bool on (service) group_left (owner) info"
        yield f"temperature {op} level"
    for op in ("and", "or", "unless"):
        for a, b in (("temperature", "gappy"), ("gappy", "temperature"), ("level > 0", "odd"),
                     ("lonely", "nothing"), ("nothing", "lonely"), ("gappy", "limits")):
            yield f"{a} {op} {b}"
            yield f"{a} {op} on (service, model) {b}"
            yield f"{a} {op} ignoring (instance, tier) {b}"
    yield from (
        "1 + 2 * 3 ^ 2 ^ 0.5 % 4 - -1", "time()", "vector(1)", "scalar(lonely)", "pi()", "time() % 60",
        "scalar(temperature)", "vector(time())", 'label_replace(level, "m", "$1-x", "model", "(.).*")',
        'label_replace(level, "model", "", "model", ".*")', 'label_replace(level, "x", "y", "none", "")',
        'label_replace(level, "s", "${one}", "service", "(?P<one>a).*")',
        'label_replace(level, "s", "$$1", "service", "(.*)")',
        'label_join(level, "all", "-", "service", "model", "none")', 'label_join(level, "all", "")',
        'label_replace(level, "__name__", "other", "", "")', 'label_replace(level, "instance", "", "", "")',
        "timestamp(timestamp(level))", "timestamp(level + 0)", "timestamp(gappy offset 5m)",
        'text{u="ümläut"}', "text{path=~\"/a/b\\\\.c\"}", 'text{q="x\\ny"}', '{__name__="lonely"}',
        "sum(rate(requests_total[5m])) by (service) / sum(rate(requests_total[5m])) by (service)",
        "sum by (service) (rate(errors_total[5m])) / on (service) sum by (service) (rate(requests_total[5m]))",
        "max_over_time(sum(rate(requests_total[2m]))<10m:30s>)", "temperature > level > 0",
        "avg_over_time(temperature<10m:>)", "max_over_time(max_over_time(level<5m:30s>)<10m:1m>)",
        "sum_over_time(time()<5m:1m>)", "sum_over_time(vector(1)<5m:1m>)", "count(count by (service) (level))",
        "rate(requests_total[5m]) > 1 and on (service) level == 1", "topk(0, level)", "topk(100, level)",
        "topk(3, odd)", "bottomk(3, odd)", "bottomk without (model) (2, temperature)",
        'count_values without (instance) ("v", level)', 'count_values by (service) ("service", level)',
        "level == on (service, model, instance) level", "sum(level) without ()", "sum by () (level)",
        "absent(nothing{a=\"b\",c=~\"d\",e!=\"f\"})", "absent(sum(nothing))", "absent_over_time(nothing{x=\"y\"}[5m])",
        "stddev(odd)", "avg(odd)", "sum(odd)", "min(odd)", "max(odd)", "avg(vector(1e308) or requests_total * 1e303)",
        "temperature * on (service) level", "level + on () level", "requests_total / ignoring (code) errors_total",
        "errors_total / ignoring (code) requests_total", "level * group_left level",
        "sum(level) + 1 # a comment", "temperature offset 1h", "rate(requests_total[1s])",
        "changes(odd[10m]) + resets(odd[10m])", "2 > bool 1 == bool 1", "-1 ^ 2", "2 ^ 3 ^ 2", "-level ^ 2",
        '"a string"', "level and level unless level or level", "(level)", "((1))", "+level", "1 / 0", "-1 / 0", "0 / 0",
    )
    yield from PASTED
    yield from SEARCHED
    yield from histograms()


# What people paste, over the series above: the shapes of the Kubernetes and node mixins' rules, of the
# dashboards of vLLM, Triton, TensorFlow Serving and Ray Serve, of burn rates and SLO alerts.
PASTED = """
sum by (service, model) (rate(requests_total{service!=""}[5m])) / ignoring (model) group_left sum by (service) (rate(requests_total[5m]))
sum(rate(errors_total{code=~"5.."}[5m])) by (service) / sum(rate(requests_total[5m])) by (service) > 0.01
(sum by (service) (rate(errors_total[5m])) / sum by (service) (rate(requests_total[5m]))) > (14.4 * 0.001) and (sum by (service) (rate(errors_total[30m])) / sum by (service) (rate(requests_total[30m]))) > (14.4 * 0.001)
1 - (sum(rate(errors_total[10m])) or vector(0)) / sum(rate(requests_total[10m]))
histogram_quantile(0.99, sum by (le, service, model) (rate(latency_seconds_bucket{service=~"api|batch"}[5m])))
histogram_quantile(0.5, sum(rate(latency_seconds_bucket[5m])) without (instance))
histogram_quantile(0.9, sum(increase(latency_seconds_bucket[15m])) by (le, model)) > 0.5
sum(rate(latency_seconds_bucket{le="0.5"}[5m])) by (service) / sum(rate(latency_seconds_bucket{le="+Inf"}[5m])) by (service)
(sum(rate(latency_seconds_bucket{le="0.1"}[5m])) by (service) + sum(rate(latency_seconds_bucket{le="1"}[5m])) by (service)) / 2 / sum(rate(latency_seconds_bucket{le="+Inf"}[5m])) by (service)
max_over_time(histogram_quantile(0.9, sum by (le) (rate(latency_seconds_bucket[5m])))[20m:1m])
avg_over_time((sum by (service) (rate(errors_total[5m])) / sum by (service) (rate(requests_total[5m])))[20m:2m])
quantile_over_time(0.95, sum by (service) (rate(requests_total[3m]))[20m:1m])
histogram_quantile(scalar(lonely) / 100, sum by (le) (rate(latency_seconds_bucket[5m])))
histogram_quantile(0.9, latency_seconds_bucket{le="1"} or latency_seconds_bucket{le="+Inf"})
histogram_quantile(0.5, label_replace(rate(latency_seconds_bucket[5m]), "zone", "$1", "instance", "h(.):.*"))
count(requests_total) by (service) unless count(limits) by (service)
sum by (service) (rate(requests_total[5m])) * on (service) group_left (owner) info
sum by (owner) (sum by (service) (rate(requests_total[5m])) * on (service) group_left (owner) info)
topk(3, sum by (service, model) (rate(requests_total[5m])))
bottomk(2, avg by (model, instance) (temperature))
sort_desc(sum by (service, model) (increase(requests_total[10m])))
sum by (service) (temperature > 10) / on (service) count by (service) (temperature)
count by (service) (temperature > 10) or count by (service) (temperature) * 0
absent(sum(rate(requests_total{service="gone"}[5m])))
absent(requests_total{service="gone",model=~"churn"}) or requests_total{service="api"} == 0
absent_over_time(gappy{service="api",model="churn",instance="h0:80"}[3m])
absent_over_time(gappy{service="api",model="churn"}[3m]) and on () lonely
count_over_time(absent(gappy{service="api",model="churn",instance="h0:80"})[20m:30s])
changes(level[15m]) > 5 and resets(level[15m]) > 2
(time() - timestamp(gappy)) > 60
time() - max_over_time(timestamp(gappy)[30m:1m])
min_over_time((temperature > bool 0)[10m:30s]) == 1
sum_over_time((level == bool 1)[10m:15s]) / count_over_time(level[10m])
avg_over_time(level[5m]) - avg_over_time(level[5m] offset 10m)
rate(requests_total[5m]) / rate(requests_total[5m] offset 10m) > 1.1
(rate(requests_total[5m]) - avg_over_time(rate(requests_total[5m])[30m:1m])) / stddev_over_time(rate(requests_total[5m])[30m:1m])
abs(temperature - on (service, model) group_left avg by (service, model) (temperature)) > 2 * on (service, model) group_left stddev by (service, model) (temperature)
predict_linear(limits[10m], 4 * 3600) < 0
predict_linear(requests_total{service="api"}[30m], 3600) > 1e5 and requests_total < 1e6
deriv(requests_total[10m]) > 0 unless rate(requests_total[10m]) > 3
label_replace(label_replace(up_like, "a", "b", "", ""), "c", "$1", "a", "(.*)") or label_replace(level, "pod", "$1-$2", "instance", "(h.)(:.*)")
label_join(label_replace(temperature, "host", "$1", "instance", "(.*):.*"), "key", "/", "service", "host")
sum by (host) (label_replace(rate(requests_total[5m]), "host", "$1", "instance", "(.*):.*"))
count by (tier) (limits)
count(limits{tier=""}) + count(limits{tier!=""})
limits * on (service, model) group_right (tier) temperature
group by (service) (level) * on (service) group_left max by (service) (level)
max without (instance) (level) == on (service, model) max by (service, model) (level)
sum(requests_total) by (service) > on (service) sum(errors_total) by (service)
requests_total @ start() - requests_total @ end()
rate(requests_total[10m] @ end()) * 0 + rate(requests_total[10m] @ start())
topk(2, rate(requests_total[5m] @ end())) and on (service) level
sum(increase(requests_total[10m])) - sum(increase(requests_total[10m] offset 5m))
max_over_time(rate(requests_total[5m])[20m:1m] @ end())
last_over_time(gappy[20m]) - gappy offset -2m
temperature offset -5m > temperature
sum(rate(requests_total[5m] offset -5m))
avg_over_time(temperature[10m:1m] offset 5m)
avg_over_time(temperature[10m:1m] offset -5m)
min_over_time(max_over_time(avg_over_time(temperature[2m])[6m:1m])[12m:3m])
stddev(temperature) / avg(temperature)
sum(rate(requests_total[5m])) / scalar(count(limits))
clamp_max(rate(requests_total[5m]) / 2, 1)
clamp_min(1 - errors_total / ignoring (code) requests_total, 0)
round(100 * (1 - errors_total / ignoring (code) requests_total), 0.01)
ceil(rate(requests_total[5m])) == floor(rate(requests_total[5m])) + 1
hour(vector(time())) >= bool 9 and hour() < 17 or vector(0)
day_of_week() > 0 and day_of_week() < 6
hour(odd) + minute(odd) + day_of_month(odd)
month(odd * 1e9) + days_in_month(odd * 1e9)
year(vector(1e18)) or year(vector(-1e18))
day_of_year(vector(1709164800)) + day_of_week(vector(-86401))
minute(vector(-1.5)) or hour(vector(-3601))
sum by (service) (rate(requests_total[5m])) > bool 1 or sum by (service) (rate(requests_total[5m])) < bool 0
sum(rate(requests_total[5m])) without (model, instance) - on (service) sum by (service) (rate(errors_total[5m]))
quantile by (service) (0.9, rate(requests_total[5m]))
quantile(scalar(lonely / 50), temperature)
topk(scalar(count(limits{tier=""})), level)
count_values("value", round(temperature / 20))
count_values by (service) ("le", level) > 1
sgn(deriv(temperature[5m])) * 1
irate(requests_total[1m]) > 0
sum(irate(requests_total[2m])) by (service, model)
idelta(level[1m]) != 0
increase(sparse_total[30m]) / 30
rate(sparse_total[1h]) * 3600
delta(temperature[10m]) / 10
(level > 0) or (level < 0) or (level == 0)
level and on (service) (temperature > 20)
level unless ignoring (instance) (temperature > 20)
level or on (service) temperature
{__name__=~"requests_total|errors_total",service="api"}
count by (__name__) ({__name__=~"requests_total|errors_total|level"})
sum by (__name__) ({__name__=~"re.+|le.+",instance="h0:80"})
rate({__name__=~"requests_total|errors_total"}[5m])
rate({__name__=~"requests_total|errors_total",code=~".+"}[5m])
max({service="api"}) by (__name__)
sum({__name__=~".+_total"}) by (service)
label_replace({__name__=~"requests_total|level",service="api"}, "metric", "$1", "__name__", "(.+)")
{service=~"^api$"} > 1e5
level{service=~"api|batch|"}
level{service=~"(?i)API"}
level{service=~"a.i",model!~"(churn|x)"}
level{instance=~"h[01]:\\d+"}
level{service=~"[[:alpha:]]{3}"}
level{service=~"api.*"} * on (model, instance) level{service="batch"}
vector(0) == bool 0
vector(1) unless on () nothing
sum(nothing) or vector(0)
(sum(nothing) or vector(0)) / (sum(nothing) or vector(0))
count(nothing) or on () vector(0)
scalar(nothing) + 1
avg(odd) by (service) > -Inf
max(odd) by (service) == +Inf
min by (model) (odd)
sum by (model) (odd * 0)
stdvar by (service) (level)
stddev by (service, model) (requests_total)
stddev_over_time(requests_total[10m]) / avg_over_time(requests_total[10m])
2 ^ level atan2 1
level % 2 == 1 or level % 2 == -1
-level % 3
5 % level
level ^ -1
1e3 * 1K
0b11
.5 + 5. + 0x1p4
level > 0 > 1
level > (level > 0)
level == bool level == bool 1
not_a_function(level)
sum by service (level)
rate(level)
level[5m]
level[5m:1m]
(level + 1)[5m:1m]
sum(level[5m])
level offset 5m offset 1m
level @ 1 @ 2
level + on (service) group_left group_right level
level and on (service) group_left level
1 and 2
"a" + "b"
level{service="api"
level{service=}
level{service=~"("}
{}
{service=~".*"}
topk(level, level)
topk("a", level)
count_values(1, level)
label_replace(level, "x", "$1", "service", "(")
histogram_quantile("a", level)
level > bool
level bool > 1
sum(level) by (service) without (model)
round(level, 1, 2)
time(1)
level[0s]
level[-5m]
level offset --5m
{__name__="level",__name__="odd"}
{__name__!="level",service="api",instance="h0:80",le=""}
'single' == 'x'
`raw`
"\\u00fc"
""".strip().split("\n")


def bucket(value, bound):
    return f'label_replace(vector({value}), "le", "{bound}", "", "")'


def histograms():
    """Buckets as no client library makes them: unsorted, equal, falling, negative, not numbers."""
    shapes = [
        [(5, "1"), (3, "2"), (9, "+Inf")], [(5, "+Inf"), (2, "0.5"), (4, "1")],
        [(1, "-2"), (3, "-1"), (4, "+Inf")], [(1, "-1"), (3, "1"), (3, "+Inf")],
        [(1, "0"), (3, "1"), (4, "+Inf")], [("NaN", "1"), (3, "2"), (4, "+Inf")],
        [(1, "1"), ("NaN", "2"), (4, "+Inf")], [(1, "1"), (3, "2"), ("NaN", "+Inf")],
        [("Inf", "1"), ("Inf", "+Inf")], [("-1", "1"), (2, "+Inf")], [(0, "1"), (0, "+Inf")],
        [(1, "1"), (2, "1.0"), (4, "+Inf")], [(1, "1"), (2, "+Inf"), (3, "Inf")],
        [(1, "1"), (2, "2")], [(3, "+Inf")], [(1, "x"), (2, "+Inf")], [(1, ""), (2, "+Inf")],
        [(1, "NaN"), (2, "1"), (4, "+Inf")], [(1, "-Inf"), (2, "1"), (4, "+Inf")],
        [(1, "0x10"), (2, "1e2"), (4, "+Inf")],
    ]
    for shape in shapes:
        for q in ("0", "0.3", "0.5", "0.99", "1"):
            yield f"histogram_quantile({q}, {' or '.join(bucket(*b) for b in shape)})"


# What a person who looks for mistakes would ask.
SEARCHED = [
    "  sum  by(service)(level)  ", "sum by (service) ( # the sum\n level # of it\n)# end",
    "level\n\t{ service = \"api\" , model =~ 'ch.*' , }", "rate ( requests_total [ 5m ] )",
    "level offset\n5m", "# nothing", "", "sum by (service) (level) #", "level#{", "'#' == '#'",
] + r"""
-  -level
- - 1
+-+level
1--1
2^-1
-2^2
-(2)^2
-level^-2
2*-level
-level * -level ^ -2
2 ^ -level ^ 2
- level % 2 * 3
1 - -1 - 1
2 / 3 / 4 * 5 % 6
1 atan2 2 * 3 atan2 4
1 > bool 2 > bool 3 == bool 0
1 + 2 > bool 3 - 1
level == 1 or level == 2 and level == 3 unless level == 0
level or level and level unless level
level > 0 and level < 2 or level == -1
!level
SUM BY (service) (level)
level AND level
sum(level) BY (service)
level OFFSET 1m
1 > BOOL 0
level Or lonely
level UNLESS IGNORING (instance) level
level * ON (service, model) GROUP_LEFT (tier) limits
Rate(requests_total[5m])
level offset 1M
nan
INF
+inf
level * iNf
Infinity
sum(level,)
max(level, level)
sum()
sum
by
offset
bool(level)
level{,}
level{service="api",,}
level{service='api' model='churn'}
level{"service"}
level{5="api"}
level{service="api",service="batch"}
level{service!="api",service!="batch"}
level{service="api"}[5m:]
level[5m:1m:1m]
level[:1m]
level[5m][1m]
level[5m:1m][5m:1m]
sum by (service,) (level)
sum by (,) (level)
sum by (service service) (level)
sum by (service, service) (level)
sum by ("a", service) (1)
label_replace(level, "x", "${2}_$1", "instance", "(h)(\\d).*")
label_replace(level, "x", "$0-$0", "instance", "h.*")
label_replace(level, "x", "${1}a$1a", "instance", "(h).*")
label_replace(level, "x", "$9", "instance", "(h).*")
label_replace(level, "x", "$2", "service", "(api)|(batch)|edge")
label_replace(level, "x", "<$1|$2>", "service", "(a)?(p|b|e).*")
label_replace(level, "x", "a$", "service", ".*")
label_replace(level, "x", "$-$ $", "service", ".*")
label_replace(level, "x", "${", "service", ".*")
label_replace(level, "x", "$one", "service", "(?P<one>.)(?P<two>.).*")
label_replace(level, "x", "$two$one", "service", "(?P<one>.)(?P<two>.).*")
label_replace(level, "x", "y", "service", "ap")
label_replace(level, "x", "y", "service", "(?i:API)")
label_replace(level, "x", "y", "nope", "")
label_replace(level, "x", "y", "nope", ".+")
label_replace(level, "service", "same", "service", ".*")
label_replace(level, "__name__", "$1_x", "service", "(.*)")
label_replace(level, "__name__", "", "service", "(.*)")
label_replace(level, "", "y", "service", ".*")
label_join(level, "service", ",", "service", "service")
label_join(level, "x", "", "service", "nope", "model")
label_join(level, "x", "-")
label_join(level, "service", "-", "nope")
label_join(level, "instance", "-", "nope")
count_values("v", odd)
count_values("v", level / 3)
count_values("v", requests_total * 1e15)
count_values("v", requests_total / 1e15)
count_values("v", odd * 0)
count_values("__name__", level)
count_values("service", level)
count_values without () ("v", level)
quantile(Inf, level)
quantile(-Inf, level)
quantile(-0.1, odd)
quantile by (service) (0.5, odd)
quantile(0.5, odd > 0)
topk(NaN, level)
topk(-1, level)
topk(1e30, level)
topk(1.9, level + requests_total)
bottomk(0.5, level)
topk(2, temperature * (odd * 0 + 1))
bottomk(3, temperature * (odd * 0 + 1))
topk(1, requests_total) or bottomk(1, requests_total)
sum(topk by (service) (1, requests_total))
5 > 3
1 == bool NaN
NaN == bool NaN
NaN != bool NaN
level == bool level
level != odd
odd != odd
odd == odd
level and on() lonely
level and ignoring(service) lonely
lonely and on() level
level or on() lonely
lonely or on() level
level or on(service) (level + 1)
level unless on() nothing
level unless on() lonely
level or ignoring(instance) temperature
level or level + 1
sum by (service) (level) or sum by (service, model) (level)
sum by (service) (level) and sum by (service, model) (level)
sum by (service) (requests_total) / on() group_left sum(errors_total)
sum(errors_total) / on() group_right sum by (service) (requests_total)
requests_total / ignoring(code) group_right errors_total
errors_total / ignoring(code) group_left requests_total
level * on(service, model) group_left(tier, instance) limits
level * on(service, model, instance) group_left(model) level
limits * on(service) group_left level
limits * on(service) group_left sum by (service, model) (level)
level + on(service, model, nope) group_left(nope) limits
level{service="api"} == on(model, instance) group_right level{service="batch"}
level{service="api"} - on(model, instance) level{service="batch"}
level > on(service, model) group_left(tier) limits - 11
limits < bool on(service, model) group_right() level
level + on(service) info
level + ignoring(owner, zone, instance, model) group_left(owner) info
level group_left level
level + group_left(tier) limits
level and bool level
level + bool level
max_over_time(level[10m:1m] @ end())
sum_over_time((level @ end())[5m:1m])
sum_over_time((level @ start())[5m:1m])
avg_over_time(level[5m:30s] @ start() offset 2m)
avg_over_time(level[5m:30s] offset 2m @ start())
avg_over_time((level offset 3m)[6m:1m] offset -2m)
count_over_time((rate(requests_total[5m] offset 1m @ end()))[10m:1m])
max_over_time((time())[5m:1m] @ 1700000000)
min_over_time(time()[5m:7s])
sum_over_time(timestamp(level)[5m:1m])
last_over_time((level offset 1m)[5m:10s] offset 30s)
deriv((temperature)[10m:1m])
predict_linear(level[10m:1m], 60)
stddev_over_time((level + odd * 0)[10m:20s])
max_over_time(min_over_time(level[3m:20s] offset 1m)[9m:1m] offset -1m)
max_over_time(sum_over_time((level @ end())[3m:1m])[6m:2m] @ start())
absent_over_time((level > 100)[5m:1m])
absent_over_time(nothing{a="1",a="2"}[5m])
absent_over_time(nothing{a="1",b=~"2"}[5m] offset 1m)
absent_over_time(level{service="zz",model!="a"}[5m:1m])
absent_over_time({service="zz"}[5m])
absent(nothing{a="b"} + 1)
absent({a="b"})
absent(nothing{a="b"} or nothing{a="b"})
absent(rate(nothing{service="x"}[5m]))
absent(vector(1))
absent(level > 1000)
month(vector(1e10))
day_of_month(time())
day_of_month(vector(time() - 86400 * 30))
days_in_month(vector(951782400))
days_in_month(vector(4107542400))
year(vector(-62135596800))
day_of_year(vector(1735603200))
day_of_week(vector(0)) + hour(vector(86399.999))
hour(level, level)
minute(vector(3599.9)) + hour(vector(-0.1))
clamp(level, 2, -2)
clamp(level, NaN, 1)
clamp(level, 0, NaN)
clamp(level, -Inf, Inf)
clamp_min(level, NaN)
clamp_max(odd, NaN)
clamp(level, scalar(lonely) - 42, 1)
clamp_min(level)
sgn(odd)
sgn(-odd)
abs(-odd)
sqrt(level)
ln(level)
log2(odd)
exp(odd)
acosh(level)
round(level / 3, 0.3)
round(vector(-2.5))
round(vector(-0.4))
round(vector(2.5), -1)
round(odd, Inf)
round(requests_total, 1000)
round(-2.5)
deriv(level[1m30s])
deriv(level[10s])
predict_linear(level[2m], -3600)
predict_linear(odd[5m], 60)
predict_linear(level[5m], scalar(lonely))
predict_linear(level[5m], level)
stdvar_over_time(odd[5m])
quantile_over_time(2, odd[5m])
quantile_over_time(scalar(lonely) / 100, level[5m])
quantile_over_time(0.5, requests_total[20s])
last_over_time({__name__=~"level|odd"}[5m])
count_over_time({__name__=~"level|odd"}[5m])
min_over_time({__name__=~"level|odd",service="api"}[5m])
-{__name__=~"level|odd"}
{__name__=~"level|temperature"} * 2
sum_over_time(level[5m]) / count_over_time(level[5m]) - avg_over_time(level[5m])
irate(requests_total[20s])
idelta(gappy[3m])
changes(level[20s])
resets(requests_total[30m])
rate(gappy[10m])
increase(gappy[20m] offset 3m)
holt(level[5m])
sort(odd)
sort_desc(-odd)
sort(1)
scalar(level) == bool NaN
scalar(lonely) + level
scalar(level[5m])
vector(level)
vector(scalar(lonely)) + on() group_right level
time() - timestamp(level)
timestamp(level offset -1m)
timestamp(vector(1))
timestamp(sum(level))
histogram_quantile(0.5, level)
histogram_quantile(0.5, label_replace(level, "le", "bogus", "", ""))
histogram_quantile(0.5, latency_seconds_bucket{le!="+Inf"})
histogram_quantile(0.5, latency_seconds_bucket{le="+Inf"})
histogram_quantile(0.5, latency_seconds_bucket * -1)
histogram_quantile(0.5, latency_seconds_bucket * 0)
histogram_quantile(0.9, latency_seconds_bucket) > 0.4
histogram_quantile(0.9, sum by (le) (latency_seconds_bucket) ^ -1)
histogram_quantile(0.9)
group(level) + group(odd)
stddev(level) by (nothing)
avg(level) without (service, model, instance)
count without (__name__) (level)
sum without (__name__) (level)
max by (__name__, service) (level)
sum by (le) (level)
avg(odd > -Inf)
avg by (service) (odd != Inf)
max(odd * NaN)
min by (service) (odd * NaN)
{__name__="level",__name__=~"l.*"}
level{__name__="level"}
{service!=""}
{service=~"api|"}
{service=~".+",model="churn",instance="h0:80"}
{le="+Inf"}
level{service=~"api",service!~"b.*",service=~".*"}
level{service=~"a\\wi"}
level{service=~"a[^a-o]i"}
level{service=~"(api|batch|edge)+"}
level{service=~"api\\z"}
level{service=~"\\Aapi"}
level{service=~"^(a.*|b.*)$"}
level{service=~"\\Qapi\\E"}
level{service=~"a{1}p{1,2}i?"}
level{service=~"(?s).+"}
level{service=~"(?=api)"}
level{service=~"a**"}
level{service=~"[b-a]"}
level{service=~"\\p{L}+"}
level{service=~"\\pN*"}
level{instance=~"h.:80|h.:90"}
level{model=~"chu\\x72n"}
level{service="\u0061pi"}
level{service='a\160i'}
level{service="api\q"}
level{service=`api`}
level{service=`a\x70i`}
level{service="a\x70i"}
1e-400 * level
1e400
0x1p-2 + level
0777
08
0o17
0x
1e
1.2.3
1e+3
1e3e3
0x1F + 0XaB
.5.
1..2
level offset 1h1m1s1ms
count_over_time(level[1y])
count_over_time(level[1h30m] offset -1h)
count_over_time(level[1w2d])
rate(requests_total[1m30s])
level[5m1h]
level[5m5m]
level[1.5m]
level @ 1.7e9
level @ -1
level @ Inf
level @ NaN
level @ "x"
level @ start(1)
level @ start
(level) @ 5
sum(level) @ 5
(level) offset 5m
level @ start() @ end()
rate(requests_total[5m]) offset 5m
level[5m] @ end()
time()[5m:1m]
sum_over_time(5)
sum_over_time(level)
abs(level[5m])
abs("x")
"x" + level
level == "x"
-"x"
-level[5m]
"x"[5m:1m]
sum("x")
count_values("v", 1)
((((level))))
(level
level)
level level
level 5
5 level
level +
* level
level,level
{}
{__name__="level"} {service="api"}
{__name__=~".*"}
{__name__=~".*level"}
{__name__!="level"}
level:foo:bar
:level
9level
level-1
level.x
sum by (service) level
sum(level) by service
@ 5
$level
level; level
level == level == level
level \t
""".strip("\n").split("\n")

# What 2.42 refuses and later versions know.
NEWER = ["1_000 * 2", "5m", "1h30m + 1", 'label_replace(level, "a b", "x", "", "")', '{"level"}',
         '{"level", "service"="api"}', "sum by (\"service\") (level)",
         "level[300]", "level offset 60.5", "level offset 5", "limitk(2, level)", "limit_ratio(0.5, level)",
         'sort_by_label(level, "service")', "mad_over_time(level[5m])",
         "histogram_fraction(0, 1, latency_seconds_bucket)", "level @ start() offset 1m30s",
         "rate(requests_total[2m * 2 + 1m])", "level offset (1h / 60)", "sum_over_time(level[5m:30s * 2])",
         "count_over_time(level[max(1m, 2m) - step()])", "level + fill(0) limits",
         "limits * on (service, model) group_right fill_left(1) level", "min_of(1, start())",
         'histogram_quantiles(latency_seconds_bucket, "q", 0.5, 0.9)', "end() - range() + step()"]


def ours(e):
    return re.sub(r"<(\d+[a-z]+:?[0-9a-z]*)>", r"[\1]", e)


def theirs(e):
    short = {"5m": "4m59s999ms", "10m": "9m59s999ms", "15m": "14m59s999ms"}
    e = re.sub(r"\[(\d+)m:(\w*)\]", lambda m: f"[{int(m[1]) - 1}m59s999ms:{m[2]}]", e)
    e = re.sub(r"<(\d+[a-z]+)(:?[0-9a-z]*)>", lambda m: f"[{short[m[1]]}{m[2]}]", e)
    return e.replace("double_exponential_smoothing", "holt_winters")


def openmetrics(path, rng):
    groups = {}
    for name, labels, points in series(rng):
        groups.setdefault(name, []).append((labels, points))
    with open(path, "w") as out:
        for name, members in groups.items():
            out.write(f"# TYPE {name} unknown\n")
            for labels, points in members:
                quoted = ",".join('%s="%s"' % (k, v.replace("\\", r"\\").replace("\n", r"\n"))
                                  for k, v in labels.items() if v)
                for t, v in points:
                    text = "NaN" if v != v else ("+Inf" if v > 0 else "-Inf") if math.isinf(v) else repr(v)
                    out.write(f"{name}{{{quoted}}} {text} {t:.3f}\n")
        out.write("# EOF\n")


class Server:
    """A process that answers as Prometheus's HTTP API does."""

    def __init__(self, command, port):
        self.base = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        for _ in range(6000):
            if self.process.poll() is not None:
                raise SystemExit(f"{command[0]} ended; is port {port} taken?")
            try:
                urllib.request.urlopen(self.base + "/-/ready")
                return
            except OSError:
                time.sleep(0.01)
        raise SystemExit(f"{command[0]} does not become ready")

    @staticmethod
    def free(port):
        """The port, or one that is free where it is 0."""
        if port:
            return port
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            return taken.getsockname()[1]

    def close(self):
        self.process.terminate()
        self.process.wait()

    def ask(self, query, start, end, step):
        if step is None:
            path, form = "query", {"query": query, "time": start / 1000}
        else:
            path = "query_range"
            form = {"query": query, "start": start / 1000, "end": end / 1000, "step": step / 1000}
        data = urllib.parse.urlencode(form).encode()
        begun = time.perf_counter()
        try:
            body = urllib.request.urlopen(f"{self.base}/api/v1/{path}", data).read()
        except urllib.error.HTTPError as error:
            return {"error": json.load(error)["error"]}
        seconds = time.perf_counter() - begun
        data = json.loads(body)["data"]
        kind, result = data["resultType"], data["result"]
        if kind in ("scalar", "string"):
            result = [{"metric": {}, "value": result}]
        entries = [{"metric": r["metric"],
                    "times": [round(t * 1000) for t, _ in r.get("values") or [r["value"]]],
                    "values": [v for _, v in r.get("values") or [r["value"]]]} for r in result]
        return {"kind": kind, "entries": entries, "seconds": seconds, "count": len(entries)}


class Prometheus(Server):
    def __init__(self, folder, port, text):
        blocks = os.path.join(folder, "blocks")
        if not os.path.exists(blocks):
            subprocess.run(["promtool", "tsdb", "create-blocks-from", "openmetrics", text, blocks],
                           check=True, stdout=subprocess.DEVNULL)
        configuration = os.path.join(folder, "prometheus.yml")
        open(configuration, "w").write("global: {}\n")
        port = self.free(port)
        super().__init__(
            ["prometheus", f"--config.file={configuration}", f"--storage.tsdb.path={blocks}",
             "--storage.tsdb.retention.time=100y", f"--web.listen-address=127.0.0.1:{port}",
             "--query.lookback-delta=299999ms", "--query.max-samples=500000000",
             "--log.level=error"], port)


class Mlmon:
    def __init__(self, tool, folder, text, isFolded):
        store = os.path.join(folder, "mlmon.db")
        subprocess.run([tool, "load" if isFolded else "journal", text, store], check=True)
        self.process = subprocess.Popen([tool, "answer", store], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)

    def close(self):
        self.process.stdin.close()
        self.process.wait()

    def ask(self, query, start, end, step):
        question = {"query": query, "start": start}
        if step is not None:
            question.update(end=end, step=step)
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"mlmon ended at: {query}")
        answer = json.loads(line)
        return {"error": answer["error"]} if answer.get("error") else answer


def equal(a, b):
    if a == b:
        return True
    try:
        x, y = float(a), float(b)
    except ValueError:
        return False
    if x != x or y != y:
        return x != x and y != y
    if math.isinf(x) or math.isinf(y):
        return x == y
    return abs(x - y) <= 1e-9 * max(abs(x), abs(y)) + 1e-12


def later(e, b):
    """2.42's answer as later versions give it: atan2 drops the name."""
    if "atan2" not in e or "entries" not in b:
        return b
    bare = [{**x, "metric": {k: v for k, v in x["metric"].items() if k != "__name__"}}
            for x in b["entries"]]
    return {**b, "entries": bare}


def overflowed(e, v, w):
    return re.search("std(var|dev)|smoothing", e) and v == "+Inf" and w == "NaN"


def difference(expression, a, b, ordered):
    if ("error" in a) != ("error" in b):
        return f"ours {a.get('error', 'an answer')!r}, theirs {b.get('error', 'an answer')!r}"
    if "error" in a:
        return None
    if a["kind"] != b["kind"]:
        return f"ours is a {a['kind']}, theirs a {b['kind']}"
    def keyed(answer):
        return {tuple(sorted(e["metric"].items())): e for e in answer["entries"]}
    x, y = keyed(a), keyed(b)
    if ordered and list(x) != list(y):
        xs = [e["values"] for e in a["entries"]]
        if xs != [e["values"] for e in b["entries"]]:
            return f"order: ours {list(x)[:4]}, theirs {list(y)[:4]}"
    if x.keys() != y.keys():
        return f"only ours {list(x.keys() - y.keys())[:2]}, only theirs {list(y.keys() - x.keys())[:2]}"
    for key, e in x.items():
        f = y[key]
        if e["times"] != f["times"]:
            return f"{dict(key)}: times {len(e['times'])} and {len(f['times'])}, " \
                   f"{sorted(set(e['times']) ^ set(f['times']))[:4]}"
        for t, v, w in zip(e["times"], e["values"], f["values"]):
            if not equal(v, w) and not overflowed(expression, v, w):
                return f"{dict(key)} at {t}: ours {v}, theirs {w}"
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tool", default=".build/release/DifferentialRun")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--journal", action="store_true",
                        help="mlmon reads the samples from its journal instead of from blocks")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    for needed in ("prometheus", "promtool"):
        if not shutil.which(needed):
            raise SystemExit(f"{needed} is not installed: apt-get install prometheus")
    rng = random.Random(options.seed)
    with tempfile.TemporaryDirectory(prefix="mlmon-differential-") as folder:
        text = os.path.join(folder, "data.om")
        openmetrics(text, rng)
        mlmon = Mlmon(options.tool, folder, text, not options.journal)
        prometheus = Prometheus(folder, options.port, text)
        try:
            return compare(mlmon, prometheus, rng, options.verbose)
        finally:
            prometheus.close()
            mlmon.close()


def compare(mlmon, prometheus, rng, verbose):
    start, end = (T0 + 900) * 1000, (T0 + 3300) * 1000
    asked = refused = different = 0
    unique = list(dict.fromkeys(expressions(rng)))
    for e in unique:
        grids = [(start + 1_200_000, None, None)]
        if e.startswith('"'):
            pass
        else:
            grids.append((start, end, rng.choice([30_000, 60_000, 97_000])))
        for grid in grids:
            a, b = mlmon.ask(ours(e), *grid), prometheus.ask(theirs(e), *grid)
            asked += 1
            refused += "error" in b
            found = difference(e, a, later(e, b), e.startswith("sort") and grid[2] is None)
            if verbose and "error" in a and "error" in b:
                print(f"both refuse  {ours(e)}\n  ours   {a['error']}\n  theirs {b['error']}")
            if found:
                different += 1
                print(f"{'range  ' if grid[2] else 'instant'} {ours(e)}\n        {found}")
    for e in NEWER:
        answer = mlmon.ask(e, start + 1_200_000, None, None)
        if "error" in answer or not answer["entries"]:
            different += 1
            print(f"instant {e}\n        ours {answer.get('error', 'nothing')!r}")
    print(f"{len(unique)} expressions, {asked} questions, {refused} refused by Prometheus, "
          f"{different} differences")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
