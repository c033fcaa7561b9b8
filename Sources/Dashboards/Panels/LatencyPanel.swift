import Terminal
import TimeSeries

/// How long requests took: a heat map of the buckets, or lines where there are none.
struct LatencyPanel: Panel {
    let detail: ServiceDetail

    var title: String { "latency" }

    var remark: String {
        if detail.buckets != nil { return "log · colour is share of requests" }
        let history = detail.summary.history
        if history.p99Seconds.contains(where: { $0 != nil }) { return "p50 p90 p99" }
        if history.meanSeconds.contains(where: { $0 != nil }) { return "mean; no quantiles told" }
        return detail.summary.probe == nil ? "" : "probe: time of the answer"
    }

    func draw(on canvas: inout Canvas, in rect: Rect) {
        guard rect.height >= 1, rect.width >= 8 else { return }
        var plot = rect
        if rect.height >= 3 {
            let row = plot.takeBottom(1)
            drawReadout(on: &canvas, in: row)
        }
        if let buckets = detail.buckets, let scale = LatencyHeat.scale(buckets), plot.height >= 3 {
            drawHeat(buckets, scale, on: &canvas, in: plot)
        } else {
            drawLines(on: &canvas, in: plot)
        }
    }

    private func drawHeat(
        _ buckets: LatencyBuckets, _ scale: Scale, on canvas: inout Canvas, in rect: Rect
    ) {
        let axes = Axes(scale: scale, unit: .seconds, grid: detail.grid)
        let plot = axes.draw(on: &canvas, in: rect, showsTime: true)
        canvas.fill(plot, " ", Style())
        Heatmap(
            columns: LatencyHeat.intensities(
                buckets, scale: scale, columns: plot.width, halfRows: plot.height * 2)
        ).draw(on: &canvas, in: plot)
        let history = detail.summary.history
        if plot.width >= 60 { drawLine(history.p50Seconds, .p50, scale, on: &canvas, in: plot) }
        drawLine(history.p99Seconds, .p99, scale, on: &canvas, in: plot)
        Overlay.expected(detail.expected[.latencyP99], scale: scale, on: &canvas, in: plot)
        Overlay.cursor(detail.cursor, of: detail.grid.count, on: &canvas, in: plot)
    }

    /// A quantile over the heat map, which shines through behind it.
    private func drawLine(
        _ values: [Double?], _ role: Role, _ scale: Scale, on canvas: inout Canvas, in plot: Rect
    ) {
        Overlay.line(values, "━", role, .bold, scale: scale, on: &canvas, in: plot)
    }

    private func drawLines(on canvas: inout Canvas, in rect: Rect) {
        let history = detail.summary.history
        let hasQuantiles = history.p99Seconds.contains { $0 != nil }
        let hasMean = history.meanSeconds.contains { $0 != nil }
        let slow = hasMean ? history.meanSeconds : detail.summary.probe?.history ?? []
        let lines: [LineChart.Line] =
            hasQuantiles
            ? [
                LineChart.Line(history.p50Seconds, Style(.p50)),
                LineChart.Line(history.p90Seconds, Style(.p90)),
                LineChart.Line(history.p99Seconds, Style.bold(.p99)),
            ]
            : [LineChart.Line(slow, Style(.p50))]
        let values = lines.flatMap(\.values)
        guard values.contains(where: { $0 != nil }) else {
            Absence(summary: detail.summary).draw(
                "this server tells no latency: see docs/configuration.md", on: &canvas, in: rect)
            return
        }
        let band = hasQuantiles ? detail.expected[.latencyP99] : nil
        let scale = Scale.fromZero(holding: values + Overlay.edges(of: band, beside: values))
        let plot = Axes(scale: scale, unit: .seconds, grid: detail.grid)
            .draw(on: &canvas, in: rect, showsTime: true)
        LineChart(lines, scale: scale).draw(on: &canvas, in: plot)
        Overlay.expected(band, scale: scale, on: &canvas, in: plot)
        Overlay.cursor(detail.cursor, of: detail.grid.count, on: &canvas, in: plot)
    }

    private func drawReadout(on canvas: inout Canvas, in rect: Rect) {
        let now = detail.summary.now
        var groups: [[Span]] = []
        func add(_ name: String, _ value: Double?, _ role: Role) {
            groups.append([
                Span("\(name) ", Style(role)),
                Span(Figures.seconds(value), Style.bold(value == nil ? .muted : .title)),
                Span("  ", .text),
            ])
        }
        if let probe = detail.summary.probe, now.meanSeconds == nil, now.p99Seconds == nil {
            add("probe", probe.seconds, .p50)
            groups.append([
                Span("HTTP ", .muted),
                Span(probe.status.map(String.init) ?? Figures.unknown, Style.bold(.title)),
                Span("  ", .text),
            ])
        } else if now.p99Seconds == nil, now.p50Seconds == nil {
            add("mean", now.meanSeconds, .p50)
        } else {
            add("p50", now.p50Seconds, .p50)
            add("p90", now.p90Seconds, .p90)
            add("p99", now.p99Seconds, .p99)
        }
        if let p99 = now.p99Seconds,
            let median = MedianRatio.median(detail.summary.history.p99Seconds)
        {
            let change = p99 / median - 1
            if abs(change) >= 0.1 {
                let role: Role = change >= 1 ? .crit : change >= 0.5 ? .warn : .muted
                let text = Figures.fixed(abs(change) * 100, 0) + "%"
                groups.append([Span("\(change > 0 ? "▲ +" : "▼ −")\(text)", Style.bold(role))])
                groups.append([Span(" vs median", .muted)])
            }
        }
        if detail.cursor == nil {
            groups += Overlay.groups(detail.expected[.latencyP99], unit: .seconds)
        }
        canvas.writeFitting(groups, rect.column, rect.row, width: rect.width)
    }
}
