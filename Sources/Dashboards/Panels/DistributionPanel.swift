import Terminal
import TimeSeries

#if canImport(Glibc)
    import Glibc
#endif

/// Predictions now against their baseline, or what a language model does instead.
struct DistributionPanel: Panel {
    let detail: ServiceDetail
    /// Counts up with the key; taken modulo the number of distributions.
    let index: Int

    private var distribution: Distribution? {
        let all = detail.distributions
        return all.isEmpty ? nil : all[index % all.count]
    }

    var title: String {
        guard let distribution else {
            return detail.languageModel.isEmpty
                ? detail.resources.isEmpty ? "predictions" : "inside the server"
                : "language model"
        }
        var title = distribution.feature == "score" ? "prediction score" : "predictions"
        let parts = [distribution.model, distribution.version].filter { !$0.isEmpty }
        if !parts.isEmpty { title += " · " + parts.joined(separator: " ") }
        return title
    }

    var remark: String {
        guard let distribution else { return "" }
        let span = Figures.age(distribution.through - distribution.from)
        var remark =
            distribution.state == .learning ? "as learned so far" : "baseline vs last \(span)"
        let count = detail.distributions.count
        if count > 1 { remark += " · p \(index % count + 1)/\(count)" }
        return remark
    }

    func draw(on canvas: inout Canvas, in rect: Rect) {
        guard rect.height >= 1, rect.width >= 8 else { return }
        guard let distribution else {
            drawWithout(on: &canvas, in: rect)
            return
        }
        var plot = rect
        let verdict = plot.takeBottom(1)
        drawVerdict(distribution, on: &canvas, in: verdict)
        if distribution.state == .drifted, rect.height >= 5 {
            drawMovers(distribution, on: &canvas, in: plot.takeBottom(1))
        }
        if let detail = distribution.detail, rect.height >= 12 {
            VerdictLines(detail: detail, through: distribution.through).draw(
                on: &canvas, in: &plot, keeping: 6)
        }
        if rect.height >= 8 {
            drawLegend(distribution, on: &canvas, in: plot.takeBottom(1))
        }
        guard distribution.total > 0 || distribution.baselineTotal > 0 else {
            canvas.write(
                distribution.note ?? "no observations yet", plot.column, plot.row, Style(.muted),
                width: plot.width)
            return
        }
        switch distribution.kind {
        case .score: drawHistogram(distribution, on: &canvas, in: plot)
        case .classes: drawClasses(distribution, on: &canvas, in: plot)
        }
    }

    private func drawWithout(on canvas: inout Canvas, in rect: Rect) {
        let signals = detail.languageModel.isEmpty ? detail.resources : detail.languageModel
        if signals.isEmpty {
            Absence(summary: detail.summary).draw(
                "no predictions in its metrics, so drift cannot be judged: see docs/configuration.md",
                on: &canvas, in: rect)
        } else {
            SignalList(signals: signals, grid: detail.grid, cursor: detail.cursor)
                .draw(on: &canvas, in: rect)
        }
    }

    /// `PSI 0.31 ▲ DRIFTED  null 0.02  p <1e-9`, or why there is no verdict.
    private func drawVerdict(
        _ distribution: Distribution, on canvas: inout Canvas, in rect: Rect
    ) {
        var groups: [[Span]] = []
        switch distribution.state {
        case .learning:
            groups.append([Span(distribution.note ?? "learning the reference", Style.bold(.info))])
        case .insufficient:
            groups.append([Span(distribution.note ?? "too few to judge", .muted)])
        case .stable, .drifted:
            let isDrifted = distribution.state == .drifted
            groups.append([
                Span("PSI ", .muted),
                Span(Figures.index(distribution.psi), Style.bold(isDrifted ? .crit : .title)),
                Span(
                    isDrifted ? " ▲ DRIFTED" : " · stable", Style.bold(isDrifted ? .crit : .ok)),
            ])
            if let mean = distribution.psiNullMean {
                let text = mean < 0.001 ? "<0.001" : Figures.fixed(mean, 3)
                groups.append([Span("  by chance ", .muted), Span(text, .text)])
            }
            if let p = distribution.pValue {
                groups.append([Span("  p ", .muted), Span(Figures.probability(p), .text)])
            }
            if let note = distribution.note { groups.append([Span("  \(note)", .muted)]) }
        }
        canvas.writeFitting(groups, rect.column, rect.row, width: rect.width)
    }

