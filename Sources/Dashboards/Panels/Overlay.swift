import Terminal

/// Lines and marks over a chart that is drawn already.
enum Overlay {
    /// One glyph a column at the height of the value; what is below shines through behind it.
    static func line(
        _ values: [Double?], _ glyph: Unicode.Scalar, _ role: Role,
        _ attributes: Style.Attributes = [], scale: Scale, on canvas: inout Canvas, in plot: Rect
    ) {
        for (x, value) in Resampling.fit(values, to: plot.width).enumerated() {
            guard let value else { continue }
            let row = Axes.row(of: value, scale: scale, in: plot)
            let below = canvas[plot.column + x, row]
            let background: Role =
                switch below.glyph {
                case "▀": below.style.background
                case "█": below.style.foreground
                default: .canvas
                }
            canvas.set(glyph, plot.column + x, row, Style(role, on: background, attributes))
        }
    }

    /// An objective or a limit, with its label at the right end.
    static func reference(
        _ reference: PanelDefinition.Reference, scale: Scale, on canvas: inout Canvas,
        in plot: Rect
    ) {
        let fraction = scale.fraction(reference.value)
        guard plot.height >= 3, plot.width >= 12, fraction >= 0, fraction <= 1 else { return }
        let row = Axes.row(of: reference.value, scale: scale, in: plot)
        let role = reference.severity.role
        let values = [Double?](repeating: reference.value, count: plot.width)
        line(values, "╌", role, scale: scale, on: &canvas, in: plot)
        guard !reference.label.isEmpty else { return }
        let text = " \(reference.label)"
        let width = min(DisplayText.width(of: text), plot.width / 2)
        canvas.write(text, plot.endColumn - width, row, Style.bold(role), width: width)
    }

    /// The column of the time cursor.
    static func cursor(_ index: Int?, of count: Int, on canvas: inout Canvas, in plot: Rect) {
        guard let index, count > 0, !plot.isEmpty else { return }
        let column =
            plot.column
            + (count < 2 ? plot.width - 1 : index * (plot.width - 1) / (count - 1))
        for row in plot.row..<plot.endRow {
            if canvas[column, row].glyph == " " || canvas[column, row].glyph == "╌" {
                canvas.set("│", column, row, Style(.accent))
            } else {
                canvas.highlight(Rect(column, row, 1, 1), .selection, adding: .bold)
            }
        }
    }

    /// The expected band, and marks where the anomaly score is above its threshold.
    static func expected(
        _ band: ExpectedBand?, scale: Scale, on canvas: inout Canvas, in plot: Rect
    ) {
        guard let band, plot.height >= 4, plot.width >= 20 else { return }
        for edge in [band.lower, band.upper] {
            let shown = edge.map { value in
                value.flatMap { $0 <= scale.upper && $0 > scale.lower ? $0 : nil }
            }
            line(shown, "┄", .muted, scale: scale, on: &canvas, in: plot)
        }
        for (x, score) in Resampling.fit(band.score, to: plot.width, by: .maximum).enumerated() {
            guard let score, score > 0.5 else { continue }
            canvas.set("▾", plot.column + x, plot.row, Style.bold(.warn))
        }
    }

    /// `▾ unusual 0.83` while the score is above its threshold, and `expected 80…120`, or how much
    /// of the warm-up is done.
    static func groups(_ band: ExpectedBand?, unit: SignalLines.Unit) -> [[Span]] {
        guard let band else { return [] }
        var groups: [[Span]] = []
        if let score = band.score.last ?? nil, score > 0.5 {
            groups.append([Span("  ▾ unusual \(Figures.fixed(score, 2))", Style.bold(.warn))])
        }
        if let lower = band.lower.last ?? nil, let upper = band.upper.last ?? nil {
            let range =
                Figures.text(max(0, lower), unit) + "…" + Figures.text(max(0, upper), unit)
            groups.append([Span("  expected ", .muted), Span(range, .text)])
        }
        if let warmUp = band.warmUp.last ?? nil, warmUp < 1 {
            groups.append([Span("  learning the expected, \(Figures.percent(warmUp))%", .muted)])
        }
        return groups
    }

    /// What a scale should hold of a band: an edge far above all values would flatten them.
    static func edges(of band: ExpectedBand?, beside values: [Double?]) -> [Double?] {
        guard let band else { return [] }
        let largest = values.compactMap { $0 }.max() ?? 0
        return band.upper.map { $0.map { min($0, largest * 1.5) } }
    }
}
