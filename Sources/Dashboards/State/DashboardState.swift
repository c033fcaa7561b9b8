import Terminal
import TimeSeries

/// Everything the picture depends on. A value: events go in, a new state and effects come out.
package struct DashboardState: Sendable {
    package var page: Page
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
    /// The filter as it is being typed.
    package var filterDraft: String?
    package var filterError: String?
    /// As it was asked for; nil until then, and the window fits the age of the data.
    package var fleetWindow: TimeWindow?
    package var serviceWindow: TimeWindow?
    /// The panel that has the whole page, 1…6.
    package var expanded: Int?
    /// The panel shown where there is room for one.
    package var focused = 1
    package var distributionIndex = 0
    package var isHelpShown = false
    package var pausedAt: Timestamp?
    /// Snapshots that came while paused; the newest is kept.
    package var waitingCount = 0
    package var waiting: Snapshot?
    package var themeName: String
    package let options: DashboardOptions
    package var remark: String?

    package init(options: DashboardOptions, size: Size, now: Timestamp) {
        self.options = options
        self.size = size
        self.now = now
        page = options.initialPage
        selected = options.initialService
        themeName = options.theme.name
    }

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
        let isWide = size.columns >= Layout.threePanes
        let name = page == .service || isWide ? selected ?? rows.first?.name : nil
        return LoadRequest(
            fleetWindow: fleetWindow, service: name,
            serviceWindow: page == .service ? serviceWindow : fleetWindow,
            isBesideFleet: page != .service)
    }

    /// The detail of the selected service, when it has been loaded.
    package var detail: ServiceDetail? {
        guard let detail = snapshot?.detail else { return nil }
        let name = selected ?? rows.first?.name
        return detail.summary.name == name ? detail : nil
    }
}
