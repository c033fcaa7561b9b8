import Terminal
import TimeSeries

/// One panel of a dashboard file.
struct DashboardPanel: Panel {
    let definition: PanelDefinition
    /// nil until it has been loaded.
    let content: PanelContent?
    let grid: TimeGrid?
    /// The point whose figures are shown; nil is now.
    let cursor: Int?

    var unit: SignalLines.Unit { definition.unit.figures }

    var title: String { definition.title }

    var remark: String {
        var parts = [definition.unit.remark]
        if let content, content.hiddenLineCount > 0 {
            let shown = content.lines.count + content.rows.count
            parts.append("\(shown) of \(shown + content.hiddenLineCount)")
        }
        return parts.filter { !$0.isEmpty }.joined(separator: " · ")
    }

    func draw(on canvas: inout Canvas, in rect: Rect) {
        guard rect.height >= 1, rect.width >= 6 else { return }
        guard let content, let grid else {
            say("reading…", .muted, on: &canvas, in: rect)
            return
        }
        if let problem = content.problem {
            say(problem, .crit, on: &canvas, in: rect)
            return
        }
        guard !content.rows.isEmpty || content.lines.contains(where: \.hasValues) else {
            say("no data in this window", .muted, on: &canvas, in: rect)
            return
        }
        switch definition.kind {
        case .lines, .stacked: drawChart(content, grid, on: &canvas, in: rect)
        case .value: drawValues(content, on: &canvas, in: rect)
        case .table: drawTable(content, on: &canvas, in: rect)
        case .bars: drawBars(content, on: &canvas, in: rect)
        case .heatmap: drawHeat(content, grid, on: &canvas, in: rect)
        }
    }

    private func say(_ text: String, _ role: Role, on canvas: inout Canvas, in rect: Rect) {
        for (index, line) in DisplayText.wrapped(text, to: rect.width).prefix(rect.height)
            .enumerated()
        {
            canvas.write(line, rect.column, rect.row + index, Style(role), width: rect.width)
        }
    }

    /// At the cursor, or now.
    func value(of line: SignalLines.Line) -> Double? {
        guard let cursor else { return line.now }
        return line.values.indices.contains(cursor) ? line.values[cursor] : nil
    }

    /// That of the worst reference that the value breaks.
    func role(of value: Double?, otherwise role: Role) -> Role {
        guard let value else { return .muted }
        let factor = definition.unit.factor
        return definition.references.filter { reference in
            var reference = reference
            reference.value *= factor
            return reference.isBroken(by: value)
        }.map(\.severity).min()?.role ?? role
    }

    /// References in the unit of the figures.
    var references: [PanelDefinition.Reference] {
        definition.references.map { reference in
            var reference = reference
            reference.value *= definition.unit.factor
            return reference
        }
    }
}

extension SignalLines.Line {
    var hasValues: Bool { now != nil || values.contains { $0 != nil } }
}
