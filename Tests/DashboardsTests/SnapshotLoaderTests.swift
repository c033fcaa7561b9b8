import Querying
import Storage
import Testing
import TimeSeries

@testable import Dashboards

/// Signal series that grow at known rates, every two seconds for half an hour.
private struct Recording {
    static let end = Timestamp(milliseconds: 1_777_644_150_000)

    var series: [Series] = []

    mutating func counter(
        _ name: String, _ labels: [String: String], perSecond rate: Double, from start: Int = 0,
        until: Int = 900
    ) {
        add(name, labels, start..<until) { Double($0 - start) * 2 * rate }
    }

    mutating func gauge(
        _ name: String, _ labels: [String: String], _ value: Double, from start: Int = 0,
        until end: Int = 900
    ) {
        add(name, labels, start..<end) { _ in value }
    }

    private mutating func add(
        _ name: String, _ labels: [String: String], _ steps: Range<Int>, _ value: (Int) -> Double
    ) {
        let start = Self.end.milliseconds - 898 * 2_000
        series.append(
            Series(
                labels: LabelSet(metricName: name, labels),
                timestamps: steps.map { start + Int64($0) * 2_000 }, values: steps.map(value)))
    }

    /// 100 requests a second, 8 % of them by the canary.
    static var digits: Recording {
        var recording = Recording()
        for (version, rate) in [("v1", 92.0), ("v2", 8.0)] {
            let labels = [
                "service": "digits", "instance": "a:1", "model": "net", "version": version,
            ]
            recording.counter("mlmon_requests_total", labels, perSecond: rate)
            recording.counter("mlmon_errors_total", labels, perSecond: rate / 50)
            recording.counter("mlmon_latency_seconds_count", labels, perSecond: rate)
            recording.counter("mlmon_latency_seconds_sum", labels, perSecond: rate * 0.02)
            for (bound, share) in [("0.01", 0.5), ("0.1", 0.99), ("1", 1), ("+Inf", 1)] {
                recording.counter(
                    "mlmon_latency_seconds_bucket", labels.merging(["le": bound]) { $1 },
                    perSecond: rate * share)
            }
            recording.gauge(
                "mlmon_drift_psi", labels.merging(["feature": "prediction"]) { $1 },
                version == "v2" ? 0.4 : 0.01)
        }
        return recording
    }

    static func status(
        _ service: String, isUp: Bool = true, secondsAgo: Double = 1, message: String? = nil
    ) -> TargetStatus {
        TargetStatus(
            service: service, instance: "a:1", url: "http://a:1/metrics", preset: "triton",
            isPresetRecognised: true, intervalSeconds: 2, isUp: isUp,
            lastScrapeMilliseconds: end.milliseconds - Int64(secondsAgo * 1000),
            lastDurationSeconds: 0.004, sampleCount: 12, message: message)
    }

    static func window(
        _ version: String, _ state: DriftWindowRecord.State, psi: Double?
    ) -> DriftWindowRecord {
        DriftWindowRecord(
            service: "digits", model: "net", version: version, feature: "prediction", state: state,
            fromMilliseconds: end.milliseconds - 15_000, throughMilliseconds: end.milliseconds,
            bins: ["0", "1"], referenceCounts: [50, 50], counts: [90, 10], psi: psi,
            psiNullMean: 0.01, pValue: 0.001)
    }

    static func alert(
        _ service: String, severity: String, state: AlertRecord.State = .firing
    ) -> AlertRecord {
        AlertRecord(
            fingerprint: "0123456789abcdef", rule: "HighLatency",
            ruleLocation: "alerts/latency.yaml:3", state: state,
            labels: ["service": service, "severity": severity],
            annotations: ["summary": "\(service): p99 is 268ms"], value: 0.268,
            pendingSinceMilliseconds: end.milliseconds - 60_000,
            firingSinceMilliseconds: end.milliseconds - 30_000,
            lastEvaluatedMilliseconds: end.milliseconds)
    }

    func loader(_ records: StoreRecords) -> SnapshotLoader {
        SnapshotLoader(source: MemorySource(series), engine: QueryEngine()) { records }
    }
}

@Suite("Snapshot loader")
struct SnapshotLoaderTests {
    private let request = LoadRequest(
        fleetWindow: .fifteenMinutes, service: "digits", serviceWindow: .fiveMinutes)

    private func isNear(_ value: Double?, _ expected: Double) -> Bool {
        value.map { abs($0 - expected) <= 0.01 * expected } ?? false
    }

