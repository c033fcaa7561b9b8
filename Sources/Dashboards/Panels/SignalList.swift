import Terminal
import TimeSeries

/// Signals of a server as charts where there is room, else one row each with a sparkline.
struct SignalList {
    let signals: [SignalLines]
    var grid: TimeGrid?
    var cursor: Int?

    private static let roles: [Role] = [.p50, .p99, .p90, .info]

    func draw(on canvas: inout Canvas, in rect: Rect) {
        guard !signals.isEmpty, rect.height > 0 else { return }
        let perRow = rect.width >= 70 ? 2 : 1
        let chartHeight = min(12, rect.height / ((signals.count + perRow - 1) / perRow))
        if grid != nil, chartHeight >= 5 {
            drawCharts(on: &canvas, in: rect, perRow: perRow, height: chartHeight)
        } else {
            drawRows(on: &canvas, in: rect)
        }
    }

    private func drawCharts(on canvas: inout Canvas, in rect: Rect, perRow: Int, height: Int) {
        guard let grid else { return }
        for (index, signal) in signals.enumerated() {
            let isAlone = perRow == 2 && index == signals.count - 1 && index % 2 == 0
            let width = isAlone ? rect.width : rect.width / perRow - (perRow - 1)
            let column = rect.column + index % perRow * (rect.width / perRow + 1)
            var cell = Rect(column, rect.row + index / perRow * height, width, height)
            canvas.writeFitting(titleGroups(signal), cell.column, cell.row, width: cell.width)
            _ = cell.takeTop(1)
            let scale = Scale.fromZero(holding: signal.lines.flatMap(\.values))
            let plot = Axes(scale: scale, unit: signal.unit, grid: grid)
                .draw(on: &canvas, in: cell, showsTime: height >= 8)
            let lines = signal.lines.enumerated().map { place, line in
                LineChart.Line(line.values, Style(Self.roles[place % Self.roles.count]))
            }
            if signal.lines.count == 1 {
                let part = StackedBars.Part.flow(signal.lines[0].values)
                StackedBars([part], scale: scale).draw(on: &canvas, in: plot)
            } else {
                LineChart(lines, scale: scale).draw(on: &canvas, in: plot)
            }
            Overlay.cursor(cursor, of: grid.count, on: &canvas, in: plot)
        }
    }

    private func titleGroups(_ signal: SignalLines) -> [[Span]] {
        var groups = [[Span(signal.title, Style.bold(.text))]]
        for (index, line) in signal.lines.enumerated() {
            let role: Role = signal.lines.count == 1 ? .title : Self.roles[index % Self.roles.count]
            let name = line.name.isEmpty ? "  " : "  \(line.name) "
            groups.append([
                Span(name, role), Span(Figures.text(line.now, signal.unit), Style.bold(.title)),
            ])
        }
        return groups
    }

    private func drawRows(on canvas: inout Canvas, in rect: Rect) {
        let rows = signals.flatMap { signal in
            signal.lines.map { (name: "\(signal.title) \($0.name)", line: $0, unit: signal.unit) }
        }
        let nameWidth = min(
            rows.map { DisplayText.width(of: $0.name) }.max() ?? 8, max(8, rect.width / 2))
        for (index, row) in rows.prefix(rect.height).enumerated() {
            let y = rect.row + index
            canvas.write(row.name, rect.column, y, Style(.muted), width: nameWidth)
            canvas.write(
                Figures.text(row.line.now, row.unit), rect.column + nameWidth + 1, y,
                Style.bold(.text), width: 8, align: .right)
            let column = rect.column + nameWidth + 11
            Sparkline(row.line.values, scale: .fromZero(holding: row.line.values), .flow2)
                .draw(on: &canvas, column, y, width: max(0, rect.endColumn - column))
        }
    }
}