    /// `moved most  books +12.1%  toys −8.0%`.
    private func drawMovers(
        _ distribution: Distribution, on canvas: inout Canvas, in rect: Rect
    ) {
        var groups = [[Span("moved most", .muted)]]
        for mover in distribution.movers.prefix(4) {
            let label =
                distribution.kind == .classes
                ? distribution.bins[mover.bin] : Self.interval(mover.bin, distribution.bins)
            let sign = mover.change > 0 ? "+" : "−"
            groups.append([
                Span("  \(label) ", .text),
                Span(
                    sign + Figures.fixed(abs(mover.change) * 100, 1) + "%",
                    Style.bold(mover.change > 0 ? .more : .less)),
            ])
        }
        canvas.writeFitting(groups, rect.column, rect.row, width: rect.width)
    }

    /// `0.6…0.7` of the upper bounds.
    private static func interval(_ bin: Int, _ bins: [String]) -> String {
        let upper = shortBound(bins[bin])
        return bin == 0 ? "≤\(upper)" : "\(shortBound(bins[bin - 1]))…\(upper)"
    }

    private func drawLegend(
        _ distribution: Distribution, on canvas: inout Canvas, in rect: Rect
    ) {
        let isFine = canvas.traits.hasFineColor
        let less = !isFine ? "--" : distribution.kind == .classes ? "░░" : "██"
        let base = Figures.total(distribution.baselineTotal)
        guard distribution.state != .learning else {
            let swatch = Span(isFine ? "██" : "##", .base)
            canvas.writeFitting(
                [[swatch, Span(" the reference so far", .muted)], [Span("   n \(base)", .muted)]],
                rect.column, rect.row, width: rect.width)
            return
        }
        let groups = [
            [Span(isFine ? "██" : "##", .base), Span(" both  ", .muted)],
            [Span(isFine ? "██" : "++", .more), Span(" more now  ", .muted)],
            [Span(less, .less), Span(" less now", .muted)],
            [Span("   n \(base) vs \(Figures.total(distribution.total))", .muted)],
        ]
        canvas.writeFitting(groups, rect.column, rect.row, width: rect.width)
    }

    private func drawHistogram(
        _ distribution: Distribution, on canvas: inout Canvas, in rect: Rect
    ) {
        var plot = rect
        let base =
            distribution.baselineTotal > 0 ? distribution.baselineShares : distribution.shares
        let now = distribution.state == .learning ? base : distribution.shares
        let labels = plot.height >= 3 ? plot.takeBottom(1) : Rect(0, 0, 0, 0)
        let strip = plot.height >= 7 && distribution.psi != nil ? plot.takeBottom(1) : nil
        let scale = Scale.fromZero(holding: base + now)
        var area = Axes(
            scale: scale, unit: .ratio, grid: detail.grid
        ).draw(on: &canvas, in: plot, showsTime: false)
        let binCount = base.count
        let width = HistogramOverlay.binWidth(binCount, in: area.width).cells
        if binCount <= area.width { area.width = width * binCount }
        HistogramOverlay(base: base, now: now, scale: scale).draw(on: &canvas, in: area)
        if let strip {
            canvas.write(
                "ΔPSI", strip.column, strip.row, Style(.muted), width: area.column - strip.column)
            drawContributions(
                base, now, on: &canvas, in: Rect(area.column, strip.row, area.width, 1))
        }
        drawBounds(
            distribution.bins, on: &canvas,
            in: Rect(area.column, labels.row, area.width, labels.height))
    }

    /// Each bin's part of the PSI, so that the culprits glow even when they are small.
    private func drawContributions(
        _ base: [Double], _ now: [Double], on canvas: inout Canvas, in rect: Rect
    ) {
        let floor = 1e-4
        let parts = zip(base, now).map { e, a in
            let (e, a) = (max(e, floor), max(a, floor))
            return (a - e) * log(a / e)
        }
        guard let largest = parts.max(), largest > 0 else { return }
        let perBin = max(1, rect.width / max(1, parts.count))
        // Below a hundredth in total nothing glows.
        let full = max(largest, 0.01)
        for x in 0..<rect.width {
            let bin = parts.count <= rect.width ? x / perBin : x * parts.count / rect.width
            guard bin < parts.count else { continue }
            let share = parts[bin] / full
            if canvas.traits.hasFineColor {
                canvas.set("▀", rect.column + x, rect.row, Style(.calm(Int(share * 9))))
            } else {
                canvas.set(HeatGlyphs.glyph(share), rect.column + x, rect.row, Style(.muted))
            }
        }
    }

