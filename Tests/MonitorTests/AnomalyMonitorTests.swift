import Detection
import Foundation
import Querying
import Storage
import TestSupport
import Testing
import TimeSeries

@testable import mlmon

@Suite("Anomaly monitor")
struct AnomalyMonitorTests {
    static let interval = Duration.seconds(15)
    static let options = AnomalyOptions(warmUpCount: 30)

    /// A store, a monitor over it, and a service whose counters grow as the test says.
    final class Stage {
        let folder: TemporaryDirectory
        let store: Store
        var monitor: AnomalyMonitor
        var now = Timestamp(milliseconds: 1_700_000_000_000)
        var totals: [LabelSet: Double] = [:]

        init() throws {
            folder = try TemporaryDirectory()
            store = try Store(StoreOptions(path: folder.file("mlmon.db")))
            monitor = try Self.monitor(store, AnomalyMonitorTests.options)
        }

        static func monitor(_ store: Store, _ options: AnomalyOptions) throws -> AnomalyMonitor {
            try AnomalyMonitor(
                store: store, source: store, engine: QueryEngine(),
                interval: AnomalyMonitorTests.interval,
                options: options)
        }

        /// What a new process has: the store alone.
        func restart(_ options: AnomalyOptions = AnomalyMonitorTests.options) throws {
            monitor = try Self.monitor(store, options)
        }

        /// One scrape, and what the monitor says of it by series.
        func step(
            counters: [(LabelSet, growth: Double)], gauges: [(LabelSet, Double)] = []
        ) async throws -> [LabelSet: Double] {
            now = now + AnomalyMonitorTests.interval
            for (labels, growth) in counters { totals[labels, default: 0] += growth }
            let samples = totals.map { (labels: $0.key, value: $0.value) }
            store.append([
                SampleBatch(at: now, samples + gauges.map { (labels: $0.0, value: $0.1) })
            ])
            try store.commit()
            guard let batch = try await monitor.advance(to: now) else { return [:] }
            store.append([batch])
            try store.commit()
            return Dictionary(uniqueKeysWithValues: zip(batch.table.labels, batch.values))
        }
    }

    static func labels(
        _ name: String, version: String = "1", _ more: [(name: String, value: String)] = []
    ) -> LabelSet {
        LabelSet(
            [
                (name: LabelSet.metricNameLabel, value: name), (name: "service", value: "ranker"),
                (name: "model", value: "m"), (name: "version", value: version),
            ] + more)
    }

    static func verdict(_ name: String, _ signal: String, version: String = "1") -> LabelSet {
        labels(name, version: version, [(name: "signal", value: signal)])
    }

    /// About 60 requests a scrape, a few of them failing, a tenth slow.
    static func traffic(
        _ step: Int, version: String = "1", factor: Double = 1
    ) -> [(LabelSet, growth: Double)] {
        let requests = Double(60 + step * 7 % 5) * factor
        func bucket(_ bound: String, _ count: Double) -> (LabelSet, growth: Double) {
            (
                labels(
                    "mlmon_latency_seconds_bucket", version: version, [(name: "le", value: bound)]),
                count
            )
        }
        return [
            (labels("mlmon_requests_total", version: version), requests),
            (
                labels("mlmon_errors_total", version: version),
                requests * Double(step % 3) / 100
            ),
            bucket("0.1", requests * 0.9), bucket("0.5", requests), bucket("+Inf", requests),
        ]
    }

    @Test("warm-up is told, then every signal is judged")
    func warmUp() async throws {
        let stage = try Stage()
        let model: [(String, Double)] = [
            ("mlmon_prompt_tokens_total", 900), ("mlmon_generation_tokens_total", 300),
            ("mlmon_queue_seconds_sum", 2), ("mlmon_queue_seconds_count", 60),
        ]
        var said: [LabelSet: Double] = [:]
        for step in 0..<40 {
            let histograms = ["time_to_first_token", "inter_token_latency"].flatMap { name in
                [("0.1", 50.0), ("+Inf", 60)].map {
                    (
                        Self.labels(
                            "mlmon_\(name)_seconds_bucket", [(name: "le", value: $0.0)]),
                        growth: $0.1
                    )
                }
            }
            said = try await stage.step(
                counters: Self.traffic(step) + histograms
                    + model.map { (Self.labels($0.0), growth: $0.1) },
                gauges: [
                    (Self.labels("mlmon_in_flight"), Double(step % 4)),
                    (Self.labels("mlmon_queue_length"), Double(step % 2)),
                    (Self.labels("mlmon_kv_cache_ratio"), 0.4),
                ])
            let ratio = said[Self.verdict("mlmon_anomaly_warm_up_ratio", "in_flight")]
            #expect(ratio == min(Double(step) / 30, 1))
            let score = said[Self.verdict("mlmon_anomaly_score", "in_flight")]
            #expect((score == nil) == (step < 30))
        }
        let signals = [
            "request_rate", "error_ratio", "latency_p50", "latency_p99", "queue_length",
            "in_flight", "queue_seconds", "prompt_token_rate", "generation_token_rate",
            "time_to_first_token_p99", "inter_token_latency_p99", "kv_cache_ratio",
        ]
        for signal in signals {
            let score = try #require(said[Self.verdict("mlmon_anomaly_score", signal)], "\(signal)")
            #expect(score < 0.5)
            #expect(said[Self.verdict("mlmon_expected_upper", signal)] != nil)
        }
    }

