import Terminal
import TimeSeries

/// Alerts as lines: glyph, severity, state, service, what, how long.
struct AlertList {
    let alerts: [AlertLine]
    let now: Timestamp
    let showsService: Bool

    func draw(on canvas: inout Canvas, in rect: Rect) {
        guard !rect.isEmpty else { return }
        guard !alerts.isEmpty else {
            canvas.write("✓ nothing fires", rect.column, rect.row, Style(.muted), width: rect.width)
            return
        }
        let serviceWidth = min(20, alerts.map { DisplayText.width(of: $0.service) }.max() ?? 8)
        var columns = [
            Table.Column("", minimum: 1),
            Table.Column("SEV", minimum: 4, priority: 2),
            Table.Column("STATE", minimum: 8, priority: 3),
        ]
        if showsService {
            columns.append(
                Table.Column(
                    "SERVICE", minimum: rect.width >= 70 ? serviceWidth : min(8, serviceWidth),
                    maximum: serviceWidth))
        }
        let longest = alerts.map { DisplayText.width(of: $0.summary) }.max() ?? 16
        columns.append(
            Table.Column(
                "WHAT", minimum: min(longest, rect.width * (showsService ? 2 : 3) / 5), maximum: 400
            ))
        columns.append(Table.Column("FOR", .right, minimum: 5, priority: 1))
        let places = Table(columns).layout(from: rect.column, width: rect.width)
        let shown = alerts.sorted(by: AlertLine.listOrder).prefix(rect.height)
        for (index, alert) in shown.enumerated() {
            draw(alert, places, on: &canvas, row: rect.row + index)
        }
        if alerts.count > rect.height, rect.height > 1 {
            let text = "and \(alerts.count - rect.height + 1) more"
            let last = rect.endRow - 1
            canvas.fill(Rect(rect.column, last, rect.width, 1), " ", Style())
            canvas.write(text, rect.column + 2, last, Style(.muted), width: rect.width - 2)
        }
    }

    private func draw(
        _ alert: AlertLine, _ places: [Table.Place?], on canvas: inout Canvas, row: Int
    ) {
        let pen = RowPen(places: places, row: row)
        let isFiring = alert.state == .firing
        let role = alert.role
        pen.write(alert.glyph, 0, Style.bold(role), &canvas)
        pen.write(alert.severity.word, 1, isFiring ? Style.bold(role) : Style(role), &canvas)
        pen.write(alert.state.word, 2, isFiring ? Style.bold(role) : Style(.muted), &canvas)
        var field = 3
        if showsService {
            pen.write(alert.service, field, isFiring ? Style.bold(.text) : Style(.muted), &canvas)
            field += 1
        }
        pen.write(alert.summary, field, Style(alert.state == .resolved ? .muted : .text), &canvas)
        pen.write(Figures.age(now - alert.since), field + 1, Style(.muted), &canvas, .right)
    }
}
