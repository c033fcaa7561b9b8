import Querying
import Storage
import Synchronization
import TimeSeries

/// Makes snapshots from the signal series, targets, alerts and drift windows of a store.
package final class SnapshotLoader: Sendable {
    struct Memory {
        var reader: SignalReader
        /// What the last snapshot was made of; while it stays the same, so does the snapshot.
        var records: StoreRecords?
        var request: LoadRequest?
        var snapshot: Snapshot?
    }

    private let dashboards: [DashboardDefinition]
    private let records: @Sendable () throws -> StoreRecords
    private let memory: Mutex<Memory>

    package init(
        source: some SeriesSource & Sendable, engine: QueryEngine,
        dashboards: [DashboardDefinition] = [],
        records: @escaping @Sendable () throws -> StoreRecords
    ) {
        self.dashboards = dashboards
        self.records = records
        memory = Mutex(Memory(reader: SignalReader(source: source, engine: engine)))
    }

    package convenience init(
        store: Store, engine: QueryEngine, dashboards: [DashboardDefinition] = []
    ) {
        self.init(source: store, engine: engine, dashboards: dashboards) {
            try StoreRecords(of: store)
        }
    }

    /// - Throws: `StorageError` or `QueryError`.
    package func snapshot(_ request: LoadRequest, at now: Timestamp) throws -> Snapshot {
        let records = try records()
        return try memory.withLock { memory in
            let age = try DataAge(at: now, &memory.reader)
            let window =
                request.fleetWindow
                ?? TimeWindow.fitting(
                    age.oldest ?? (records.isUnscraped ? .zero : nil))
            let grid = TimeGrid(window, endingBefore: now)
            if let known = memory.snapshot, memory.records == records, memory.request == request,
                known.window == window, known.grid == grid, now - known.at < .seconds(5),
                now >= known.at
            {
                return known
            }
            let round = SnapshotRound(
                records: records, request: request, dashboards: dashboards, window: window,
                age: age, now: now)
            let snapshot = try round.snapshot(&memory.reader)
            memory.reader.sweep()
            memory.records = records
            memory.request = request
            memory.snapshot = snapshot
            return snapshot
        }
    }
}
