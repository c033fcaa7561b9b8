import Detection
import Logging
import Querying
import Storage
import TimeSeries

/// Watches the signals of every model version for values that their own past does not explain, and writes
/// scores and expected bands back as series.
actor AnomalyMonitor {
    private static let stateKey = "anomaly"
    /// What a crash loses is read again from the stored signals.
    private static let savingInterval = Duration.seconds(600)
    /// Points that are read again at most.
    private static let longestReplay = 10_000
    /// A signal that was not seen for this long is forgotten.
    private static let forgetting = Duration.seconds(7 * 86_400)
    /// More signals are not watched: those that were idle longest are forgotten sooner. Each
    /// takes up to 16 KiB.
    private static let detectorLimit = 10_000

    private let store: Store
    private let source: any SeriesSource & Sendable
    private let engine: QueryEngine
    private let interval: Duration
    private let signals: [AnomalySignal]
    /// The versions of all models; they are known before their first rates are.
    private let versions: QueryExpression
    private let options: AnomalyOptions
    private let logger: Logger?
    private var memory: AnomalyMemory?
    private var savedAt: Timestamp?
    private var table = SteadyTable()

    /// - Parameters:
    ///   - source: Where the signals are read.
    ///   - interval: Distance of the points; that of the scrapes is right.
    init(
        store: Store, source: any SeriesSource & Sendable, engine: QueryEngine,
        interval: Duration, options: AnomalyOptions, logger: Logger? = nil
    ) throws(QueryError) {
        self.store = store
        self.source = source
        self.engine = engine
        self.interval = interval
        self.options = options
        self.logger = logger
        versions = try QueryExpression(
            parsing: "group by (service, model, version) (mlmon_requests_total)")
        signals = try AnomalySignal.all(window: max(interval * 4, .seconds(60)))
    }

    /// Adds a point to each signal when the next one is due.
    ///
    /// - Returns: Scores, values and bands, at `now`; nil when no point is due or nothing is known.
    func advance(to now: Timestamp) throws -> SampleBatch? {
        var memory = try self.memory ?? restored(at: now)
        guard now - memory.lastPoint >= interval else { return nil }
        // Held once, so that no detector is copied when it learns.
        self.memory = nil
        defer { self.memory = memory }
        memory.lastPoint = now
        if case .vector(let elements) = try engine.instant(versions, at: now, over: source) {
            memory.welcome(
                elements.map { AnomalyMemory.Key($0.labels, signal: "") }, signals,
                options: options)
        }
        var samples: [(labels: LabelSet, value: Double)] = []
        for signal in signals {
            let value = try engine.instant(signal.expression, at: now, over: source)
            guard case .vector(let elements) = value else { continue }
            for element in elements where element.value.isFinite {
                let key = AnomalyMemory.Key(element.labels, signal: signal.name)
                let verdict = memory.observe(
                    element.value, of: key, signal, at: now, options: options)
                append(verdict, key, to: &samples)
            }
        }
        memory.forget(notSeenSince: now - Self.forgetting, keeping: Self.detectorLimit)
        if savedAt.map({ now - $0 >= Self.savingInterval }) ?? true {
            try save(memory, at: now)
        }
        return table.batch(samples, at: now)
    }

    /// Stores what the detectors have learned.
    func save(at now: Timestamp) throws {
        if let memory { try save(memory, at: now) }
    }

    private func save(_ memory: AnomalyMemory, at now: Timestamp) throws {
        try store.record(detectorState: memory, for: Self.stateKey)
        savedAt = now
    }

    private func append(
        _ verdict: AnomalyVerdict, _ key: AnomalyMemory.Key,
        to samples: inout [(labels: LabelSet, value: Double)]
    ) {
        func add(_ name: String, _ value: Double?) {
            guard let value, value.isFinite else { return }
            samples.append((key.labels(metric: name), value))
        }
        add(AnomalyMemory.valueMetric, verdict.value)
        add("mlmon_anomaly_warm_up_ratio", verdict.warmUp)
        // While it warms up there is no score: unknown is not 0.
        guard !verdict.isWarmingUp else { return }
        // At least 0.5 from the alarm on, while the incident lasts: what rules and charts need.
        add("mlmon_anomaly_score", verdict.severity)
        add("mlmon_expected_lower", verdict.lower)
        add("mlmon_expected_upper", verdict.upper)
    }

    /// What was stored, brought up to date with the signals' series: they hold the points since
    /// then, and all there are where nothing was stored or the options are others now.
    private func restored(at now: Timestamp) throws -> AnomalyMemory {
        let longest = min(2 * options.memoryCount, Self.longestReplay)
        var memory = AnomalyMemory(lastPoint: now - interval * longest)
        if let stored = try store.remembered(
            AnomalyMemory.self, for: Self.stateKey, logger: logger),
            stored.lastPoint <= now, stored.lastPoint > memory.lastPoint,
            stored.isLearned(from: signals, with: options)
        {
            memory = stored
        }
        try memory.replay(
            signals, until: now - interval, interval: interval, options: options, engine: engine,
            over: store)
        return memory
    }
}
