import Terminal
import TimeSeries

/// Every target that is scraped: is it the service, or is it the monitor?
struct SourcesPage {
    let state: DashboardState

    func draw(on canvas: inout Canvas, in rect: Rect) {
        let sources = state.sources
        guard !sources.isEmpty else {
            canvas.write(
                "nothing is scraped yet", rect.column + 1, rect.row + 1, Style(.muted),
                width: rect.width - 2)
            return
        }
        let index = sources.firstIndex { $0.id == state.selectedSource } ?? 0
        let facts = facts(of: sources[index])
        let layout = ListLayout(
            rows: sources.count, selected: index, heading: 2, wanted: facts.count + 3, in: rect)
        var list = layout.list
        drawTotals(sources, on: &canvas, in: list.takeTop(1))
        drawList(sources, index, on: &canvas, in: list, from: layout.firstRow)
        drawDetail(sources[index], facts, on: &canvas, in: layout.detail)
    }

    private func drawTotals(
        _ sources: [DashboardState.Source], on canvas: inout Canvas, in rect: Rect
    ) {
        let down = sources.count { !$0.target.isUp && $0.target.lastScrape != nil }
        let up = sources.count { $0.target.isUp }
        let samples = sources.reduce(0) { $0 + ($1.target.isUp ? $1.target.sampleCount : 0) }
        let perSecond = sources.filter(\.target.isUp).reduce(0.0) {
            $0 + Double($1.target.sampleCount) / max($1.target.intervalSeconds, 0.1)
        }
        var groups: [[Span]] = [
            [Span("\(up) up", Style.bold(.ok))],
            [Span("  \(down) down", down > 0 ? Style.bold(.crit) : Style(.muted))],
            [Span("   samples a round ", .muted), Span(Figures.total(Double(samples)), .text)],
            [Span("   a second ", .muted), Span(Figures.count(perSecond), .text)],
        ]
        if let slowest = sources.compactMap(\.target.durationSeconds).max() {
            groups.append([
                Span("   slowest scrape ", .muted), Span(Figures.seconds(slowest), .text),
            ])
        }
        canvas.writeFitting(groups, rect.column + 1, rect.row, width: rect.width - 2)
    }

    private func drawList(
        _ sources: [DashboardState.Source], _ selected: Int, on canvas: inout Canvas,
        in rect: Rect, from first: Int
    ) {
        func widest(_ least: Int, _ most: Int, _ text: (DashboardState.Source) -> String) -> Int {
            min(most, sources.reduce(least) { max($0, DisplayText.width(of: text($1))) })
        }
        let label = (state.snapshot?.window ?? .usual).label
        let serviceWidth = widest(7, 28) { $0.service }
        let instanceWidth = widest(8, 30) { $0.target.instance }
        let columns = [
            Table.Column("", minimum: 2),
            Table.Column("SERVICE", minimum: min(14, serviceWidth), maximum: serviceWidth),
            Table.Column(
                "INSTANCE", minimum: min(15, instanceWidth), maximum: instanceWidth, priority: 4),
            Table.Column("KIND", minimum: widest(4, 18) { kind($0.target) }, priority: 5),
            Table.Column("LAST", .right, minimum: 5, priority: 1),
            Table.Column("TOOK", .right, minimum: 6, priority: 2),
            Table.Column("took -\(label)", minimum: 10, maximum: 24, priority: 8),
            Table.Column("EVERY", .right, minimum: 5, priority: 7),
            Table.Column("NEXT", .right, minimum: 5, priority: 6),
            Table.Column("SAMPLES", .right, minimum: 7, priority: 3),
            Table.Column("STATE", minimum: 5, priority: 1),
        ]
        let list = SelectableList(lines: sources, selected: selected, first: first)
        list.draw(under: columns, on: &canvas, in: rect) { source, isSelected, pen, canvas in
            draw(source, isSelected: isSelected, pen, on: &canvas)
        }
    }

