import Terminal

/// How right the models are: estimated from their scores, and measured where labels have arrived.
struct PerformancePanel: Panel {
    let detail: ServiceDetail

    var title: String { "performance" }
    var remark: String {
        let labelled = detail.performance.compactMap(\.coverage).max()
        return labelled.map { "\(Figures.percent($0))% labelled" } ?? "estimated, no labels"
    }

    var isEmpty: Bool { detail.performance.isEmpty }
    var wantedRows: Int { 1 + detail.performance.count }

    private var versionCount: Int {
        Set(detail.performance.map { [$0.model, $0.version] }).count
    }

    func draw(on canvas: inout Canvas, in rect: Rect) {
        let all = detail.performance
        let names = all.map { line in
            let owner = versionCount > 1 ? line.version.isEmpty ? line.model : line.version : ""
            let metric = line.metric.split(separator: "_").joined(separator: " ")
            return owner.isEmpty ? metric : "\(owner) \(metric)"
        }
        let nameWidth = names.map { DisplayText.width(of: $0) }.max() ?? 6
        let places = Table([
            Table.Column("METRIC", minimum: 6, maximum: max(6, nameWidth)),
            Table.Column("LABELS", .right, minimum: 6, priority: 1),
            Table.Column("ESTIMATE", .right, minimum: 8, priority: 1),
            Table.Column("95% BETWEEN", .right, minimum: 11, priority: 2),
            Table.Column("TREND", minimum: 8, maximum: 40, priority: 3),
        ])
        let layout = places.layout(from: rect.column, width: rect.width)
        for (column, place) in zip(places.columns, layout) {
            guard let place else { continue }
            canvas.write(
                column.title, place.column, rect.row, Style(.muted), width: place.width,
                align: column.alignment)
        }
        for (index, line) in all.prefix(max(0, rect.height - 1)).enumerated() {
            let pen = RowPen(places: layout, row: rect.row + 1 + index)
            pen.write(names[index], 0, Style(.text), &canvas)
            pen.write(Self.text(line.realised), 1, Style.bold(.title), &canvas, .right)
            pen.write(Self.text(line.estimated?.value), 2, Style(.text), &canvas, .right)
            if let lower = line.estimated?.lower, let upper = line.estimated?.upper {
                pen.write(
                    "\(Self.text(lower))…\(Self.text(upper))", 3, Style(.muted), &canvas, .right)
            }
            guard let place = layout[4] else { continue }
            Sparkline(line.history, scale: Self.scale(of: line.history), .flow2)
                .draw(on: &canvas, place.column, rect.row + 1 + index, width: place.width)
        }
    }

    /// What changes is to be seen, not the distance from 0.
    private static func scale(of values: [Double?]) -> Scale {
        let known = values.compactMap { $0 }.filter(\.isFinite)
        guard let low = known.min(), let high = known.max() else { return Scale(from: 0, to: 1) }
        let margin = max((high - low) / 4, abs(high) / 50, 1e-6)
        return Scale(from: low - margin, to: high + margin)
    }

    private static func text(_ value: Double?) -> String {
        guard let value else { return Figures.unknown }
        return value < 10 ? Figures.fixed(value, 3) : Figures.count(value)
    }
}
