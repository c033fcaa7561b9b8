import Detection
import Logging
import Querying
import Storage
import TimeSeries

/// Compares every model version's predictions, window by window, with their reference, and writes
/// the verdicts back as series.
///
/// Windows lie on a fixed grid. What was counted while mlmon was not running is judged with the
/// first window after it. The state survives restarts.
actor DriftMonitor {
    /// What is stored between restarts.
    private struct Memory: Codable {
        /// End of the last window that was closed.
        var windowEnd: Timestamp
        /// Through when the counters were read.
        var readThrough: Timestamp
        /// The counters' values then.
        var totals = CounterTotals()
        var columns: [DistributionKey: DriftColumn] = [:]
    }

    private static let stateKey = "drift"
    /// How long a scrape may take to be committed before a window that ends with it is closed.
    private static let settling = Duration.seconds(2)
    /// A counter is looked for this far before the last reading, where it was not known yet.
    private static let lookback = Duration.seconds(120)
    /// A distribution without samples for this long has no verdict.
    private static let absence = Duration.seconds(240)

    /// A distribution that was not seen for this long is forgotten; its baselines stay.
    private static let forgetting = Duration.seconds(7 * 86_400)
    /// More distributions, and counters of theirs, are not remembered: those that were idle
    /// longest are forgotten sooner.
    private static let columnLimit = 10_000
    private static let totalLimit = 250_000
    /// The state is stored when a window closes, and this often in between: it is consistent with
    /// the samples in the store at any age, so that nothing is lost by an old one.
    private static let savingInterval = Duration.seconds(300)

    private let store: Store
    private let source: any SeriesSource & Sendable
    private let options: DriftOptions
    private let logger: Logger?
    private var memory: Memory?
    private var savedAt: Timestamp?
    private var series = VerdictSeries()
    private var references: DriftReferences
    /// Of classic rules, for the sizes that were asked for.
    private var rates = FalseAlarmRates()

    /// - Parameters:
    ///   - source: Where the counters are read; nil is the store.
    ///   - files: The reference files of the options, by their paths.
    init(
        store: Store, source: (any SeriesSource & Sendable)? = nil, options: DriftOptions,
        files: [String: ReferenceFile] = [:], logger: Logger? = nil
    ) {
        self.store = store
        self.source = source ?? store
        self.options = options
        self.logger = logger
        references = DriftReferences(store: store, options: options, files: files)
    }

    /// Reads what is new, closes windows that ended, and stores records and state.
    ///
    /// - Returns: The verdict series, at `now`.
    func advance(to now: Timestamp) throws -> SampleBatch? {
        let settled = now - Self.settling
        var memory = try self.memory ?? restored(at: settled)
        guard settled > memory.readThrough else { return nil }
        try references.refresh()
        let end = settled.aligned(to: options.window)
        let savedEnd = memory.windowEnd
        if end > memory.windowEnd {
            try read(through: end, into: &memory)
            try close(DriftWindow(from: memory.windowEnd, through: end), &memory.columns)
            memory.windowEnd = end
            forgetOld(&memory)
        }
        try read(through: settled, into: &memory)
        for (key, column) in memory.columns {
            var column = column
            let reference = try references.standing(
                for: key, bins: column.bins(key), now: settled)
            column.use(reference, options: options, feature: key.feature)
            if case .fixed = reference {
                column.describeLearning(
                    key, windowStart: memory.windowEnd, now: settled, options: options)
            }
            column.noteAbsence(longerThan: Self.absence, at: settled)
            memory.columns[key] = column
        }
        let changed = memory.columns.filter { !$0.value.isRecordStored }
        if !changed.isEmpty {
            try store.record(driftWindows: changed.values.compactMap(\.record))
            for key in changed.keys { memory.columns[key]?.isRecordStored = true }
        }
        self.memory = memory
        if end > savedEnd { savedAt = nil }
        // What is gone has no verdict: its series end, and so do alerts on them.
        let verdicts = memory.columns.sorted { $0.key < $1.key }.compactMap { key, column in
            column.isAbsent ? nil : column.record.map { (key: key, record: $0) }
        }
        return series.batch(of: verdicts, at: now)
    }

    /// Stores what restarts need, when a window was closed or the last time is a while ago.
    func saveIfDue(at now: Timestamp) throws {
        guard let memory, savedAt.map({ now - $0 >= Self.savingInterval }) ?? true else { return }
        try store.record(detectorState: memory, for: Self.stateKey)
        savedAt = now
    }

    private func close(
        _ window: DriftWindow, _ columns: inout [DistributionKey: DriftColumn]
    ) throws {
        let counted = columns
        let options = self.options.keepingBudget(
            distributionCount: counted.values.count { !$0.isAbsent })
        for (key, column) in counted {
            var column = column
            let reference = try references.reference(
                for: key, window, among: counted, bins: column.bins(key))
            column.use(reference, options: options, feature: key.feature)
            let completed = column.close(
                key, window, reference, options: options, rates: &rates)
            if var learned = completed {
                learned.id = try store.insert(learned)
                column.use(.fixed(learned), options: options, feature: key.feature)
            }
            columns[key] = column
        }
        try references.refresh()
    }

    /// Versions come and go; what is long gone is no longer kept.
    private func forgetOld(_ memory: inout Memory) {
        let oldest = memory.windowEnd - Self.forgetting
        memory.columns.forgetIdle(since: oldest, keeping: Self.columnLimit) {
            $0.lastSeen ?? oldest
        }
        memory.totals.forgetIdle(since: oldest, keeping: Self.totalLimit)
    }

    private func read(through: Timestamp, into memory: inout Memory) throws {
        guard through > memory.readThrough else { return }
        let increases = try DistributionReader(source: source).increases(
            from: memory.readThrough, through: through, lookback: Self.lookback,
            totals: &memory.totals)
        for (key, bins) in increases {
            memory.columns[key, default: DriftColumn()].observe(bins, at: through)
        }
        memory.readThrough = through
    }

    private func restored(at now: Timestamp) throws -> Memory {
        if var memory = try store.remembered(Memory.self, for: Self.stateKey, logger: logger),
            memory.readThrough <= now
        {
            for window in try store.driftWindows() {
                guard let key = DistributionKey(window) else { continue }
                memory.columns[key]?.restore(window)
            }
            return memory
        }
        let start = now.aligned(to: options.window)
        return Memory(windowEnd: start, readThrough: start)
    }
}
