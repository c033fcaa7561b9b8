let configurationCases: [MistakeCase] = [
    MistakeCase(
        "unknown keys with a suggestion",
        "store: {path: a.db, retension: 3d}\nservice: []\nzebra: 1\n",
        "mlmon.yaml:1:21: unknown key 'retension' in 'store'; did you mean 'retention'?",
        "mlmon.yaml:2:1: unknown key 'service' in the configuration; did you mean 'services'?",
        "mlmon.yaml:3:1: unknown key 'zebra' in the configuration; expected 'store', 'scrape', "
            + "'services', 'detect', 'rules', 'receivers', 'route', 'presets', 'dashboards' or "
            + "'api'"),
    MistakeCase(
        "an API that is badly addressed",
        "api: {listen: nine}\n",
        "mlmon.yaml:1:15: listen is 'nine', expected HOST:PORT, like 127.0.0.1:9190"),
    MistakeCase(
        "an API that other machines reach unprotected",
        "api: {listen: '0.0.0.0:9190', bearer_token: t}\n",
        "mlmon.yaml:1:15: listen is '0.0.0.0:9190': other machines can connect to 0.0.0.0; set "
            + "tls with cert_file and key_file, or insecure: true, or listen on 127.0.0.1"),
    MistakeCase(
        "wrong types",
        "store: [a]\nscrape: 3\nservices: {name: x}\nreceivers: x\nroute: []\n",
        "mlmon.yaml:1:8: 'store' is a list, expected a mapping",
        "mlmon.yaml:2:9: 'scrape' is '3', expected a mapping",
        "mlmon.yaml:3:11: services is a mapping, expected a list",
        "mlmon.yaml:4:12: receivers is 'x', expected a list",
        "mlmon.yaml:5:8: the route is a list, expected a mapping"),
    MistakeCase(
        "values that are left out",
        "store:\n  path:\n  retention: ~\n",
        "mlmon.yaml:2:3: path is nothing, expected text",
        "mlmon.yaml:3:3: retention is nothing, expected text"),
    MistakeCase(
        "duplicate keys, all of them",
        "store: {path: a, path: b}\nscrape: {interval: 1s}\nstore: {path: c}\n"
            + "detect: {drift: {window: 1s, 'window': 2s, \"window\": 3s}}\n",
        "mlmon.yaml:1:18: duplicate key 'path'; first given in line 1",
        "mlmon.yaml:3:1: duplicate key 'store'; first given in line 1",
        "mlmon.yaml:4:30: duplicate key 'window'; first given in line 4",
        "mlmon.yaml:4:44: duplicate key 'window'; first given in line 4"),
    MistakeCase(
        "durations",
        "scrape: {interval: 5 m, timeout: soon}\nstore: {retention: 1s}\n"
            + "detect: {drift: {window: -5m}}\n",
        "mlmon.yaml:1:20: interval is '5 m', expected a duration; did you mean '5m'?",
        "mlmon.yaml:1:34: timeout is 'soon', expected a duration, like 30s, 5m or 1h30m",
        "mlmon.yaml:2:20: retention is '1s', expected 1m...100y",
        "mlmon.yaml:3:26: window is '-5m', expected a duration, like 30s, 5m or 1h30m"),
    MistakeCase(
        "sizes",
        "store: {max_size: 10 MB}\nscrape: {limits: {body_size: 1, samples: many}}\n",
        "mlmon.yaml:1:19: max_size is '10 MB', expected a size; did you mean '10MB'?",
        "mlmon.yaml:2:30: body_size is '1', expected 1KiB...1GiB",
        "mlmon.yaml:2:42: samples is 'many', expected a whole number from 1 to 10000000"),
    MistakeCase(
        "a timeout longer than the interval",
        "scrape: {interval: 2s, timeout: 3s}\n",
        "mlmon.yaml:1:33: timeout is '3s', expected at most the interval, 2s"),
    MistakeCase(
        "a reference shorter than a window",
        "detect: {drift: {window: 1h, reference: {learn: 5m}, significance: 2}}\n",
        "mlmon.yaml:1:49: the reference learns for 5m, expected at least one window, 1h",
        "mlmon.yaml:1:68: significance is '2', expected a number from 1e-12 to 0.5"),
    MistakeCase(
        "a budget that is none, and one beside a significance",
        "detect: {budget: weekly}\n",
        "mlmon.yaml:1:18: budget is 'weekly', expected false alarms in a time, like 1/week, 2/day "
            + "or 0.5/month"),
    MistakeCase(
        "methods",
        "detect: {budget: 1/day, drift: {significance: 0.01, method: ksi}}\n",
        "mlmon.yaml:1:47: significance is given beside a budget, expected one of them",
        "mlmon.yaml:1:61: method is 'ksi'; did you mean 'ks'?"),
    MistakeCase(
        "a method without threshold", "detect: {drift: {method: psi}}\n",
        "mlmon.yaml:1:26: method psi has no threshold"),
    MistakeCase(
        "a threshold without method", "detect: {drift: {threshold: 1}}\n",
        "mlmon.yaml:1:29: threshold is given without a method, expected method too"),
    MistakeCase(
        "references without a source, with two, and with a wrong one",
        "detect:\n  drift:\n    reference: {file: a.csv, against: v1}\n    references:\n"
            + "      - {service: a}\n      - {hour_of_week: 0}\n      - {feature: x, against: v1}\n"
            + "      - {from: yesterday, through: 2026-11-01T00:00:00Z}\n"
            + "      - {from: 2026-11-01T00:00:00Z, through: 2026-10-01T00:00:00Z}\n",
        "mlmon.yaml:3:16: 'reference' names file and against, expected one of file, hour_of_week, "
            + "from and through, or against",
        "mlmon.yaml:5:9: a reference names no source, expected one of file, hour_of_week, "
            + "from and through, or against",
        "mlmon.yaml:6:24: hour_of_week is '0', expected a whole number from 1 to 52",
        "mlmon.yaml:7:19: feature is 'x', expected prediction or score",
        "mlmon.yaml:8:16: from is 'yesterday', expected an instant like 2026-11-01T00:00:00Z",
        "mlmon.yaml:9:47: through is not after from"),
    MistakeCase(
        "performance",
        "detect: {performance: {task: guess, threshold: 2, services: [{name: a}, {name: a}]}}\n",
        "mlmon.yaml:1:30: task is 'guess', expected one of auto, classification, regression",
        "mlmon.yaml:1:48: threshold is '2', expected a number from 0.0 to 1.0",
        "mlmon.yaml:1:80: service 'a' is given twice"),
    MistakeCase(
        "services without name or address",
        "services:\n  - {}\n  - 7\n  - {name: '', url: ''}\n",
        "mlmon.yaml:2:5: a service has no 'name'", "mlmon.yaml:2:5: a service has no 'url'",
        "mlmon.yaml:3:5: a service is '7', expected a mapping",
        "mlmon.yaml:4:12: name is empty", "mlmon.yaml:4:21: url is empty"),
    MistakeCase(
        "addresses",
        """
        services:
          - {name: a, url: "localhost:8000"}
          - {name: b, url: "ftp://x/"}
          - {name: c, url: "http://"}
          - {name: d, url: "http://x:99999/m"}
          - {name: e, url: "http://u:p@x/"}
          - {name: f, url: "http://a b/"}
          - {name: g, url: "http://x/#top"}

        """,
        "mlmon.yaml:2:20: url is 'localhost:8000', expected http://HOST:PORT/PATH; did you mean "
            + "'http://localhost:8000'?",
        "mlmon.yaml:3:20: url is 'ftp://x/', expected http://HOST:PORT/PATH",
        "mlmon.yaml:4:20: url is 'http://', expected a host after 'http://'",
        "mlmon.yaml:5:20: url is 'http://x:99999/m', expected a port from 1 to 65535 after the "
            + "host",
        "mlmon.yaml:6:20: url is 'http://u:p@x/', which holds a password; use basic_auth",
        "mlmon.yaml:7:20: url is 'http://a b/', expected a URL of printable ASCII without spaces",
        "mlmon.yaml:8:20: url is 'http://x/#top', expected a URL without '#'"),
    MistakeCase(
        "the same service twice",
        """
        services:
          - {name: a, url: "http://x:1/m"}
          - {name: a, url: "http://x:2/m"}
          - {name: a, url: "http://X:1/other"}

        """,
        "mlmon.yaml:4:5: service 'a' at 'x:1' is given twice; give one of them another 'name' or "
            + "'instance'"),
    MistakeCase(
        "labels, headers and presets",
        """
        services:
          - name: a
            url: http://x/
            preset: htp
            labels: {9x: a, service: b, __name__: c, ok: d}
            headers: {"a b": c, Authorization: d}

        """,
        "mlmon.yaml:4:13: unknown preset 'htp'; did you mean 'http'?",
        "mlmon.yaml:5:14: label name is '9x', expected letters, digits and underscores, not "
            + "beginning with a digit",
        "mlmon.yaml:5:21: label 'service' is the service's name; set 'name'",
        "mlmon.yaml:5:33: label '__name__' begins with '__', which is kept for mlmon",
        "mlmon.yaml:6:15: header name is 'a b', expected a name like 'X-Tenant'",
        "mlmon.yaml:6:25: header 'Authorization' is set by bearer_token, bearer_token_file or "
            + "basic_auth; use one of them"),
    MistakeCase(
        "credentials",
        """
        services:
          - {name: a, url: "http://x:1/", bearer_token: t, basic_auth: {username: u, password: p}}
          - {name: b, url: "http://x:2/", bearer_token_file: none.txt}
          - {name: c, url: "http://x:3/", basic_auth: {username: u}}
          - {name: d, url: "http://x:4/", basic_auth: {password: p}}
          - {name: e, url: "http://x:5/", tls: {ca_file: no.pem, insecure: yes}}

        """,
        "mlmon.yaml:2:52: 'bearer_token' and 'basic_auth' exclude each other, expected one of them",
        "mlmon.yaml:3:54: bearer_token_file: cannot read 'none.txt': no such file",
        "mlmon.yaml:4:47: 'basic_auth' has neither 'password' nor 'password_file', expected one "
            + "of them",
        "mlmon.yaml:5:47: 'basic_auth' has no 'username'",
        "mlmon.yaml:6:50: ca_file: cannot read 'no.pem': no such file",
        "mlmon.yaml:6:68: insecure is 'yes', expected true or false"),
    MistakeCase(
        "variables",
        """
        services:
          - {name: "${NOBODY}", url: "http://x/${"}

        """,
        "mlmon.yaml:2:12: environment variable 'NOBODY' is not set; write '$$' for a dollar",
        "mlmon.yaml:2:30: 'http://x/${' has '${' without '}'; write '$$' for a dollar"),
    MistakeCase(
        "files that are not there",
        "rules: [rules/*.yml]\npresets: mine.yaml\n",
        "mlmon.yaml:1:9: rules: no file matches 'rules/*.yml'; paths are relative to the "
            + "configuration file",
        "mlmon.yaml:2:10: presets: no file matches 'mine.yaml'; paths are relative to the "
            + "configuration file"),
    MistakeCase(
        "receivers and routes",
        """
        receivers:
          - {name: ops, webhook: {url: "http://h/", max_alerts: -1, send_resolved: 1}}
          - {name: ops, webhook: [{url: "h"}]}
          - {name: empty}
        route:
          receiver: opps
          matchers: ['a="b"']
          group_by: [a-b, '...']
          routes:
            - {matchers: ['severity=~"("', severity, 'a="b'], receiver: nobody}

        """,
        "mlmon.yaml:2:57: max_alerts is '-1', expected a whole number from 0 to 1000000",
        "mlmon.yaml:2:76: send_resolved is '1', expected true or false",
        "mlmon.yaml:3:12: receiver 'ops' is given twice",
        "mlmon.yaml:3:33: url is 'h', expected http://HOST:PORT/PATH; did you mean 'http://h'?",
        "mlmon.yaml:4:5: a receiver has no 'webhook'",
        "mlmon.yaml:6:13: unknown receiver 'opps'; did you mean 'ops'?",
        "mlmon.yaml:7:3: the first route takes every alert, so it has no 'matchers'; write it in "
            + "'routes'",
        "mlmon.yaml:8:14: group_by holds 'a-b', expected a label's name, or '...' for all",
        "mlmon.yaml:8:19: group_by holds '...' beside labels, expected it alone",
        "mlmon.yaml:10:19: matcher 'severity=~\"(\"': …",
        "mlmon.yaml:10:36: matcher is 'severity', expected like 'severity=\"critical\"' with =, "
            + "!=, =~ or !~",
        "mlmon.yaml:10:46: matcher is 'a=\"b', which has a quote without its other one",
        "mlmon.yaml:10:65: unknown receiver 'nobody'; expected 'ops' or 'empty'"),
    MistakeCase(
        "several receivers and no route",
        """
        receivers:
          - {name: a, webhook: {url: "http://h/"}}
          - {name: b, webhook: {url: "http://h/"}}

        """,
        "mlmon.yaml:1:1: there are several receivers and no 'route', expected a route that names "
            + "one"),
    MistakeCase(
        "text that is no YAML",
        "store: {path: a\nscrape: [\n",
        "mlmon.yaml:2:7: not valid YAML while parsing a flow mapping: did not find expected ',' "
            + "or '}'"),
    MistakeCase(
        "a tab as indentation",
        "store:\n\tpath: a\n",
        "mlmon.yaml:2:1: not valid YAML while scanning for the next token: found character that "
            + "cannot start any token"),
    MistakeCase(
        "two documents",
        "store: {path: a}\n---\nstore: {path: b}\n",
        "mlmon.yaml:2:1: not valid YAML expected a single document in the stream: but found "
            + "another document"),
    MistakeCase(
        "a list instead of the configuration",
        "- a\n",
        "mlmon.yaml:1:1: the configuration is a list, expected a mapping"),
    MistakeCase(
        "keys that are no text",
        "? [a]\n: 1\n~: 2\n",
        "mlmon.yaml:1:3: a key of the configuration is a list, expected text",
        "mlmon.yaml:3:1: a key of the configuration is nothing, expected text"),
]

