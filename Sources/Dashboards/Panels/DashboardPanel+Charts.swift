import Terminal
import TimeSeries

extension DashboardPanel {
    func drawChart(
        _ content: PanelContent, _ grid: TimeGrid, on canvas: inout Canvas, in rect: Rect
    ) {
        var plot = rect
        let lines = content.lines
        if rect.height >= 3 {
            let legend = legendRows(lines, width: rect.width, most: max(1, rect.height / 4))
            let area = plot.takeBottom(legend.count)
            for (index, row) in legend.enumerated() {
                canvas.write(row, area.column, area.row + index, width: area.width)
            }
        }
        let isStacked = definition.kind == .stacked && lines.count > 1
        let values =
            isStacked
            ? lines.reduce([Double?](repeating: nil, count: grid.count)) {
                MetricTable.sum($0, $1.values)
            } : lines.flatMap(\.values)
        let scale = scale(holding: values)
        let area = Axes(scale: scale, unit: unit, grid: grid)
            .draw(on: &canvas, in: plot, showsTime: plot.height >= 6)
        if isStacked {
            let parts = lines.enumerated().map { index, line in
                StackedBars.Part(line.values, .series(index), glyph: Self.glyph(index))
            }
            StackedBars(parts, scale: scale).draw(on: &canvas, in: area)
        } else if lines.count == 1, scale.lower == 0 {
            StackedBars(
                [StackedBars.Part.flow(lines[0].values)],
                scale: scale
            ).draw(on: &canvas, in: area)
        } else {
            LineChart(
                lines.enumerated().map { LineChart.Line($1.values, Style(.series($0))) },
                scale: scale
            ).draw(on: &canvas, in: area)
        }
        for reference in references {
            Overlay.reference(reference, scale: scale, on: &canvas, in: area)
        }
        Overlay.cursor(cursor, of: grid.count, on: &canvas, in: area)
    }

    private static func glyph(_ index: Int) -> Unicode.Scalar {
        let glyphs: [Unicode.Scalar] = ["#", "+", "*", "o", "x", "%", "=", "@"]
        return glyphs[index % glyphs.count]
    }

    /// From 0, or from the lowest value where some are negative; with the references unless those
    /// would flatten everything.
    private func scale(holding values: [Double?]) -> Scale {
        let known = values.compactMap { $0 }.filter(\.isFinite)
        let largest = known.max() ?? 0
        let marks = references.map(\.value).filter { $0 <= max(largest, 1e-9) * 4 }
        if let lowest = known.min(), lowest < 0 {
            let top = max(0, largest, marks.max() ?? 0)
            let room = max(top - lowest, 1e-9)
            return Scale(from: lowest - room * 0.05, to: top + room * 0.05)
        }
        let floor = unit == .ratio ? 0.01 : 0
        return .fromZero(holding: values + marks.map { $0 * 1.05 }, floor: floor)
    }

    /// `■ name 12ms`, as many as fit in so many rows; the last says how many do not.
    func legendRows(_ lines: [SignalLines.Line], width: Int, most: Int) -> [[Span]] {
        let isAlone = lines.count == 1
        let entries = lines.enumerated().map { index, line in
            let value = value(of: line)
            var spans: [Span] = []
            if isAlone {
                if !line.name.isEmpty { spans.append(Span("\(line.name) ", .muted)) }
            } else {
                spans.append(Span("■ ", .series(index)))
                if !line.name.isEmpty { spans.append(Span("\(line.name) ", .muted)) }
            }
            let role = role(of: value, otherwise: .title)
            spans.append(Span(Figures.text(value, unit), Style.bold(role)))
            spans.append(Span("  ", .text))
            return spans
        }
        var rows: [[Span]] = [[]]
        var shown = 0
        for entry in entries {
            let isLastRow = rows.count == most
            let reserve = isLastRow && shown + 1 < entries.count ? 5 : 0
            let used = rows[rows.count - 1].displayWidth
            if used > 0, used + entry.displayWidth + reserve > width {
                if isLastRow { break }
                rows.append([])
            }
            rows[rows.count - 1] += entry
            shown += 1
        }
        if shown < entries.count {
            rows[rows.count - 1].append(Span("+\(entries.count - shown)", .muted))
        } else if isAlone, rows.count == 1 {
            rows[0] += extremes(lines[0])
        }
        return rows
    }

    private func extremes(_ line: SignalLines.Line) -> [Span] {
        let known = line.values.compactMap { $0 }
        guard let largest = known.max() else { return [] }
        let mean = known.reduce(0, +) / Double(known.count)
        return [
            Span("max ", .muted), Span(Figures.text(largest, unit) + "  ", .text),
            Span("avg ", .muted), Span(Figures.text(mean, unit), .text),
        ]
    }

    func drawHeat(
        _ content: PanelContent, _ grid: TimeGrid, on canvas: inout Canvas, in rect: Rect
    ) {
        guard let buckets = content.buckets, let scale = LatencyHeat.scale(buckets) else {
            drawChart(content, grid, on: &canvas, in: rect)
            return
        }
        var plot = rect
        if rect.height >= 4 {
            let row = plot.takeBottom(1)
            let groups = content.lines.map { line in
                [
                    Span("\(line.name) ", line.name == "p99" ? .p99 : .p50),
                    Span(Figures.text(value(of: line), unit) + "  ", Style.bold(.title)),
                ]
            }
            canvas.writeFitting(groups, row.column, row.row, width: row.width)
        }
        let area = Axes(scale: scale, unit: unit, grid: grid)
            .draw(on: &canvas, in: plot, showsTime: plot.height >= 6)
        canvas.fill(area, " ", Style())
        Heatmap(
            columns: LatencyHeat.intensities(
                buckets, scale: scale, columns: area.width, halfRows: area.height * 2)
        ).draw(on: &canvas, in: area)
        for line in content.lines where line.name == "p99" {
            Overlay.line(line.values, "━", .p99, .bold, scale: scale, on: &canvas, in: area)
        }
        for reference in references {
            Overlay.reference(reference, scale: scale, on: &canvas, in: area)
        }
        Overlay.cursor(cursor, of: grid.count, on: &canvas, in: area)
    }
}
