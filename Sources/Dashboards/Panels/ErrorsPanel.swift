import Terminal

/// The share of requests that failed.
struct ErrorsPanel: Panel {
    let detail: ServiceDetail

    var title: String { "errors" }
    var remark: String { "% of requests" }

    func draw(on canvas: inout Canvas, in rect: Rect) {
        let summary = detail.summary
        let values = summary.history.errorRatio
        let now = summary.now.errorRatio
        var chart = SignalChart(
            detail: detail, values: values, unit: .ratio, figureUnit: .ratio,
            band: detail.expected[.errorRatio],
            parts: [StackedBars.Part(values, .fault0, glyph: "#", crest: .fault2)], now: now)
        guard chart.hasValues else {
            drawAbsence(summary, on: &canvas, in: rect)
            return
        }
        chart.floor = 0.01
        chart.role = (now ?? 0) >= 0.05 ? .crit : (now ?? 0) >= 0.01 ? .warn : .title
        chart.draw(on: &canvas, in: rect)
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
