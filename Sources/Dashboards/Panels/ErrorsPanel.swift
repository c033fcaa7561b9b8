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
        let now = summary.now.errorRatio
        let role: Role = (now ?? 0) >= 0.05 ? .crit : (now ?? 0) >= 0.01 ? .warn : .title
        canvas.writeFitting(
            Readout.groups(now: now, values: values, unit: .ratio, role: role), row.column,
            row.row, width: row.width)
        guard plot.height >= 1, rect.height >= 2 else { return }
        let scale = Scale.fromZero(holding: values, floor: 0.01)
        let area = Axes(scale: scale, unit: .ratio, grid: detail.grid)
            .draw(on: &canvas, in: plot, showsTime: plot.height >= 8)
        StackedBars(
            [StackedBars.Part(values, .fault0, glyph: "#", crest: .fault2)], scale: scale
        ).draw(on: &canvas, in: area)
    }
}
