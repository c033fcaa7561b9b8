import Alerting
import Detection
import Foundation
import HTTP
import Scraping
import Testing
import TimeSeries

@testable import Configuring

@Suite("A configuration is read")
struct LoadingTests {
    private func load(
        _ text: String, files: [String: String] = [:], environment: [String: String] = [:]
    ) throws -> MonitorConfiguration {
        let workspace = try Workspace(files.merging(["mlmon.yaml": text]) { $1 })
        return try workspace.load(environment: environment)
    }

    @Test("the smallest useful file works as it stands, without files beside it")
    func smallest() throws {
        let workspace = try Workspace([
            "mlmon.yaml": """
            store: {path: mlmon.db}
            scrape: {interval: 2s}
            services:
              - name: digits
                url: http://127.0.0.1:9002/metrics
            rules: [alerts/*.yaml]
            receivers:
              - name: hook
                webhook: {url: "http://127.0.0.1:9099/"}
            route: {receiver: hook, group_wait: 1s, group_interval: 5s}

            """
        ])
        let configuration = try workspace.load()
        #expect(configuration.store.path == workspace.folder + "mlmon.db")
        #expect(configuration.store.retention == .seconds(30 * 86_400))
        let target = try #require(configuration.services.first)
        #expect(target.service == "digits")
        #expect(target.instance == "127.0.0.1:9002")
        #expect(target.interval == .seconds(2))
        #expect(target.timeout == .seconds(2))
        let shipped = try ShippedFiles.ruleGroups().map(\.name)
        #expect(configuration.ruleGroups.map(\.name) == shipped)
        #expect(configuration.receivers.first?.webhooks.first?.url == "http://127.0.0.1:9099/")
        #expect(configuration.route?.groupWait == .seconds(1))
        #expect(configuration.route?.groupInterval == .seconds(5))
        #expect(configuration.route?.repeatInterval == .seconds(4 * 3600))
    }

    @Test("rules of a folder beside the file go before the shipped ones")
    func ownRules() throws {
        let configuration = try load(
            "rules: [alerts/*.yaml]\n",
            files: [
                "alerts/mine.yaml": """
                groups:
                  - name: mine
                    interval: 30s
                    rules:
                      - alert: Slow
                        expr: up == 0
                        for: 1m30s
                        keep_firing_for: 5m
                        labels: {severity: warning}
                        annotations: {summary: "{{ $labels.service }} at {{ $value }}"}
                      - record: a:b
                        expr: sum(up)

                """
            ])
        let group = try #require(configuration.ruleGroups.first)
        #expect(configuration.ruleGroups.count == 1)
        #expect(group.interval == .seconds(30))
        let rule = try #require(group.rules.first)
        #expect(rule.action == .alert(name: "Slow"))
        #expect(rule.hold == .seconds(90))
        #expect(rule.keepFiring == .seconds(300))
        #expect(rule.labels == ["severity": "warning"])
        #expect(rule.annotations == ["summary": "{{ $labels.service }} at {{ $value }}"])
        #expect(rule.location.hasSuffix("alerts/mine.yaml:5"))
        #expect(group.rules.last?.action == .record(name: "a:b"))
    }

    @Test("patterns find files in their order, each once, in folders of any name")
    func patterns() throws {
        let rule = "groups: [{name: g, rules: []}]\n"
        let workspace = try Workspace([
            "a [b]*/mlmon.yaml": "rules: [r/*.yaml, r/b.yaml, r/?.yaml]\n",
            "a [b]*/r/b.yaml": rule, "a [b]*/r/a.yaml": rule, "a [b]*/r/c.yaml/inner": "",
        ])
        let configuration = try MonitorConfiguration.load(
            path: workspace.folder + "a [b]*/mlmon.yaml", environment: [:])
        #expect(configuration.ruleGroups.count == 2)
    }

    @Test("one shipped file can be taken beside one's own")
    func shippedAndOwn() throws {
        let configuration = try load(
            "rules: [alerts/drift.yaml, mine.yaml]\n",
            files: ["mine.yaml": "groups: [{name: mine, rules: []}]\n"])
        #expect(configuration.ruleGroups.last?.name == "mine")
        let locations = configuration.ruleGroups.flatMap(\.rules).map(\.location)
        #expect(!locations.isEmpty)
        #expect(locations.allSatisfy { $0.hasPrefix("alerts/drift.yaml:") })
    }

