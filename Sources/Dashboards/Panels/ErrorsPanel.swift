import Terminal

/// The share of requests that failed.
struct ErrorsPanel: Panel {
    let detail: ServiceDetail

    var title: String { "errors" }
    var remark: String { "% of requests" }

    func draw(on canvas: inout Canvas, in rect: Rect) {
        guard rect.height >= 1 else { return }
        var plot = rect
        let row = plot.height >= 2 ? plot.takeBottom(1) : plot
        let summary = detail.summary
        let values = summary.history.errorRatio
        guard values.contains(where: { $0 != nil }) else {
            drawAbsence(summary, on: &canvas, in: rect)
            return
        }
        let now = summary.now.errorRatio
        let band = detail.expected[.errorRatio]
        let role: Role = (now ?? 0) >= 0.05 ? .crit : (now ?? 0) >= 0.01 ? .warn : .title
        var groups = Readout.groups(now: now, values: values, unit: .ratio, role: role)
        groups.insert(contentsOf: Overlay.groups(band, unit: .ratio), at: 1)
        canvas.writeFitting(groups, row.column, row.row, width: row.width)
        guard plot.height >= 1, rect.height >= 2 else { return }
        let scale = Scale.fromZero(
            holding: values + Overlay.edges(of: band, beside: values), floor: 0.01)
        let area = Axes(scale: scale, unit: .ratio, grid: detail.grid)
            .draw(on: &canvas, in: plot, showsTime: plot.height >= 8)
        StackedBars(
            [StackedBars.Part(values, .fault0, glyph: "#", crest: .fault2)], scale: scale
        ).draw(on: &canvas, in: area)
        Overlay.expected(band, scale: scale, on: &canvas, in: area)
    }

    private func drawAbsence(
        _ summary: ServiceSummary, on canvas: inout Canvas, in rect: Rect
    ) {
        guard let probe = summary.probe else {
            Absence(summary: summary).draw("this server shows no errors", on: &canvas, in: rect)
            return
        }
        let isGood = probe.status.map { (200..<400).contains($0) } ?? false
        canvas.write(
            [
                Span("last answer ", .muted),
                Span(
                    probe.status.map { "HTTP \($0)" } ?? "none",
                    Style.bold(isGood ? .ok : .crit)),
            ], rect.column, rect.row, width: rect.width)
        guard rect.height >= 2 else { return }
        Absence(summary: summary).draw(
            "only probed: errors are not counted", on: &canvas, in: rect.inset(top: 1))
    }
}