    @Test("rates, quantiles, errors and shares are those of the recording")
    func numbers() throws {
        let records = StoreRecords(targets: [Recording.status("digits")])
        let snapshot = try Recording.digits.loader(records).snapshot(request, at: Recording.end)
        let service = try #require(snapshot.services.first)
        #expect(isNear(service.now.requestsPerSecond, 100))
        #expect(isNear(service.now.errorRatio, 0.02))
        #expect(isNear(service.now.p50Seconds, 0.01))
        #expect(isNear(service.now.p99Seconds, 0.1))
        #expect(isNear(service.now.meanSeconds, 0.02))
        #expect(service.health == .ok)
        #expect(service.versions.map(\.version) == ["v1", "v2"])
        #expect(service.versions.map(\.isCanary) == [false, true])
        #expect(isNear(service.versions[1].share, 0.08))
        #expect(service.history.requestsPerSecond.count == snapshot.grid.count)
        #expect(service.history.requestsPerSecond.allSatisfy { isNear($0, 100) })
        #expect(service.psiHistory.allSatisfy { isNear($0, 0.4) })
    }

    @Test("the detail has performance as estimated and as labels tell")
    func performance() throws {
        var recording = Recording.digits
        let labels = ["service": "digits", "model": "net", "version": "v1"]
        recording.gauge("mlmon_estimated_accuracy", labels, 0.91)
        recording.gauge("mlmon_estimated_accuracy_lower", labels, 0.9)
        recording.gauge("mlmon_estimated_accuracy_upper", labels, 0.93)
        recording.gauge("mlmon_realised_accuracy", labels, 0.88, from: 700)
        recording.gauge("mlmon_realised_mae", labels, 2)
        // Of a window that is over: newer ones have no labels yet.
        recording.gauge("mlmon_realised_recall", labels, 0.75, from: 760, until: 780)
        recording.gauge("mlmon_realised_label_coverage", labels, 0.5)
        recording.gauge(
            "mlmon_estimated_accuracy", labels.merging(["service": "other"]) { $1 }, 0.1)
        let records = StoreRecords(targets: [Recording.status("digits")])
        let snapshot = try recording.loader(records).snapshot(request, at: Recording.end)
        let lines = try #require(snapshot.detail).performance
        #expect(lines.map(\.metric) == ["accuracy", "recall", "mae"])
        #expect(lines[0].estimated == .init(value: 0.91, lower: 0.9, upper: 0.93))
        #expect(lines[0].realised == 0.88 && lines[0].coverage == 0.5)
        #expect(lines[0].history.last == 0.88)
        #expect(lines[1].realised == 0.75 && lines[1].coverage == 0.5)
        #expect(lines[2].estimated == nil && lines[2].realised == 2)
    }

    @Test("the detail has buckets, distributions worst first, and its own window")
    func detail() throws {
        let records = StoreRecords(
            targets: [Recording.status("digits")],
            driftWindows: [
                Recording.window("v1", .stable, psi: 0.01),
                Recording.window("v2", .drifted, psi: 0.4),
            ])
        let snapshot = try Recording.digits.loader(records).snapshot(request, at: Recording.end)
        let detail = try #require(snapshot.detail)
        #expect(detail.window == .fiveMinutes)
        #expect(detail.grid.count == 61)
        #expect(detail.buckets?.bounds == [0.01, 0.1, 1, .infinity])
        let column = try #require(detail.buckets?.columns.last ?? nil)
        #expect(zip(column, [50, 49, 1, 0]).allSatisfy { abs($0 - $1) < 0.5 }, "\(column)")
        #expect(detail.distributions.map(\.version) == ["v2", "v1"])
        #expect(detail.distributions[0].kind == .classes)
        #expect(detail.summary.health == .warning, "drift without an alert is a warning")
        #expect(detail.summary.psi == 0.4)
        #expect(detail.languageModel.isEmpty && detail.resources.isEmpty)
    }

    @Test("signals of language models become lines; servers without buckets show their mean")
    func languageModel() throws {
        var recording = Recording()
        let labels = ["service": "chat", "instance": "a:1"]
        recording.counter("mlmon_requests_total", labels, perSecond: 3)
        recording.counter("mlmon_latency_seconds_sum", labels, perSecond: 6)
        recording.counter("mlmon_latency_seconds_count", labels, perSecond: 3)
        recording.counter("mlmon_generation_tokens_total", labels, perSecond: 900)
        recording.gauge("mlmon_kv_cache_ratio", labels, 0.61)
        recording.gauge("mlmon_in_flight", labels, 6)
        for (bound, share) in [("0.1", 0.5), ("1", 1.0), ("+Inf", 1)] {
            recording.counter(
                "mlmon_time_to_first_token_seconds_bucket", labels.merging(["le": bound]) { $1 },
                perSecond: share)
        }
        let records = StoreRecords(targets: [Recording.status("chat")])
        let snapshot = try recording.loader(records).snapshot(
            LoadRequest(fleetWindow: .hour, service: "chat", serviceWindow: .fifteenMinutes),
            at: Recording.end)
        let detail = try #require(snapshot.detail)
        #expect(detail.languageModel.map(\.title) == ["first token", "tokens", "KV cache"])
        #expect(isNear(detail.languageModel[0].lines[0].now, 0.1))
        #expect(isNear(detail.languageModel[1].lines[0].now, 900))
        #expect(detail.resources.map(\.title) == ["in flight"])
        let service = detail.summary
        #expect(isNear(service.now.meanSeconds, 2))
        #expect(service.now.p99Seconds == nil && service.now.errorRatio == nil)
        #expect(service.versions.isEmpty, "a service that tells no version has none")
    }

