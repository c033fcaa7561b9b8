import Terminal
import TimeSeries

/// Every service, worst first, with the newest alerts below.
struct FleetPage {
    let state: DashboardState

    func draw(on canvas: inout Canvas) {
        let layout = FleetLayout(state)
        let rows = state.rows
        FleetTable(state: state, rows: rows, layout: layout).draw(on: &canvas, in: layout.table)
        if !layout.alerts.isEmpty { drawAlerts(on: &canvas, in: layout.alerts) }
        if !layout.strip.isEmpty { drawStrip(rows, on: &canvas, in: layout.strip) }
        if !layout.detail.isEmpty {
            ServicePage(state: state).drawPanes(
                on: &canvas, middle: layout.detail, right: layout.side)
        }
    }

    private func drawAlerts(on canvas: inout Canvas, in rect: Rect) {
        guard let snapshot = state.snapshot else { return }
        let alerts = snapshot.alerts
        let firing = alerts.count { $0.state == .firing }
        let pending = alerts.count { $0.state == .pending }
        let frame = PanelFrame(title: "alerts", remark: "\(firing) firing · \(pending) pending")
        let inner =
            FleetLayout.boxesAlerts(canvas.bounds)
            ? frame.drawBox(on: &canvas, in: rect) : frame.drawRule(on: &canvas, in: rect)
        AlertList(alerts: alerts, now: state.now, showsService: true).draw(on: &canvas, in: inner)
    }

    /// One row a service: p99 against its own median, so that only trouble has colour.
    private func drawStrip(_ rows: [ServiceSummary], on canvas: inout Canvas, in rect: Rect) {
        let inner = PanelFrame(
            title: "p99 against its median, services × time",
            remark: "-\((state.snapshot?.window ?? .usual).label) → now"
        ).drawRule(on: &canvas, in: rect)
        let nameWidth = min(24, max(12, rows.map { DisplayText.width(of: $0.name) }.max() ?? 12))
        for (index, service) in rows.dropFirst(state.scroll).prefix(inner.height).enumerated() {
            let row = inner.row + index
            let isSelected = service.name == state.selected
            canvas.write(
                service.name, inner.column + 1, row,
                isSelected ? Style.bold(.title) : Style(.muted), width: nameWidth)
            let ratios = MedianRatio.fractions(of: service.history.slowSeconds)
            Sparkline(ratios, scale: Scale(from: 0, to: 1), .muted).drawShades(
                on: &canvas, inner.column + nameWidth + 2, row,
                width: inner.width - nameWidth - 3)
        }
    }
}
