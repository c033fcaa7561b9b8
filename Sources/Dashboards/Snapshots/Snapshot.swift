import TimeSeries

/// What the pages are drawn from: values alone, loaded away from the screen's thread.
package struct Snapshot: Equatable, Sendable {
    package var at: Timestamp
    package var window: TimeWindow
    package var grid: TimeGrid
    package var services: [ServiceSummary]
    package var alerts: [AlertLine]
    /// The service that was asked for, where it exists.
    package var detail: ServiceDetail?
    /// The dashboard that was asked for.
    package var dashboard: DashboardContent?
    /// Why what is collected does not reach the disk; nil where it does.
    package var storeProblem: String?

    package init(
        at: Timestamp, window: TimeWindow = .usual, grid: TimeGrid, services: [ServiceSummary],
        alerts: [AlertLine], detail: ServiceDetail? = nil
    ) {
        self.at = at
        self.window = window
        self.grid = grid
        self.services = services
        self.alerts = alerts
        self.detail = detail
    }
}
