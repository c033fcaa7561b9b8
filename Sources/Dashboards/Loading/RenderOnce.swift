import Querying
import Storage
import Terminal
import TimeSeries

/// One page as plain text, for `mlmon --once`: as many lines as the size has rows, without
/// trailing spaces.
///
/// - Parameters:
///   - service: Of the service page; nil takes the one that is worst off.
///   - size: 20x5 and larger show the page, smaller ones a single line.
/// - Throws: `StorageError` or `QueryError`.
package func renderOnce(
    page: Page, service: String? = nil, size: Size, store: Store, engine: QueryEngine,
    options: DashboardOptions, now: Timestamp
) throws -> String {
    let loader = SnapshotLoader(
        store: store, engine: engine, dashboards: options.dashboards)
    return try renderOnce(
        page: page, service: service, size: size, options: options, now: now
    ) { try loader.snapshot($0, at: now) }
}

/// The same from any source of snapshots.
package func renderOnce(
    page: Page, service: String? = nil, size: Size, options: DashboardOptions, now: Timestamp,
    load: (LoadRequest) throws -> Snapshot
) rethrows -> String {
    var options = options
    options.initialPage = page
    options.initialService = service
    var state = DashboardState(options: options, size: size, now: now)
    _ = state.apply(.loaded(try load(state.request)))
    if state.detail == nil, state.request.service != nil {
        // The worst service is known only now.
        _ = state.apply(.loaded(try load(state.request)))
    }
    let traits = Canvas.Traits(isASCII: options.ascii ?? false, hasFineColor: false)
    return Frame(state, traits: traits).canvas.lines.joined(separator: "\n") + "\n"
}
