import Terminal
import TimeSeries

/// Between pages, and among the rows of one.
extension DashboardState {
    /// Another page, from which `back` leads here.
    mutating func go(to page: Page) {
        guard page != self.page else { return }
        // Twice the same page on the way back helps nobody.
        trail = page == .fleet ? [] : (trail.filter { $0 != page } + [self.page])
        enter(page)
    }

    private mutating func enter(_ page: Page) {
        if page == .service, self.page != .service { serviceWindow = fleetWindow }
        self.page = page
        expanded = nil
        focused = 1
        if !hasCharts { cursor = nil }
    }

    /// Opens the service of the row; on the service page nothing.
    mutating func open() {
        switch page {
        case .fleet, .dashboard:
            let rows = rows
            guard !rows.isEmpty else { return }
            selected = rows[selectedIndex(in: rows)].name
        case .alerts:
            guard let service = alert?.service, select(service) else { return }
        case .sources:
            guard let service = source?.service, select(service) else { return }
        case .service: return
        }
        distributionIndex = 0
        go(to: .service)
    }

    /// - Returns: Whether there is such a service.
    @discardableResult
    mutating func select(_ service: String) -> Bool {
        guard snapshot?.services.contains(where: { $0.name == service }) == true else {
            return false
        }
        // A filter must not hide what was asked for by name.
        if !rows.contains(where: { $0.name == service }) { filter = nil }
        if selected != service { distributionIndex = 0 }
        selected = service
        return true
    }

    mutating func showDashboard(_ index: Int) {
        guard !dashboards.isEmpty else {
            message = "no dashboards: the configuration has 'dashboards: []'"
            return
        }
        let index = index % dashboards.count
        if index != dashboardIndex || page != .dashboard {
            dashboardScroll = 0
            expanded = nil
        }
        dashboardIndex = index
        go(to: .dashboard)
    }

    mutating func back() {
        if cursor != nil {
            cursor = nil
        } else if expanded != nil {
            expanded = nil
        } else if page != .fleet {
            enter(trail.popLast() ?? .fleet)
        } else if filter != nil {
            filter = nil
        }
    }

    /// - Parameter isPage: Moves the page where a single row would choose another service.
    mutating func move(by distance: Int, isPage: Bool = false) {
        switch page {
        case .dashboard where isPage || dashboard?.isPerService != true:
            let rows = max(0, min(distance, 1000))
            dashboardScroll = max(0, dashboardScroll + (distance < 0 ? max(distance, -1000) : rows))
        case .alerts: selectedAlert = moved(selectedAlert, by: distance, in: alertKeys)
        case .sources: selectedSource = moved(selectedSource, by: distance, in: sources.map(\.id))
        case .fleet, .service, .dashboard:
            let names = rows.map(\.name)
            guard let name = moved(selected, by: distance, in: names), name != selected else {
                return
            }
            selected = name
            distributionIndex = 0
        }
    }

    private func moved(_ current: String?, by distance: Int, in all: [String]) -> String? {
        guard !all.isEmpty else { return current }
        let index = all.firstIndex { $0 == current } ?? 0
        return all[min(max(0, index + distance), all.count - 1)]
    }

    /// Services that the fleet's table has room for.
    package var visibleRows: Int { FleetLayout(self).visibleServiceCount }

    /// Rows that a page key moves by.
    var pageRows: Int {
        switch page {
        case .fleet, .service: max(1, visibleRows)
        case .dashboard: 1
        case .alerts, .sources: max(1, (size.rows - 4) / 2)
        }
    }

    /// Selects the first row where the selected one is filtered out or gone, and scrolls to it.
    mutating func keepSelectionVisible() {
        let rows = rows
        if let first = rows.first, !rows.contains(where: { $0.name == selected }) {
            let isGone = snapshot?.services.contains { $0.name == selected } != true
            if page == .fleet || isGone { selected = first.name }
        }
        let index = selectedIndex(in: rows)
        let visible = max(1, visibleRows)
        if index < scroll { scroll = index }
        if index >= scroll + visible { scroll = index - visible + 1 }
        scroll = max(0, min(scroll, rows.count - visible))
        if page == .dashboard {
            dashboardScroll = min(dashboardScroll, DashboardLayout(self).lastScroll)
        }
        if alert == nil || selectedAlert == nil { selectedAlert = alertKeys.first }
        if source == nil || selectedSource == nil { selectedSource = sources.first?.id }
    }
}
