import Terminal
import TimeSeries

/// Every alert by state, and what is known of the selected one.
struct AlertsPage {
    let state: DashboardState

    private static let headRows = 1

    func draw(on canvas: inout Canvas, in rect: Rect) {
        let alerts = state.alerts
        guard !alerts.isEmpty else {
            canvas.write(
                "✓ nothing fires, and nothing has fired lately", rect.column + 1, rect.row + 1,
                Style.bold(.ok), width: rect.width - 2)
            return
        }
        let index = alerts.firstIndex { $0.id == state.selectedAlert } ?? 0
        let facts = facts(of: alerts[index])
        let layout = ListLayout(
            rows: alerts.count, selected: index, heading: Self.headRows, wanted: facts.count + 4,
            in: rect)
        drawList(alerts, index, on: &canvas, in: layout.list, from: layout.firstRow)
        drawDetail(alerts[index], facts, on: &canvas, in: layout.detail)
    }

    private func drawList(
        _ alerts: [AlertLine], _ selected: Int, on canvas: inout Canvas, in rect: Rect,
        from first: Int
    ) {
        let serviceWidth = min(24, alerts.map { DisplayText.width(of: $0.service) }.max() ?? 8)
        let longest = alerts.map { DisplayText.width(of: $0.summary) }.max() ?? 16
        let ruleWidth = min(28, alerts.map { DisplayText.width(of: $0.rule) }.max() ?? 8)
        let label = (state.snapshot?.window ?? .usual).label
        let columns = [
            Table.Column("", minimum: 2),
            Table.Column("SEV", minimum: 4, priority: 2),
            Table.Column("STATE", minimum: 8, priority: 3),
            Table.Column("SERVICE", minimum: min(9, max(7, serviceWidth)), maximum: serviceWidth),
            Table.Column("WHAT", minimum: min(longest, max(12, rect.width / 3)), maximum: longest),
            Table.Column("RULE", minimum: ruleWidth, priority: 6),
            Table.Column("-\(label)", minimum: 12, maximum: 30, priority: 5),
            Table.Column("FOR", .right, minimum: 6, priority: 1),
        ]
        let list = SelectableList(lines: alerts, selected: selected, first: first)
        list.draw(under: columns, on: &canvas, in: rect) { alert, isSelected, pen, canvas in
            draw(alert, isSelected: isSelected, pen, on: &canvas)
        }
    }

    private func draw(
        _ alert: AlertLine, isSelected: Bool, _ pen: RowPen, on canvas: inout Canvas
    ) {
        let isFiring = alert.state == .firing
        pen.write((isSelected ? "▸" : " ") + alert.glyph, 0, Style.bold(alert.role), &canvas)
        pen.write(
            alert.severity.word, 1, isFiring ? Style.bold(alert.role) : Style(alert.role), &canvas)
        pen.write(
            alert.state.word, 2, isFiring ? Style.bold(alert.role) : Style(.muted), &canvas)
        pen.write(alert.service, 3, isFiring ? Style.bold(.title) : Style(.muted), &canvas)
        let isOver = alert.state == .resolved
        pen.write(alert.summary, 4, Style(isOver ? .muted : .text), &canvas)
        pen.write(alert.rule, 5, Style(.muted), &canvas)
        pen.place(6) { place in
            strip(alert, on: &canvas, place.column, pen.row, width: place.width)
        }
        pen.write(Figures.age(state.now - alert.since), 7, Style(.muted), &canvas, .right)
    }

    /// When it was pending and when it fired.
    private func strip(
        _ alert: AlertLine, on canvas: inout Canvas, _ column: Int, _ row: Int, width: Int
    ) {
        let history = alert.detail.history
        guard width > 0, !history.isEmpty else { return }
        for x in 0..<width {
            let start = x * history.count / width
            let end = max(start + 1, (x + 1) * history.count / width)
            let states = history[start..<end].compactMap { $0 }
            switch states.min() {
            case .firing: canvas.set("▆", column + x, row, Style(alert.severity.role))
            case .pending: canvas.set("▃", column + x, row, Style(.info))
            case .resolved, nil: canvas.set("·", column + x, row, Style(.grid))
            }
        }
    }

    /// Names and values of what is known, in the order in which they are read.
    private func facts(of alert: AlertLine) -> [(name: String, value: String)] {
        let detail = alert.detail
        func since(_ time: Timestamp) -> String {
            "\(Figures.clock(time)) UTC, \(Figures.age(state.now - time)) ago"
        }
        var facts = [(name: "rule", value: alert.rule)]
        if !detail.ruleLocation.isEmpty { facts[0].value += "  \(detail.ruleLocation)" }
        if let value = detail.value { facts.append(("value", Figures.count(value))) }
        if let time = detail.pendingSince { facts.append(("pending", "since \(since(time))")) }
        if let time = detail.firingSince { facts.append(("firing", "since \(since(time))")) }
        if let time = detail.resolvedAt { facts.append(("resolved", since(time))) }
        if let time = detail.lastEvaluated {
            facts.append(("evaluated", "\(Figures.age(state.now - time)) ago"))
        }
        if !detail.labels.isEmpty {
            facts.append(
                (
                    "labels",
                    detail.labels.map { "\($0.name)=\"\($0.value)\"" }.joined(separator: "  ")
                ))
        }
        return facts + detail.annotations.map { (name: $0.name, value: $0.value) }
    }

    private func drawDetail(
        _ alert: AlertLine, _ facts: [(name: String, value: String)], on canvas: inout Canvas,
        in rect: Rect
    ) {
        guard rect.height >= 3 else { return }
        let frame = PanelFrame(
            title: alert.service.isEmpty ? alert.rule : alert.service,
            remark: "⏎ opens the service")
        var inner =
            canvas.size.columns >= Layout.twoColumns
            ? frame.drawBox(on: &canvas, in: rect)
            : frame.drawRule(on: &canvas, in: rect).inset(left: 1, right: 1)
        let title = inner.takeTop(1)
        canvas.write(
            [
                Span("\(alert.glyph) \(alert.state.word)  ", Style.bold(alert.role)),
                Span(alert.summary, Style.bold(.title)),
            ], title.column, title.row, width: title.width)
        FactList(facts: facts).draw(on: &canvas, in: inner)
    }
}

extension AlertLine {
    var role: Role { state == .resolved ? .muted : severity.role }

    var glyph: String {
        switch state {
        case .firing: severity.glyph
        case .pending: "○"
        case .resolved: "✓"
        }
    }
}