    @Test("what the window holds no samples of is unknown, not zero")
    func gaps() throws {
        var recording = Recording()
        let labels = ["service": "late", "instance": "a:1"]
        recording.counter("mlmon_requests_total", labels, perSecond: 5, from: 700)
        let records = StoreRecords(targets: [Recording.status("late")])
        let snapshot = try recording.loader(records).snapshot(
            LoadRequest(fleetWindow: .fifteenMinutes, service: nil, serviceWindow: .hour),
            at: Recording.end)
        let history = try #require(snapshot.services.first).history.requestsPerSecond
        #expect(history.first == .some(nil))
        #expect(history.last.map { isNear($0, 5) } == true)
        #expect(snapshot.detail == nil)
    }

    @Test(
        "a window nobody chose covers the age of the data, and no more than a quarter of an hour",
        arguments: [
            (0, TimeWindow.minute), (2, .minute), (40, .minute), (90, .fiveMinutes),
            (280, .fiveMinutes), (400, .fifteenMinutes), (1700, .fifteenMinutes),
        ])
    func fittedWindow(seconds: Int, expected: TimeWindow) throws {
        var recording = Recording.digits
        for service in ["digits", "new"] {
            recording.gauge(
                "up", ["service": service, "instance": "a:1"], 1,
                from: 898 - (service == "new" ? min(seconds, 30) : seconds) / 2)
        }
        let records = StoreRecords(targets: [Recording.status("digits"), Recording.status("new")])
        let loader = recording.loader(records)
        let snapshot = try loader.snapshot(
            LoadRequest(fleetWindow: nil, service: "new", serviceWindow: nil), at: Recording.end)
        #expect(snapshot.window == expected)
        #expect(snapshot.grid == TimeGrid(expected, endingBefore: Recording.end))
        #expect(snapshot.detail?.window == .minute, "by its own age")
        let beside = try loader.snapshot(
            LoadRequest(fleetWindow: nil, service: "new", serviceWindow: nil, isBesideFleet: true),
            at: Recording.end)
        #expect(beside.detail?.window == expected, "beside the fleet both have one window")
    }

    @Test("latency without a version belongs to the service, not to a version of its own")
    func sharedLatency() throws {
        var recording = Recording()
        for version in ["v1", "v2"] {
            recording.counter(
                "mlmon_requests_total",
                ["service": "churn", "instance": "a:1", "model": "churn", "version": version],
                perSecond: 10)
        }
        let labels = ["service": "churn", "instance": "a:1", "model": "churn"]
        for (bound, share) in [("0.01", 10.0), ("0.1", 20), ("+Inf", 20)] {
            recording.counter(
                "mlmon_latency_seconds_bucket", labels.merging(["le": bound]) { $1 },
                perSecond: share)
        }
        let records = StoreRecords(targets: [Recording.status("churn")])
        let snapshot = try recording.loader(records).snapshot(
            LoadRequest(fleetWindow: .hour, service: "churn", serviceWindow: .fifteenMinutes),
            at: Recording.end)
        let service = try #require(snapshot.services.first)
        #expect(service.versions.map(\.version) == ["v1", "v2"])
        #expect(isNear(service.now.p50Seconds, 0.01))
        #expect(snapshot.detail?.summary.versions.count == 2)
        #expect(snapshot.detail?.buckets != nil)
    }

    @Test("a probed service has the time and status of its answers")
    func probe() throws {
        var recording = Recording()
        let labels = ["service": "gateway", "instance": "a:1"]
        recording.gauge("probe_duration_seconds", labels, 0.003)
        recording.gauge("probe_http_status_code", labels, 503)
        var status = Recording.status("gateway")
        status.preset = ""
        let snapshot = try recording.loader(StoreRecords(targets: [status])).snapshot(
            LoadRequest(fleetWindow: .hour, service: "gateway", serviceWindow: .fifteenMinutes),
            at: Recording.end)
        for probe in [snapshot.services.first?.probe, snapshot.detail?.summary.probe] {
            #expect(probe?.seconds == 0.003)
            #expect(probe?.status == 503)
            #expect(probe?.history.last == 0.003)
        }
    }

