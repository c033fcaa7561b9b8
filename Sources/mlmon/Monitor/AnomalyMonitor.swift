import Detection
import Foundation
import Querying
import Storage
import TimeSeries

/// Watches request rate, error ratio and p99 latency of every model version for values that their
/// own past does not explain, and writes scores and expected bands back as series.
actor AnomalyMonitor {
    private struct Key: Hashable, Codable {
        var service: String
        var model: String
        var version: String
        var signal: String
    }

    private struct Memory: Codable {
        var lastPoint: Timestamp
        var detectors: [Key: Watched] = [:]
    }

    private struct Watched: Codable {
        var detector: AnomalyDetector
        var lastSeen: Timestamp
    }

    private static let stateKey = "anomaly"
    private static let savingInterval = Duration.seconds(60)
    /// A signal that was not seen for this long is forgotten.
    private static let forgetting = Duration.seconds(7 * 86_400)
    /// More signals are not watched: those that were idle longest are forgotten sooner. Each
    /// takes up to 16 KiB.
    private static let detectorLimit = 10_000

    private let store: Store
    private let source: any SeriesSource & Sendable
    private let engine: QueryEngine
    private let interval: Duration
    private let signals: [(name: String, expression: QueryExpression)]
    private let options: AnomalyOptions
    private var memory: Memory?
    private var savedAt: Timestamp?
    private var table = SteadyTable()

    /// - Parameters:
    ///   - source: Where the signals are read.
    ///   - interval: Distance of the points; that of the scrapes is right.
    init(
        store: Store, source: any SeriesSource & Sendable, engine: QueryEngine,
        interval: Duration, options: AnomalyOptions
    ) throws(QueryError) {
        self.store = store
        self.source = source
        self.engine = engine
        self.interval = interval
        self.options = options
        let window = max(interval * 4, .seconds(60)).prometheusDescription
        let by = "sum by (service, model, version)"
        let texts = [
            ("request_rate", "\(by) (rate(mlmon_requests_total[\(window)]))"),
            (
                "error_ratio",
                "\(by) (rate(mlmon_errors_total[\(window)])) / "
                    + "(\(by) (rate(mlmon_requests_total[\(window)])) > 0)"
            ),
            (
                "latency_p99",
                "histogram_quantile(0.99, sum by (service, model, version, le) "
                    + "(rate(mlmon_latency_seconds_bucket[\(window)])))"
            ),
        ]
        var signals: [(String, QueryExpression)] = []
        for (name, text) in texts { signals.append((name, try QueryExpression(parsing: text))) }
        self.signals = signals
    }

    /// Adds a point to each signal when the next one is due.
    ///
    /// - Returns: Scores, values and bands, at `now`; nil when no point is due or nothing is known.
    func advance(to now: Timestamp) throws -> SampleBatch? {
        var memory = try self.memory ?? restored(at: now)
        guard now - memory.lastPoint >= interval else { return nil }
        memory.lastPoint = now
        var samples: [(labels: LabelSet, value: Double)] = []
        for (name, expression) in signals {
            guard case .vector(let elements) = try engine.instant(expression, at: now, over: source)
            else { continue }
            for element in elements where element.value.isFinite {
                let key = Key(
                    service: element.labels["service"] ?? "",
                    model: element.labels["model"] ?? "",
                    version: element.labels["version"] ?? "", signal: name)
                var watched =
                    memory.detectors[key]
                    ?? Watched(detector: AnomalyDetector(options: options), lastSeen: now)
                let verdict = watched.detector.observe(element.value, at: now)
                watched.lastSeen = now
                memory.detectors[key] = watched
                append(verdict, key, to: &samples)
            }
        }
        memory.detectors.forgetIdle(since: now - Self.forgetting, keeping: Self.detectorLimit) {
            $0.lastSeen
        }
        self.memory = memory
        if savedAt.map({ now - $0 >= Self.savingInterval }) ?? true { try save(at: now) }
        return table.batch(samples, at: now)
    }

    /// Stores what the detectors have learned.
    func save(at now: Timestamp) throws {
        guard let memory else { return }
        try store.record(
            detectorState: Array(try JSONEncoder().encode(memory)), for: Self.stateKey)
        savedAt = now
    }

    private func append(
        _ verdict: AnomalyVerdict, _ key: Key, to samples: inout [(labels: LabelSet, value: Double)]
    ) {
        func add(_ name: String, _ value: Double?) {
            guard let value, value.isFinite else { return }
            samples.append(
                (
                    LabelSet([
                        (LabelSet.metricNameLabel, name), ("service", key.service),
                        ("model", key.model), ("version", key.version), ("signal", key.signal),
                    ]), value
                ))
        }
        add("mlmon_signal_value", verdict.value)
        // While it warms up there is no score: unknown is not 0.
        guard !verdict.isWarmingUp else { return }
        // Above the threshold as long as the incident lasts, which is what rules and charts need.
        add("mlmon_anomaly_score", verdict.severity)
        add("mlmon_expected_lower", verdict.lower)
        add("mlmon_expected_upper", verdict.upper)
    }

    private func restored(at now: Timestamp) throws -> Memory {
        if let bytes = try store.detectorState(for: Self.stateKey),
            let memory = try? JSONDecoder().decode(Memory.self, from: Data(bytes)),
            memory.lastPoint <= now
        {
            return memory
        }
        return Memory(lastPoint: now - interval)
    }
}