    @Test("an almost empty file takes the shipped presets and rules, and watches nothing")
    func defaults() throws {
        let configuration = try load("store: {}\n")
        #expect(configuration.services.isEmpty)
        #expect(configuration.scrapeInterval == .seconds(15))
        #expect(configuration.scrapeTimeout == .seconds(10))
        #expect(configuration.drift.window == .seconds(300))
        #expect(configuration.drift.learning == .seconds(3600))
        #expect(configuration.route == nil)
        #expect(try configuration.ruleGroups.count == ShippedFiles.ruleGroups().count)
        #expect(try configuration.presets.map(\.name) == ShippedFiles.presets().map(\.name))
        let shipped = try MonitorConfiguration.shippedDefaults()
        #expect(shipped.presets == configuration.presets)
        #expect(shipped.ruleGroups.map(\.name) == configuration.ruleGroups.map(\.name))
    }

    @Test("every key of store, scrape and detect reaches its place")
    func everyKey() throws {
        let configuration = try load(
            """
            store: {path: /var/lib/x.db, retention: 90d, retention_5m: 1y, retention_1h: 0s, max_size: 10GiB}
            scrape:
              interval: 30s
              timeout: 5s
              limits:
                body_size: 1MB
                samples: 5
                series: 50
                total_series: 500
                labels: 6
                label_name_length: 7
                label_value_length: 8
            detect:
              drift:
                window: 15s
                reference: {learn: 2m}
                minimum_samples: 30
                significance: 0.01
                minimum_effect: 0.05
                critical_effect: 0.3
                method: psi
                threshold: 0.2
              anomaly: {threshold: 8, warm_up: 40, memory: 500}

            """)
        #expect(configuration.store.path == "/var/lib/x.db")
        #expect(configuration.store.retention == .seconds(90 * 86_400))
        #expect(configuration.store.fiveMinuteRetention == .seconds(365 * 86_400))
        #expect(configuration.store.hourRetention == .zero)
        #expect(configuration.store.maximumByteCount == 10 << 30)
        #expect(configuration.scrapeInterval == .seconds(30))
        #expect(configuration.scrapeTimeout == .seconds(5))
        let limits = configuration.scrapeLimits
        #expect(limits.bodyByteCount == 1_000_000)
        #expect(limits.sampleCount == 5)
        #expect(limits.seriesCount == 50)
        #expect(limits.totalSeriesCount == 500)
        #expect(limits.labelCount == 6)
        #expect(limits.labelNameByteCount == 7)
        #expect(limits.labelValueByteCount == 8)
        #expect(configuration.drift.window == .seconds(15))
        #expect(configuration.drift.learning == .seconds(120))
        #expect(configuration.drift.minimumCount == 30)
        #expect(configuration.drift.significance == 0.01)
        #expect(configuration.drift.minimumEffect == 0.05)
        #expect(configuration.drift.criticalEffect == 0.3)
        #expect(configuration.drift.rule == FixedRule.Criterion(.psi, 0.2))
        #expect(configuration.drift.budget == nil)
        let budgeted = try load("detect: {budget: 2/month}\n").drift.budget
        #expect(budgeted == AlarmBudget(2, per: .seconds(30 * 86_400)))
        #expect(try load("store: {}\n").drift.budget == .weekly)
        #expect(configuration.anomaly.threshold == 8)
        #expect(configuration.anomaly.warmUpCount == 40)
        #expect(configuration.anomaly.memoryCount == 500)
    }