let ruleCases: [MistakeCase] = [
    MistakeCase(
        "no groups", "group: []\n",
        "r.yaml:1:1: the rule file has no 'groups'",
        "r.yaml:1:1: unknown key 'group' in the rule file; did you mean 'groups'?"),
    MistakeCase(
        "unknown keys of a rule",
        "groups:\n  - name: a\n    rules:\n      - alert: A\n        expr: up\n        fro: 5m\n",
        "r.yaml:6:9: unknown key 'fro' in a rule; did you mean 'for'?"),
    MistakeCase(
        "what a rule needs",
        """
        groups:
          - rules: []
          - name: a
            rules:
              - expr: up
              - {alert: A, record: b, expr: up}
              - {alert: A}
              - {record: "a-b", expr: up}
              - {record: b, expr: up, for: 1m, annotations: {a: b}}
          - name: a
            interval: 1ms
            rules: []

        """,
        "r.yaml:2:5: a rule group has no 'name'",
        "r.yaml:5:9: a rule has neither 'alert' nor 'record', expected one of them",
        "r.yaml:6:20: a rule has both 'alert' and 'record', expected one of them",
        "r.yaml:7:9: a rule has no 'expr'",
        "r.yaml:8:18: record is 'a-b', expected a metric name: letters, digits, underscores and "
            + "colons, not beginning with a digit",
        "r.yaml:9:31: a recording rule has no 'for'",
        "r.yaml:9:40: a recording rule has no 'annotations'",
        "r.yaml:10:5: group 'a' is given twice in this file",
        "r.yaml:11:15: interval is '1ms', expected 1s...1d"),
    MistakeCase(
        "labels and templates",
        """
        groups:
          - name: a
            rules:
              - alert: A
                expr: up == 0
                labels: {alertname: x, a-b: c}
                annotations:
                  summary: "{{ $labels.x "
                  other: "{{ nonsense }}"

        """,
        "r.yaml:6:18: label 'alertname' is the rule's name; leave it out",
        "r.yaml:6:32: label name is 'a-b', expected letters, digits and underscores, not "
            + "beginning with a digit",
        "r.yaml:8:20: template of 'summary': …",
        "r.yaml:9:18: template of 'other': …"),
    MistakeCase(
        "PromQL in one line",
        "groups:\n  - name: a\n    rules:\n      - {alert: A, expr: sum(up}\n",
        "r.yaml:4:32: expr: …"),
    MistakeCase(
        "PromQL in quotes",
        "groups:\n  - name: a\n    rules:\n      - {alert: A, expr: 'up == )'}\n",
        "r.yaml:4:33: expr: …"),
    MistakeCase(
        "PromQL in a block",
        """
        groups:
          - name: a
            rules:
              - alert: A
                expr: |
                  sum(up)
                    / nosuch(up)

        """,
        "r.yaml:7:15: expr: …"),
    MistakeCase(
        "PromQL that no rule can use",
        """
        groups:
          - name: a
            rules:
              - {alert: A, expr: '"hello"'}
              - {alert: B, expr: 'up[5m]'}
        """,
        "r.yaml:4:26: expr: gives a string, expected a vector or a scalar",
        "r.yaml:5:26: expr: gives a range of samples; put a function like rate around it, "
            + "expected a vector or a scalar"),
    MistakeCase(
        "PromQL in a folded block",
        """
        groups:
          - name: a
            rules:
              - alert: A
                expr: >
                  sum(up)
                  / )

        """,
        "r.yaml:5:15: expr: …"),
]