    @Test("an incident is one stretch of scores over 0.5, and small changes are none")
    func incident() async throws {
        let stage = try Stage()
        var scores: [Double] = []
        for step in 0..<120 {
            let isOutage = (80..<90).contains(step)
            let said = try await stage.step(
                counters: Self.traffic(step, factor: isOutage ? 0.1 : 1),
                // One more in the queue than ever, for once.
                gauges: [(Self.labels("mlmon_queue_length"), step == 70 ? 1 : 0)])
            scores.append(said[Self.verdict("mlmon_anomaly_score", "request_rate")] ?? 0)
            #expect((said[Self.verdict("mlmon_anomaly_score", "queue_length")] ?? 0) < 0.5)
        }
        let starts = scores.indices.dropFirst().filter { scores[$0] >= 0.5 && scores[$0 - 1] < 0.5 }
        #expect(starts.count == 1)
        #expect((80..<85).contains(starts.first ?? 0))
    }

    @Test("a crash loses nothing: the stored signals are read again")
    func crash() async throws {
        let stage = try Stage()
        for step in 0..<60 { _ = try await stage.step(counters: Self.traffic(step)) }
        try stage.restart()
        let said = try await stage.step(counters: Self.traffic(60))
        #expect(said[Self.verdict("mlmon_anomaly_warm_up_ratio", "request_rate")] == 1)
        #expect(said[Self.verdict("mlmon_anomaly_score", "latency_p99")] != nil)
    }

    @Test("other options take effect at once, on what is stored")
    func options() async throws {
        let stage = try Stage()
        for step in 0..<60 { _ = try await stage.step(counters: Self.traffic(step)) }
        try await stage.monitor.save(at: stage.now)
        try stage.restart(AnomalyOptions(warmUpCount: 120))
        let said = try await stage.step(counters: Self.traffic(60))
        let ratio = try #require(
            said[Self.verdict("mlmon_anomaly_warm_up_ratio", "request_rate")])
        #expect(ratio > 0.4 && ratio < 0.6)
    }

    @Test("a new version makes traffic of the others new, and leaves their latency known")
    func deploy() async throws {
        let stage = try Stage()
        for step in 0..<60 { _ = try await stage.step(counters: Self.traffic(step)) }
        for step in 60..<80 {
            let said = try await stage.step(
                counters: Self.traffic(step, factor: 0.1) + Self.traffic(step, version: "2"))
            #expect(said[Self.verdict("mlmon_anomaly_score", "latency_p99")] != nil)
            for (labels, value) in said where labels.metricName == "mlmon_anomaly_score" {
                #expect(value < 0.5, "\(labels) at \(step)")
            }
        }
        let said = try await stage.step(
            counters: Self.traffic(80, factor: 0.1) + Self.traffic(80, version: "2"))
        #expect(said[Self.verdict("mlmon_anomaly_score", "request_rate")] == nil)
        #expect(said[Self.verdict("mlmon_anomaly_score", "request_rate", version: "2")] == nil)
        // The same after a restart, whose state is older than the deploy.
        try stage.restart()
        let again = try await stage.step(
            counters: Self.traffic(81, factor: 0.1) + Self.traffic(81, version: "2"))
        #expect(again[Self.verdict("mlmon_anomaly_score", "request_rate")] == nil)
        #expect(again[Self.verdict("mlmon_anomaly_score", "latency_p99")] != nil)
    }

    @Test("points that are missing are no points, and a signal that returns is known")
    func missing() async throws {
        let stage = try Stage()
        for step in 0..<50 { _ = try await stage.step(counters: Self.traffic(step)) }
        stage.now = stage.now + .seconds(3600)
        var said: [LabelSet: Double] = [:]
        for step in 50..<56 { said = try await stage.step(counters: Self.traffic(step)) }
        let score = try #require(said[Self.verdict("mlmon_anomaly_score", "request_rate")])
        #expect(score < 0.5)
    }
}