    @Test("references are taken by the first that fits, the one for all last")
    func references() throws {
        let drift = try load(
            """
            detect:
              drift:
                reference: {learn: 2h, hour_of_week: 4}
                references:
                  - {service: a, feature: score, file: scores.csv}
                  - {service: a, version: v1, from: 2026-11-01T00:00:00Z, through: 2026-11-08T00:00:00Z}
                  - {service: b, against: stable}

            """
        ).drift
        #expect(drift.learning == .seconds(7200))
        func source(_ service: String, _ version: String, _ feature: String)
            -> DriftReferenceSource
        {
            drift.source(service: service, model: "m", version: version, feature: feature)
        }
        guard case .file(let path) = source("a", "v1", "score") else {
            Issue.record("no file")
            return
        }
        #expect(path.hasSuffix("/scores.csv"))
        #expect(
            source("a", "v1", "prediction")
                == .span(
                    from: Timestamp(milliseconds: 1_793_491_200_000),
                    through: Timestamp(milliseconds: 1_794_096_000_000)))
        #expect(source("b", "canary", "prediction") == .version("stable"))
        #expect(source("b", "stable", "prediction") == .hourOfWeek(weekCount: 4))
        #expect(source("c", "v1", "score") == .hourOfWeek(weekCount: 4))
    }

    @Test("every key of a service reaches its target")
    func service() throws {
        let configuration = try load(
            """
            scrape: {limits: {samples: 9}}
            services:
              - name: a
                url: https://host/metrics?x=1
                instance: rack-1
                labels: {team: "x", zone: eu}
                interval: 5s
                timeout: 1s
                headers: {X-Tenant: "${TENANT}", X-Price: "5$$"}
                bearer_token_file: secret/token
                tls: {ca_file: secret/ca.pem, insecure: true}
              - {name: b, url: "http://[::1]:8000", basic_auth: {username: u, password_file: secret/token}}
              - {name: c, url: "http://plain", preset: http}
              - {name: d, url: "http://d:1/m", bearer_token: "${TOKEN}"}

            """,
            files: ["secret/token": "s3cret\n", "secret/ca.pem": "-----"],
            environment: ["TENANT": "blue", "TOKEN": "t"])
        let targets = configuration.services
        #expect(targets.map(\.instance) == ["rack-1", "[::1]:8000", "plain:80", "d:1"])
        #expect(
            targets.map(\.url) == [
                "https://host/metrics?x=1", "http://[::1]:8000/metrics", "http://plain",
                "http://d:1/m",
            ])
        #expect(targets[0].labels == ["team": "x", "zone": "eu"])
        #expect(targets[0].interval == .seconds(5))
        #expect(targets[0].timeout == .seconds(1))
        #expect(targets[0].headers.map(\.name) == ["X-Tenant", "X-Price"])
        #expect(targets[0].headers.map(\.value) == ["blue", "5$"])
        #expect(targets[0].credentials == .bearer(token: "s3cret"))
        #expect(targets[0].tls.isInsecure)
        #expect(targets[0].tls.certificateAuthorityPath?.hasSuffix("secret/ca.pem") == true)
        #expect(targets[1].credentials == .basic(user: "u", password: "s3cret"))
        #expect(targets[2].kind == .probe)
        #expect(targets[2].preset == nil)
        #expect(targets[3].credentials == .bearer(token: "t"))
        #expect(targets.allSatisfy { $0.limits.sampleCount == 9 })
    }

    @Test("routes take what they leave out from the route above")
    func routes() throws {
        let configuration = try load(
            """
            receivers:
              - name: ops
                webhook:
                  - {url: "http://a/", send_resolved: false, max_alerts: 5, timeout: 3s}
                  - {url: "http://b/", headers: {X-A: b}, bearer_token: t}
              - {name: dev, webhook: {url: "http://c/"}}
            route:
              receiver: ops
              group_by: [service]
              group_wait: 2s
              repeat_interval: 1h
              routes:
                - receiver: dev
                  matchers: ['severity = "info"', team=~a.*, 'x!=""', "y!~z"]
                  continue: true
                  group_wait: 1s
                  routes:
                    - {matchers: [a=b], group_by: ['...']}

            """)
        let ops = try #require(configuration.receivers.first)
        #expect(ops.webhooks.map(\.url) == ["http://a/", "http://b/"])
        #expect(!ops.webhooks[0].sendsResolved)
        #expect(ops.webhooks[0].maximumAlertCount == 5)
        #expect(ops.webhooks[0].timeout == .seconds(3))
        #expect(ops.webhooks[1].credentials == .bearer(token: "t"))
        let root = try #require(configuration.route)
        let child = try #require(root.children.first)
        let leaf = try #require(child.children.first)
        #expect(child.receiver == "dev")
        #expect(child.continues)
        #expect(child.groupBy == ["service"])
        #expect(child.groupWait == .seconds(1))
        #expect(child.repeatInterval == .seconds(3600))
        #expect(
            child.matchers.map(\.description)
                == ["severity=\"info\"", "team=~\"a.*\"", "x!=\"\"", "y!~\"z\""])
        #expect(leaf.receiver == "dev")
        #expect(leaf.groupBy == ["..."])
        #expect(leaf.groupWait == .seconds(1))
        #expect(!leaf.continues)
    }

    @Test("one receiver alone needs no route")
    func singleReceiver() throws {
        let configuration = try load(
            "receivers:\n  - {name: ops, webhook: {url: 'http://h/'}}\n")
        #expect(configuration.route?.receiver == "ops")
    }

    @Test("a preset of the user's replaces a shipped one, and gives the path of its page")
    func ownPreset() throws {
        let configuration = try load(
            "presets: [p/*.yaml]\nservices: [{name: a, url: 'http://x:1', preset: mine}]\n",
            files: [
                "p/mine.yaml": """
                name: mine
                title: Mine
                priority: 7
                ports: [1234]
                paths: [/stats/metrics]
                fingerprints: [mine_]
                model_labels: [model]
                version_labels: version
                absent_versions: ["None", ""]
                hint: turn the metrics on
                signals:
                  requests: [mine_ok_total, mine_bad_total]
                  latency: {selector: mine_us_total, count: mine_ok_total, scale: 1e-6}
                  predictions: {selector: '{__name__=~"mine_.*_total"}', class_label: class}

                """
            ])
        let preset = try #require(configuration.presets.last)
        #expect(preset.name == "mine")
        #expect(preset.priority == 7)
        #expect(preset.ports == [1234])
        #expect(preset.versionLabels == ["version"])
        #expect(preset.absentVersions == ["None", ""])
        #expect(preset.hint == "turn the metrics on")
        #expect(preset.signals[.requests]?.map(\.selector) == ["mine_ok_total", "mine_bad_total"])
        #expect(
            preset.signals[.latency] == [
                SignalSource(
                    selector: "mine_us_total", countSelector: "mine_ok_total", scale: 1e-6)
            ])
        #expect(preset.signals[.predictions]?.first?.classLabel == "class")
        #expect(configuration.services.first?.url == "http://x:1/stats/metrics")
    }

    @Test("aliases may share what services have in common")
    func aliases() throws {
        let configuration = try load(
            """
            services:
              - {name: a, url: "http://x:1/", labels: &common {team: t}}
              - {name: b, url: "http://x:2/", labels: *common}

            """)
        #expect(configuration.services.allSatisfy { $0.labels == ["team": "t"] })
    }

    @Test("the example for found services is a valid file")
    func example() throws {
        let found = [
            FoundService(name: "digits", url: "http://127.0.0.1:8002/metrics"),
            FoundService(name: "digits", url: "http://127.0.0.1:8003/metrics"),
            FoundService(name: "yes: \"$x\" #1", url: "http://127.0.0.1:8004/metrics"),
            FoundService(name: "web", url: "http://127.0.0.1:8005/", preset: "http"),
        ]
        let configuration = try load(MonitorConfiguration.renderExample(for: found))
        #expect(configuration.services.map(\.url) == found.map(\.url))
        #expect(
            configuration.services.map(\.service)
                == ["digits", "digits-2", "yes: \"$x\" #1", "web"])
        #expect(configuration.services.last?.kind == .probe)
        #expect(try load(MonitorConfiguration.renderExample(for: [])).services.count == 1)
    }

    @Test(
        "sizes are read as they are written",
        arguments: [
            ("0", 0), ("512", 512), ("1KB", 1000), ("1kB", 1000), ("1KiB", 1024),
            ("10MB", 10_000_000), ("10MiB", 10 << 20), ("3GiB", 3 << 30),
            ("2TB", 2_000_000_000_000),
        ])
    func sizes(text: String, count: Int) {
        #expect(Fields.byteCount(parsing: text) == count)
    }

    @Test(
        "what is no size is none", arguments: ["", "MB", "1 MB", "1.5GB", "-1", "1PB", "9999999TB"])
    func notSizes(text: String) {
        #expect(Fields.byteCount(parsing: text) == nil)
    }

    @Test(
        "the nearest known word is suggested",
        arguments: [
            ("retension", "; did you mean 'retention'?"), ("ptah", "; did you mean 'path'?"),
            ("xyz", "; expected 'path' or 'retention'"),
        ])
    func suggestions(word: String, expected: String) {
        #expect(suggestion(for: word, among: ["path", "retention"]) == expected)
    }
}