    private func draw(
        _ source: DashboardState.Source, isSelected: Bool, _ pen: RowPen, on canvas: inout Canvas
    ) {
        let target = source.target
        let health = health(of: target)
        pen.write((isSelected ? "▸" : " ") + health.glyph, 0, Style.bold(health.role), &canvas)
        pen.write(
            source.service, 1, Style.bold(health == .ok ? .title : health.role), &canvas)
        pen.write(target.instance, 2, Style(.muted), &canvas)
        pen.write(kind(target), 3, Style(.muted), &canvas)
        pen.write(
            target.lastScrape.map { Figures.age(state.now - $0) } ?? Figures.unknown, 4,
            Style(health == .stale ? .stale : .text), &canvas, .right)
        pen.write(Figures.seconds(target.durationSeconds), 5, Style(.text), &canvas, .right)
        pen.place(6) { place in
            Sparkline(target.durations, scale: .fromZero(holding: target.durations), .flow2)
                .draw(on: &canvas, place.column, pen.row, width: place.width)
        }
        pen.write(Figures.seconds(target.intervalSeconds), 7, Style(.muted), &canvas, .right)
        pen.write(next(target), 8, Style(.muted), &canvas, .right)
        pen.write(
            target.lastScrape == nil ? Figures.unknown : Figures.total(Double(target.sampleCount)),
            9, Style(target.sampleCount == 0 ? .muted : .text), &canvas, .right)
        pen.write(health.word, 10, Style.bold(health.role), &canvas)
    }

    private func kind(_ target: TargetSummary) -> String {
        target.preset.isEmpty ? "probe" : target.preset
    }

    private func health(of target: TargetSummary) -> Health {
        guard let last = target.lastScrape else { return .unknown }
        if state.now - last > .seconds(max(10, 3 * target.intervalSeconds)) { return .stale }
        if !target.isUp { return .down }
        return target.message == nil ? .ok : .warning
    }

    /// Until the next scrape; `due` while it is on its way.
    private func next(_ target: TargetSummary) -> String {
        guard let last = target.lastScrape else { return "due" }
        let left = .seconds(target.intervalSeconds) - (state.now - last)
        return left > .zero ? Figures.age(left + .milliseconds(999)) : "due"
    }

    private func facts(of source: DashboardState.Source) -> [(name: String, value: String)] {
        let target = source.target
        var facts: [(name: String, value: String)] = []
        if let message = target.message {
            facts.append((target.isUp ? "note" : "problem", message))
        }
        if !target.url.isEmpty { facts.append(("address", target.url)) }
        let origin =
            target.preset.isEmpty
            ? "probe: only whether it answers"
            : target.preset + (target.isPresetRecognised ? ", recognised by its metrics" : "")
        facts.append(("kind", origin))
        facts.append(("interval", Figures.seconds(target.intervalSeconds)))
        if let last = target.lastScrape {
            facts.append(("last scrape", "\(Figures.clock(last)) UTC"))
            facts.append(("samples", Figures.total(Double(target.sampleCount))))
        }
        if let longest = target.durations.compactMap({ $0 }).max() {
            let label = (state.snapshot?.window ?? .usual).label
            facts.append(("longest", "\(Figures.seconds(longest)) in the last \(label)"))
        }
        return facts
    }

    private func drawDetail(
        _ source: DashboardState.Source, _ facts: [(name: String, value: String)],
        on canvas: inout Canvas, in rect: Rect
    ) {
        guard rect.height >= 3 else { return }
        let frame = PanelFrame(
            title: "\(source.service)  \(source.target.instance)", remark: "⏎ opens the service")
        let inner =
            canvas.size.columns >= Layout.twoColumns
            ? frame.drawBox(on: &canvas, in: rect)
            : frame.drawRule(on: &canvas, in: rect).inset(left: 1, right: 1)
        let rest = FactList(facts: facts).draw(on: &canvas, in: inner)
        drawDurations(source.target.durations, on: &canvas, in: rest)
    }

    /// How long its scrapes took, where there is room.
    private func drawDurations(
        _ durations: [Double?], on canvas: inout Canvas, in rect: Rect
    ) {
        guard let grid = state.snapshot?.grid, rect.height >= 5, durations.count == grid.count
        else { return }
        var plot = rect.inset(top: 1)
        let title = plot.takeTop(1)
        canvas.write("scrapes took", title.column, title.row, Style(.muted), width: title.width)
        plot = Rect(plot.column, plot.row, plot.width, min(plot.height, 12))
        let scale = Scale.fromZero(holding: durations)
        let area = Axes(scale: scale, unit: .seconds, grid: grid)
            .draw(on: &canvas, in: plot, showsTime: true)
        StackedBars(
            [StackedBars.Part.flow(durations)], scale: scale
        ).draw(on: &canvas, in: area)
    }
}
