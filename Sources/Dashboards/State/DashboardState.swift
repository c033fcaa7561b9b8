import Terminal
import TimeSeries

/// Everything the picture depends on. A value: events go in, a new state and effects come out.
package struct DashboardState: Sendable {
    package var page: Page
    /// Pages that `back` leads to, the last first.
    package var trail: [Page] = []
    package var size: Size
    package var now: Timestamp
    package var snapshot: Snapshot?
    /// Why the store could not be read the last time.
    package var failure: String?
    /// Name of the selected service; stays on it when the order changes.
    package var selected: String?
    /// First row shown of the fleet's table.
    package var scroll = 0
    package var sort = SortOrder.state
    package var isSortReversed = false
    package var filter: ServiceFilter?
    /// The line being typed.
    package var prompt: Prompt?
    /// Commands that were given, newest first.
    package var commandHistory: [String] = []
    /// As it was asked for; nil until then, and the window fits the age of the data.
    package var fleetWindow: TimeWindow?
    package var serviceWindow: TimeWindow?
    /// The time whose figures the charts' readouts show; nil is now.
    package var cursor: Timestamp?
    /// The panel that has the whole page, counted from 1.
    package var expanded: Int?
    /// The panel shown where there is room for one.
    package var focused = 1
    package var distributionIndex = 0
    package var dashboardIndex: Int
    /// First row of panels shown.
    package var dashboardScroll = 0
    package var selectedAlert: String?
    package var selectedSource: String?
    package var isHelpShown = false
    package var helpScroll = 0
    package var pausedAt: Timestamp?
    /// Snapshots that came while paused; the newest is kept.
    package var waitingCount = 0
    package var waiting: Snapshot?
    package var themeName: String
    package let options: DashboardOptions
    package var remark: String?
    /// Why the last key did nothing.
    package var message: String?

    package init(options: DashboardOptions, size: Size, now: Timestamp) {
        self.options = options
        self.size = size
        self.now = now
        page = options.initialPage
        selected = options.initialService
        dashboardIndex = options.initialDashboard
        themeName = options.theme.name
    }

    static let themeNames = Theme.all.map(\.name)

    package var isPaused: Bool { pausedAt != nil }

    /// Rows of the fleet in the order shown.
    package var rows: [ServiceSummary] {
        guard let snapshot else { return [] }
        let kept = filter.map { filter in snapshot.services.filter(filter.matches) }
        return sort.sorted(kept ?? snapshot.services, reversed: isSortReversed)
    }

    package var selectedRow: Int { selectedIndex(in: rows) }

    package func selectedIndex(in rows: [ServiceSummary]) -> Int {
        rows.firstIndex { $0.name == selected } ?? 0
    }

    /// The window that was asked for, nil where it fits the data.
    package var askedWindow: TimeWindow? { page == .service ? serviceWindow : fleetWindow }

    /// The window of the page: as asked for, or that of the picture.
    package var window: TimeWindow {
        askedWindow ?? (page == .service ? detail?.window : nil) ?? snapshot?.window ?? .usual
    }

    /// What the loader should read for this state.
    package var request: LoadRequest {
        let isBeside = page == .fleet && size.columns >= Layout.threePanes
        let name = page == .service || isBeside ? selected ?? rows.first?.name : nil
        var request = LoadRequest(
            fleetWindow: fleetWindow, service: name,
            serviceWindow: page == .service ? serviceWindow : fleetWindow,
            isBesideFleet: page != .service)
        if page == .dashboard, let dashboard {
            request.dashboard = LoadRequest.Dashboard(
                index: dashboardIndex,
                service: dashboard.isPerService ? selected ?? rows.first?.name : nil)
        }
        request.wantsHistory = page == .alerts || page == .sources
        return request
    }

    /// The detail of the selected service, when it has been loaded.
    package var detail: ServiceDetail? {
        guard let detail = snapshot?.detail else { return nil }
        let name = selected ?? rows.first?.name
        return detail.summary.name == name ? detail : nil
    }

    package var dashboards: [DashboardDefinition] { options.dashboards }

    /// The dashboard of the page.
    package var dashboard: DashboardDefinition? {
        dashboards.indices.contains(dashboardIndex) ? dashboards[dashboardIndex] : nil
    }

    /// What it shows, when that has been loaded.
    package var dashboardContent: DashboardContent? {
        guard let content = snapshot?.dashboard, content.index == dashboardIndex,
            content.panels.count == dashboard?.panels.count,
            content.service == request.dashboard?.service
        else { return nil }
        return content
    }

    var hasCharts: Bool { page == .service || page == .dashboard }

    var panelCount: Int { page == .dashboard ? dashboard?.panels.count ?? 0 : 6 }

    /// The points of this page's charts.
    var chartGrid: TimeGrid? {
        switch page {
        case .service: detail?.grid
        case .dashboard: dashboardContent?.grid
        case .fleet, .alerts, .sources: nil
        }
    }

    /// The cursor's place among the points of a chart; nil without one, or where it lies outside.
    func cursorIndex(in grid: TimeGrid) -> Int? {
        guard let cursor, cursor >= grid.start, cursor <= grid.end else { return nil }
        return grid.nearestIndex(to: cursor)
    }

    /// The alerts of the list, in its order.
    var alerts: [AlertLine] { snapshot?.alerts.sorted(by: AlertLine.listOrder) ?? [] }

    var alertKeys: [String] { alerts.map(\.id) }

    /// The alert of the selected row.
    var alert: AlertLine? { snapshot?.alerts.first { $0.id == selectedAlert } }

    /// A target of the list, and the service it belongs to.
    struct Source {
        let service: String
        let target: TargetSummary

        var id: String { "\(service)\u{0}\(target.instance)" }
    }

    /// Every target; those that fail first.
    var sources: [Source] {
        let all = (snapshot?.services ?? []).flatMap { service in
            service.targets.map { Source(service: service.name, target: $0) }
        }
        return all.filter { !$0.target.isUp } + all.filter(\.target.isUp)
    }

    var source: Source? { sources.first { $0.id == selectedSource } }
}
