import Querying
import Storage
import TimeSeries

extension DashboardLoop {
    /// The dashboards over a store, live.
    ///
    /// - Parameter now: The clock; called on several threads.
    package convenience init(
        store: Store, engine: QueryEngine, options: DashboardOptions,
        now: @escaping @Sendable () -> Timestamp
    ) {
        let loader = SnapshotLoader(
            store: store, engine: engine, dashboards: options.dashboards)
        self.init(options: options, now: now) { try loader.snapshot($0, at: now()) }
    }
}
