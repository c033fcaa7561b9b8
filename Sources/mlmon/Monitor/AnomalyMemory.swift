import Detection
import Querying
import TimeSeries

/// The detectors of all signals, which live longer than the program.
struct AnomalyMemory: Codable {
    /// The signals' points themselves are kept as this series.
    static let valueMetric = "mlmon_signal_value"

    /// A signal of a model, or of one of its versions.
    struct Key: Hashable, Codable {
        let service: String
        let model: String
        let version: String
        let signal: String

        init(_ labels: LabelSet, signal: String) {
            service = labels["service"] ?? ""
            model = labels["model"] ?? ""
            version = labels["version"] ?? ""
            self.signal = signal
        }

        /// Whether it is the same signal of another version of the model.
        func isSibling(of other: Key) -> Bool {
            service == other.service && model == other.model && signal == other.signal
                && version != other.version
        }

        func labels(metric: String) -> LabelSet {
            LabelSet([
                (LabelSet.metricNameLabel, metric), ("service", service), ("model", model),
                ("version", version), ("signal", signal),
            ])
        }
    }

    private struct Watched: Codable {
        var detector: AnomalyDetector
        var lastSeen: Timestamp
    }

    /// When points were last taken.
    var lastPoint: Timestamp
    private var detectors: [Key: Watched] = [:]

    init(lastPoint: Timestamp) {
        self.lastPoint = lastPoint
    }

    /// Judges a point and learns from it; a signal that is new begins to warm up.
    ///
    /// A new version takes over what the others of its model had: their share is to be learned anew.
    mutating func observe(
        _ value: Double, of key: Key, _ signal: AnomalySignal, at time: Timestamp,
        options: AnomalyOptions
    ) -> AnomalyVerdict {
        // Taken out while it learns, so that it is not copied.
        let known = detectors.removeValue(forKey: key)
        if known == nil, signal.isShared {
            for other in detectors.keys where other.isSibling(of: key) {
                detectors[other]?.detector = AnomalyDetector(options: signal.options(options))
            }
        }
        var watched =
            known
            ?? Watched(
                detector: AnomalyDetector(options: signal.options(options)), lastSeen: time)
        defer { detectors[key] = watched }
        watched.lastSeen = time
        return watched.detector.observe(value, at: time)
    }

    mutating func forget(notSeenSince time: Timestamp, keeping limit: Int) {
        detectors.forgetIdle(since: time, keeping: limit) { $0.lastSeen }
    }

    /// Whether all detectors learned with the options of their signal.
    func isLearned(from signals: [AnomalySignal], with options: AnomalyOptions) -> Bool {
        let wanted = signals.reduce(into: [:]) { $0[$1.name] = $1.options(options) }
        return detectors.allSatisfy { wanted[$0.key.signal] == $0.value.detector.options }
    }

    /// Learns from the stored points after the last one.
    ///
    /// - Parameter end: The last point to learn from.
    mutating func replay(
        _ signals: [AnomalySignal], until end: Timestamp, interval: Duration,
        options: AnomalyOptions, engine: QueryEngine, over source: some SeriesSource
    ) throws {
        guard end - lastPoint >= interval else { return }
        for signal in signals {
            // Each point once: a step looks back as far as the one before.
            let points = try QueryExpression(
                parsing: "last_over_time(\(Self.valueMetric){signal=\"\(signal.name)\"}"
                    + "[\(interval.prometheusDescription)])")
            let series = try engine.range(
                points, start: lastPoint + interval, end: end, step: interval, over: source)
            // In order of time, since a version that is new changes what the others know.
            let stored = series.flatMap { one in
                let key = Key(one.labels, signal: signal.name)
                return one.samples.lazy.filter(\.value.isFinite).map { (key: key, sample: $0) }
            }
            for point in stored.sorted(by: { $0.sample.at < $1.sample.at }) {
                _ = observe(
                    point.sample.value, of: point.key, signal, at: point.sample.at,
                    options: options)
            }
        }
        lastPoint = end
    }
}
