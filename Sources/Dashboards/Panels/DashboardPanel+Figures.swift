import Terminal
import TimeSeries

extension DashboardPanel {
    /// One value with its past below or beside it; several as rows.
    func drawValues(_ content: PanelContent, on canvas: inout Canvas, in rect: Rect) {
        guard content.lines.count == 1, let line = content.lines.first else {
            drawValueRows(content.lines, on: &canvas, in: rect)
            return
        }
        let value = value(of: line)
        let role = role(of: value, otherwise: .title)
        var groups: [[Span]] = [[Span(Figures.text(value, unit), Style.bold(role))]]
        if !line.name.isEmpty { groups.append([Span("  \(line.name)", .muted)]) }
        if let median = MedianRatio.median(line.values), let value, median > 0 {
            let change = value / median - 1
            if abs(change) >= 0.1, abs(change) < 100 {
                let text = Figures.fixed(abs(change) * 100, 0) + "%"
                groups.append([Span("  \(change > 0 ? "▲ +" : "▼ −")\(text)", .muted)])
            }
        }
        canvas.writeFitting(groups, rect.column, rect.row, width: rect.width)
        let past = rect.inset(top: 1)
        guard past.height > 0 else { return }
        let scale = Scale.fromZero(holding: line.values)
        StackedBars(
            [StackedBars.Part.flow(line.values)], scale: scale
        ).draw(on: &canvas, in: past)
        Overlay.cursor(cursor, of: line.values.count, on: &canvas, in: past)
    }

    private func drawValueRows(
        _ lines: [SignalLines.Line], on canvas: inout Canvas, in rect: Rect
    ) {
        let nameWidth = nameWidth(lines, in: rect)
        for (index, line) in lines.prefix(rect.height).enumerated() {
            let row = rect.row + index
            let value = value(of: line)
            canvas.write(line.name, rect.column, row, Style(.muted), width: nameWidth)
            canvas.write(
                Figures.text(value, unit), rect.column + nameWidth + 1, row,
                Style.bold(role(of: value, otherwise: .title)), width: 9, align: .right)
            let column = rect.column + nameWidth + 12
            Sparkline(line.values, scale: .fromZero(holding: line.values), .flow2)
                .draw(on: &canvas, column, row, width: max(0, rect.endColumn - column))
        }
        note(lines.count - rect.height, on: &canvas, in: rect)
    }

    private func nameWidth(_ lines: [SignalLines.Line], in rect: Rect) -> Int {
        let longest = lines.map { DisplayText.width(of: $0.name) }.max() ?? 0
        return min(longest, max(6, rect.width * 2 / 5))
    }

    func drawBars(_ content: PanelContent, on canvas: inout Canvas, in rect: Rect) {
        let lines = content.lines
        let nameWidth = nameWidth(lines, in: rect)
        let figureWidth = 9
        let barWidth = rect.width - nameWidth - figureWidth - 2
        let largest = lines.compactMap(\.now).max() ?? 0
        let full = max(largest, 1e-12)
        for (index, line) in lines.prefix(rect.height).enumerated() {
            let row = rect.row + index
            let role = role(of: line.now, otherwise: .flow3)
            canvas.write(line.name, rect.column, row, Style(.text), width: nameWidth)
            canvas.write(
                Figures.text(line.now, unit), rect.endColumn - figureWidth, row,
                Style.bold(role == .flow3 ? .title : role), width: figureWidth, align: .right)
            guard barWidth >= 4 else { continue }
            let share = min(max(0, (line.now ?? 0) / full), 1)
            let start = rect.column + nameWidth + 1
            RowBar(share: share, role: role).draw(on: &canvas, start, row, width: barWidth)
            for reference in references where reference.value <= full && reference.value > 0 {
                let place = Int(reference.value / full * Double(barWidth - 1))
                canvas.set("│", start + place, row, Style(reference.severity.role))
            }
        }
        note(lines.count - rect.height, on: &canvas, in: rect)
    }

    func drawTable(_ content: PanelContent, on canvas: inout Canvas, in rect: Rect) {
        let queries = definition.queries
        func text(_ value: Double?, _ place: Int) -> String {
            Figures.text(value, (queries[place].unit ?? definition.unit).figures)
        }
        let titles = queries.map { $0.legend?.rendered { _ in nil } ?? $0.text }
        var columns = content.columns.enumerated().map { index, name in
            let longest = content.rows.map { DisplayText.width(of: $0.labels[index]) }.max() ?? 0
            let width = max(DisplayText.width(of: name), longest)
            return Table.Column(
                name.uppercased(), minimum: min(width, max(8, rect.width / 4)), maximum: width,
                priority: index == 0 ? 0 : 20 + index)
        }
        for (place, title) in titles.enumerated() {
            let longest = content.rows.map { DisplayText.width(of: text($0.values[place], place)) }
            let width = max(min(DisplayText.width(of: title), 12), longest.max() ?? 0)
            columns.append(
                Table.Column(title.uppercased(), .right, minimum: width, priority: place))
        }
        let places = Table(columns, gap: 2).layout(from: rect.column, width: rect.width)
        let head = RowPen(places: places, row: rect.row)
        for (field, column) in columns.enumerated() {
            head.write(column.title, field, Style(.muted), &canvas, column.alignment)
        }
        for (index, row) in content.rows.prefix(max(0, rect.height - 1)).enumerated() {
            let pen = RowPen(places: places, row: rect.row + 1 + index)
            for (field, label) in row.labels.enumerated() {
                pen.write(label, field, field == 0 ? Style.bold(.title) : Style(.muted), &canvas)
            }
            for (place, value) in row.values.enumerated() {
                let own = queries[place].unit == nil
                let role = own ? role(of: value, otherwise: .text) : value == nil ? .muted : .text
                pen.write(
                    text(value, place), row.labels.count + place, Style(role), &canvas, .right)
            }
        }
        note(content.rows.count - rect.height + 1, on: &canvas, in: rect)
    }

    /// Over the last row, where some have no room.
    private func note(_ hidden: Int, on canvas: inout Canvas, in rect: Rect) {
        guard hidden > 0, rect.height > 1 else { return }
        canvas.fill(Rect(rect.column, rect.endRow - 1, rect.width, 1), " ", Style())
        canvas.write(
            "and \(hidden + 1) more", rect.column, rect.endRow - 1, Style(.muted),
            width: rect.width)
    }
}