let presetCases: [MistakeCase] = [
    MistakeCase(
        "what a preset needs", "title: X\n",
        "p.yaml:1:1: the preset has no 'name'"),
    MistakeCase(
        "wrong values",
        """
        name: x
        title: X
        ports: [0, 8000, http]
        paths: metrics
        priority: high
        model_labels: [a-b]
        signals:
          requests: {selector: a_total, class_label: class, counts: b}
          latencies: x
          errors: rate(a_total[5m])
          latency: a_seconds{
          predictions: {selector: 'p{class!=""}', class_label: "9"}
          queue_time: []
          compute_time: {scale: 2}

        """,
        "p.yaml:3:9: ports holds '0', expected a port from 1 to 65535",
        "p.yaml:3:18: ports holds 'http', expected a port from 1 to 65535",
        "p.yaml:4:8: paths holds 'metrics', expected a path like '/metrics'",
        "p.yaml:5:11: priority is 'high', expected a whole number from -1000 to 1000",
        "p.yaml:6:16: model_labels holds 'a-b', expected letters, digits and underscores, not "
            + "beginning with a digit",
        "p.yaml:8:33: class_label is for 'predictions' only",
        "p.yaml:8:53: unknown key 'counts' in 'requests'; did you mean 'count'?",
        "p.yaml:9:3: unknown key 'latencies' in 'signals'; did you mean 'latency'?",
        "p.yaml:10:11: errors is 'rate(a_total[5m])', expected a selector without function, range "
            + "or offset",
        "p.yaml:11:22: latency: …",
        "p.yaml:12:56: class_label is '9', expected letters, digits and underscores, not "
            + "beginning with a digit",
        "p.yaml:13:15: queue_time is an empty list",
        "p.yaml:14:17: 'compute_time' has no 'selector'"),
]