    /// Upper bounds of bins below them, as many as do not touch.
    private func drawBounds(_ bins: [String], on canvas: inout Canvas, in rect: Rect) {
        guard rect.height > 0, rect.width > 0, !bins.isEmpty else { return }
        var free = rect.column
        for (index, bound) in bins.enumerated() {
            let end = rect.column + (index + 1) * rect.width / bins.count
            let label = Self.shortBound(bound)
            let start = end - DisplayText.width(of: label)
            guard start >= free, start >= rect.column else { continue }
            canvas.write(label, start, rect.row, Style(.faint))
            free = end + 2
        }
    }

    private static func shortBound(_ bound: String) -> String {
        guard let value = Double(bound), value.isFinite else {
            return bound == "+Inf" ? "∞" : bound
        }
        var text = Figures.fixed(value, 3)
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text
    }

    private func drawClasses(
        _ distribution: Distribution, on canvas: inout Canvas, in rect: Rect
    ) {
        let isLearning = distribution.state == .learning
        let hasBaseline = distribution.baselineTotal > 0 && !isLearning
        let now =
            isLearning && distribution.baselineTotal > 0
            ? distribution.baselineShares : distribution.shares
        let base = hasBaseline ? distribution.baselineShares : now
        let order = distribution.bins.indices.sorted { a, b in
            let (x, y) = (abs(now[a] - base[a]), abs(now[b] - base[b]))
            return x != y ? x > y : max(now[a], base[a]) > max(now[b], base[b])
        }
        let fitting = order.count <= rect.height ? order.count : max(0, rect.height - 1)
        // What fits is shown in the order of the classes, so that bars do not jump.
        let shown = order.prefix(fitting).sorted()
        let nameWidth = min(
            max(4, shown.map { DisplayText.width(of: distribution.bins[$0]) }.max() ?? 4),
            max(4, rect.width / 4))
        let full = max(0.01, shown.map { max(base[$0], now[$0]) }.max() ?? 1)
        let figures = rect.width >= 44 ? 20 : 6
        let barWidth = rect.width - nameWidth - figures - 2
        for (line, bin) in shown.enumerated() {
            let row = rect.row + line
            canvas.write(distribution.bins[bin], rect.column, row, Style(.text), width: nameWidth)
            ShareBar(base: base[bin], now: now[bin], full: full).draw(
                on: &canvas, rect.column + nameWidth + 1, row, width: barWidth)
            canvas.write(
                figureSpans(base[bin], now[bin], isLong: figures > 6 && hasBaseline),
                rect.column + nameWidth + barWidth + 2, row, width: figures, align: .right)
        }
        if fitting < order.count {
            let rest = order.dropFirst(fitting)
            let share = rest.reduce(0) { $0 + now[$1] }
            canvas.write(
                "other (\(rest.count))  \(Figures.percent(share))%", rect.column, rect.endRow - 1,
                Style(.muted), width: rect.width)
        }
    }

    private func figureSpans(_ base: Double, _ now: Double, isLong: Bool) -> [Span] {
        let percent = Figures.fixed(now * 100, 1) + "%"
        guard isLong else { return [Span(percent, .text)] }
        if base == 0, now > 0 {
            return [Span(percent, .text), Span("      NEW", Style.bold(.more))]
        }
        if now == 0, base > 0 {
            return [Span(percent, .text), Span("     GONE", Style.bold(.less))]
        }
        let change = (now - base) * 100
        let text = (change >= 0 ? "+" : "−") + Figures.fixed(abs(change), 1)
        let role: Role = abs(change) < 1 ? .muted : change > 0 ? .more : .less
        let padded = String(repeating: " ", count: max(1, 9 - DisplayText.width(of: text))) + text
        return [Span(percent, .text), Span(padded, role)]
    }
}