    @Test("expected bands are those of the whole, scores those of the worst version")
    func expected() throws {
        var recording = Recording.digits
        for (version, value) in [("v1", 90.0), ("v2", 8.0)] {
            for signal in ["request_rate", "error_ratio"] {
                let labels = [
                    "service": "digits", "model": "net", "version": version, "signal": signal,
                ]
                recording.gauge("mlmon_expected_lower", labels, value * 0.9)
                recording.gauge("mlmon_expected_upper", labels, value * 1.1)
                recording.gauge("mlmon_anomaly_score", labels, version == "v2" ? 0.8 : 0.1)
                recording.gauge(
                    "mlmon_anomaly_warm_up_ratio", labels, version == "v2" ? 0.3 : 1)
            }
        }
        let records = StoreRecords(targets: [Recording.status("digits")])
        let snapshot = try recording.loader(records).snapshot(request, at: Recording.end)
        let expected = try #require(snapshot.detail).expected
        #expect(isNear(expected[.requestRate]?.lower.last ?? nil, 98 * 0.9))
        #expect(isNear(expected[.requestRate]?.upper.last ?? nil, 98 * 1.1))
        #expect(expected[.errorRatio]?.upper == [], "ratios of versions do not add up")
        #expect(expected[.errorRatio]?.score.last == 0.8)
        #expect(expected[.errorRatio]?.warmUp.last == 0.3)
        #expect(expected[.latencyP99] == nil)
    }

    @Test("later snapshots of one loader are those of a fresh one")
    func incremental() throws {
        let recording = Recording.digits
        let records = StoreRecords(targets: [Recording.status("digits")])
        let loader = recording.loader(records)
        for seconds in stride(from: -600, through: 0, by: 7) {
            let now = Recording.end + .seconds(seconds)
            let snapshot = try loader.snapshot(request, at: now)
            guard seconds % 5 == 0 || seconds == 0 else { continue }
            let fresh = try recording.loader(records).snapshot(request, at: now)
            #expect(snapshot.grid == fresh.grid)
            #expect(snapshot.services[0].history == fresh.services[0].history, "\(seconds)")
            #expect(snapshot.detail?.buckets == fresh.detail?.buckets, "\(seconds)")
        }
    }

    @Test(
        "health follows scrapes before alerts before drift",
        arguments: [
            (Recording.status("s"), [], Health.ok),
            (Recording.status("s", isUp: false, message: "refused"), [], .down),
            (
                Recording.status("s", secondsAgo: 94), [Recording.alert("s", severity: "critical")],
                .stale
            ),
            (Recording.status("s"), [Recording.alert("s", severity: "critical")], .critical),
            (Recording.status("s"), [Recording.alert("s", severity: "warning")], .warning),
            (
                Recording.status("s"), [Recording.alert("s", severity: "x", state: .pending)],
                .pending
            ),
            (Recording.status("s"), [Recording.alert("s", severity: "x", state: .resolved)], .ok),
            (Recording.status("s"), [Recording.alert("other", severity: "critical")], .ok),
        ] as [(TargetStatus, [AlertRecord], Health)])
    func health(status: TargetStatus, alerts: [AlertRecord], health: Health) throws {
        let records = StoreRecords(targets: [status], alerts: alerts)
        let snapshot = try Recording().loader(records).snapshot(
            LoadRequest(fleetWindow: .fifteenMinutes, service: nil, serviceWindow: .hour),
            at: Recording.end)
        #expect(snapshot.services.map(\.health) == [health])
        #expect(snapshot.services[0].reason == status.message)
    }

    @Test("alerts say what is wrong without repeating their service")
    func alertLines() {
        let records = StoreRecords(
            targets: [], alerts: [Recording.alert("digits", severity: "page")])
        #expect(records.alertLines[0].summary == "p99 is 268ms")
        #expect(records.alertLines[0].severity == .critical)
        #expect(records.alertLines[0].since == Recording.end - .seconds(30))
    }

    @Test("names from outside cannot break a query")
    func names() throws {
        for name in ["a\"b", "a\\b", "a|b.*(", "a\nb", "日本語", "{}"] {
            var recording = Recording()
            let labels = ["service": name, "instance": "a:1"]
            recording.counter("mlmon_requests_total", labels, perSecond: 5)
            var slow = Recording.status("slow one")
            slow.intervalSeconds = 60
            // Two groups of intervals, so that names are in matchers.
            let records = StoreRecords(targets: [Recording.status(name), slow])
            let snapshot = try recording.loader(records).snapshot(
                LoadRequest(fleetWindow: .fifteenMinutes, service: name, serviceWindow: .hour),
                at: Recording.end)
            let service = try #require(snapshot.services.first { $0.name == name })
            #expect(isNear(service.now.requestsPerSecond, 5), "\(name)")
            #expect(snapshot.detail?.summary.name == name)
        }
    }
}
