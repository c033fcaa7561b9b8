import Terminal

/// Where the parts of the fleet page lie, for a size and for what there is to show.
struct FleetLayout {
    /// Title row and services.
    private(set) var table: Rect
    private(set) var alerts: Rect
    private(set) var strip: Rect
    /// The selected service beside the list, on wide screens.
    private(set) var detail: Rect
    private(set) var side: Rect
    /// Versions get rows of their own only where everything fits.
    private(set) var showsVersions: Bool

    init(_ state: DashboardState) {
        let services = state.rows
        let lineCount = services.reduce(0) { $0 + Self.lineCount($1) }
        let alertCount = state.snapshot?.alerts.count ?? 0
        var body = Rect(0, 0, state.size.columns, state.size.rows).inset(top: 1, bottom: 1)
        detail = Rect(0, 0, 0, 0)
        side = Rect(0, 0, 0, 0)
        strip = Rect(0, 0, 0, 0)
        alerts = Rect(0, 0, 0, 0)
        let isWide = body.width >= Layout.threePanes && body.height >= 20
        if isWide, body.height >= 36 {
            strip = body.takeBottom(min(services.count + 1, max(5, body.height / 4)))
        }
        if isWide {
            side = body.takeRight(body.width * 23 / 100)
            detail = body.takeRight(body.width * 52 / 100)
        } else if body.height >= 12, alertCount > 0 {
            let spare = body.height - 1 - services.count
            let wanted = alertCount + (Self.boxesAlerts(body) ? 2 : 1)
            let least = min(wanted, max(3, body.height / 4))
            alerts = body.takeBottom(min(wanted, max(least, spare - 1)))
        }
        if !isWide, body.width >= Layout.twoColumns + 20, body.height >= 28 {
            let spare = body.height - 2 - lineCount
            if spare >= 4 || body.height / 4 >= 6 {
                strip = body.takeBottom(min(services.count + 1, max(body.height / 4, spare)))
            }
        }
        table = body
        showsVersions = lineCount + 1 <= table.height && table.width >= Layout.onePanelColumns - 4
    }

    static func boxesAlerts(_ body: Rect) -> Bool {
        body.width >= Layout.twoColumns && body.height >= 30
    }

    static func lineCount(_ service: ServiceSummary) -> Int {
        service.versions.count > 1 ? 1 + service.versions.count : 1
    }

    var visibleServiceCount: Int { max(0, table.height - 1) }
}
