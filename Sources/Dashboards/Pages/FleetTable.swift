import Terminal
import TimeSeries

/// The fleet's rows.
struct FleetTable {
    let state: DashboardState
    let rows: [ServiceSummary]
    let layout: FleetLayout

    private enum Field: Int, CaseIterable {
        case mark, service, version, up, requests, trend, p50, p99, p99History, errors, psi
        case psiHistory, health
    }

    /// Cells that hold the widest of these figures: numbers are never cut.
    private func width(_ least: Int, _ texts: (ServiceSummary) -> [String]) -> Int {
        rows.flatMap(texts).reduce(least) { max($0, DisplayText.width(of: $1)) }
    }

    private func width(_ least: Int, ofMetrics text: (Metrics) -> String) -> Int {
        width(least) { service in
            [text(service.now)]
                + (service.versions.count > 1 ? service.versions : []).map {
                    text($0.now)
                }
        }
    }

    private func columns(nameWidth: Int, nameMinimum: Int, versionWidth: Int) -> [Table.Column] {
        let window = (state.snapshot?.window ?? .usual).label
        return [
            Table.Column("", minimum: 2),
            Table.Column("SERVICE", minimum: nameMinimum, maximum: nameWidth),
            Table.Column("VERSION", minimum: 7, maximum: versionWidth, priority: 8),
            Table.Column(
                "UP", .right, minimum: width(3) { ["\($0.upCount)/\($0.targets.count)"] },
                priority: 7),
            Table.Column(
                "REQ/S", .right,
                minimum: width(6, ofMetrics: { Figures.count($0.requestsPerSecond) }),
                priority: 3),
            Table.Column("trend -\(window)", minimum: 10, maximum: 28, priority: 9),
            Table.Column(
                "P50", .right,
                minimum: width(width(7, ofMetrics: { LatencyCell.text($0) })) {
                    [LatencyCell.text($0.now, probe: $0.probe)]
                },
                priority: 4),
            Table.Column(
                "P99", .right, minimum: width(6, ofMetrics: { Figures.seconds($0.p99Seconds) }),
                priority: 1),
            Table.Column("p99 -\(window)", minimum: 8, maximum: 28, priority: 6),
            Table.Column(
                "ERR%", .right, minimum: width(5, ofMetrics: { Figures.percent($0.errorRatio) }),
                priority: 2),
            Table.Column(
                "PSI", .right, minimum: width(5) { [Figures.index($0.psi)] }, priority: 2),
            Table.Column("psi -\(window)", minimum: 10, maximum: 20, priority: 10),
            Table.Column("STATE", minimum: 5, priority: 1),
        ]
    }

    func draw(on canvas: inout Canvas, in rect: Rect) {
        guard rect.height > 0 else { return }
        let nameWidth = rows.map { DisplayText.width(of: $0.name) }.max() ?? 9
        let versionWidth = rows.map { DisplayText.width(of: versionText($0)) }.max() ?? 7
        let table = Table(
            columns(
                nameWidth: min(32, max(9, nameWidth)),
                nameMinimum: min(max(9, nameWidth), max(9, rect.width / 5)),
                versionWidth: min(18, max(7, versionWidth))))
        let places = table.layout(from: rect.column, width: rect.width - 1)
        drawTitles(table, places, on: &canvas, row: rect.row)
        var row = rect.row + 1
        for service in rows.dropFirst(state.scroll) {
            guard row < rect.endRow else { break }
            draw(service, places, on: &canvas, row: row)
            if service.name == state.selected {
                canvas.highlight(Rect(rect.column, row, rect.width, 1), .selection)
            }
            row += 1
            guard layout.showsVersions, service.versions.count > 1 else { continue }
            for (index, version) in service.versions.enumerated() where row < rect.endRow {
                let isLast = index == service.versions.count - 1
                draw(version, of: service, isLast: isLast, places, on: &canvas, row: row)
                row += 1
            }
        }
    }

    private func drawTitles(
        _ table: Table, _ places: [Table.Place?], on canvas: inout Canvas, row: Int
    ) {
        let sorted: Field =
            switch state.sort {
            case .state: .health
            case .name: .service
            case .requests: .requests
            case .p50: .p50
            case .p99: .p99
            case .errors: .errors
            case .psi: .psi
            }
        for field in Field.allCases {
            guard let place = places[field.rawValue] else { continue }
            let column = table.columns[field.rawValue]
            let isSorted = field == sorted
            var title = column.title
            if isSorted { title += state.isSortReversed ? "▲" : "▼" }
            canvas.write(
                title, place.column, row, isSorted ? Style.bold(.accent) : Style(.muted),
                width: max(place.width, DisplayText.width(of: title)), align: column.alignment)
        }
    }

    private func draw(
        _ service: ServiceSummary, _ places: [Table.Place?], on canvas: inout Canvas, row: Int
    ) {
        let pen = RowPen(places: places, row: row)
        let health = service.health
        let isSelected = service.name == state.selected
        pen.write(
            (isSelected ? "▸" : " ") + health.glyph, Field.mark.rawValue, Style.bold(health.role),
            &canvas)
        let nameRole: Role = health == .ok ? .title : health.role
        pen.write(service.name, Field.service.rawValue, Style.bold(nameRole), &canvas)
        pen.write(health.word, Field.health.rawValue, Style.bold(health.role), &canvas)
        pen.write(versionText(service), Field.version.rawValue, Style(.muted), &canvas)
        if !service.targets.isEmpty {
            pen.write(
                "\(service.upCount)/\(service.targets.count)", Field.up.rawValue,
                Style(service.upCount == service.targets.count ? .muted : .crit), &canvas, .right)
        }
        if health == .down || health == .stale || health == .unknown {
            drawReason(service, places, on: &canvas, row: row)
            return
        }
        drawMetrics(service.now, service.history, probe: service.probe, pen, &canvas)
        drawDrift(service.drift, service.psi, pen, &canvas)
        pen.place(Field.psiHistory.rawValue) { place in
            Sparkline(
                service.psiHistory, scale: .fromZero(holding: service.psiHistory, floor: 0.25)
            ) {
                Style($0 >= 0.25 ? .crit : $0 >= 0.1 ? .warn : .faint)
            }.draw(on: &canvas, place.column, row, width: place.width)
        }
    }

    /// Why there are no numbers, across the columns that would hold them.
    private func drawReason(
        _ service: ServiceSummary, _ places: [Table.Place?], on canvas: inout Canvas, row: Int
    ) {
        let fields: [Field] = [
            .requests, .trend, .p50, .p99, .p99History, .errors, .psi, .psiHistory,
        ]
        let kept = fields.compactMap { places[$0.rawValue] }
        guard let first = kept.first, let last = kept.last else { return }
        var text = "—  "
        if let scraped = service.lastScrape {
            let age = Figures.age(state.now - scraped)
            text += service.health == .down ? "down, tried \(age) ago" : "no data for \(age)"
        } else {
            text += "not scraped yet"
        }
        if let reason = service.reason, !reason.isEmpty { text += " — \(reason)" }
        canvas.write(
            text, first.column, row, Style(service.health.role),
            width: last.column + last.width - first.column)
    }

    private func draw(
        _ version: VersionSummary, of service: ServiceSummary, isLast: Bool,
        _ places: [Table.Place?], on canvas: inout Canvas, row: Int
    ) {
        let pen = RowPen(places: places, row: row)
        var label = version.label(amongSeveralModels: service.hasSeveralModels)
        if version.isCanary { label += " canary" }
        if let share = version.share { label += " \(Figures.fixed(share * 100, 0))%" }
        pen.place(Field.service.rawValue) { place in
            canvas.write(isLast ? " └ " : " ├ ", place.column, row, Style(.grid))
            let end = pen.end(
                of: [Field.version, .up, .service].map(\.rawValue), fallback: place)
            canvas.write(
                label, place.column + 3, row, Style(version.isCanary ? .info : .muted),
                width: end - place.column - 3)
        }
        drawMetrics(version.now, version.history, pen, &canvas)
        drawDrift(version.drift, version.psi, pen, &canvas)
    }

    private func drawMetrics(
        _ now: Metrics, _ history: MetricHistory, probe: ProbeSummary? = nil, _ pen: RowPen,
        _ canvas: inout Canvas
    ) {
        pen.write(
            Figures.count(now.requestsPerSecond), Field.requests.rawValue,
            Style(now.requestsPerSecond == nil ? .muted : .text), &canvas, .right)
        pen.write(
            LatencyCell.text(now, probe: probe), Field.p50.rawValue,
            Style(now.p50Seconds == nil ? .muted : .text), &canvas, .right)
        pen.write(
            Figures.seconds(now.p99Seconds), Field.p99.rawValue,
            now.p99Seconds == nil ? Style(.muted) : Style.bold(.text), &canvas, .right)
        let errors = now.errorRatio ?? 0
        pen.write(
            Figures.percent(now.errorRatio), Field.errors.rawValue,
            Style(
                now.errorRatio == nil || errors == 0
                    ? .muted : errors >= 0.05 ? .crit : errors >= 0.01 ? .warn : .text), &canvas,
            .right)
        let row = pen.row
        pen.place(Field.trend.rawValue) { place in
            let scale = Scale.fromZero(holding: history.requestsPerSecond)
            Sparkline(history.requestsPerSecond, scale: scale, .flow2)
                .draw(on: &canvas, place.column, row, width: place.width)
        }
        pen.place(Field.p99History.rawValue) { place in
            let values = history.slowSeconds
            guard let median = MedianRatio.median(values) else { return }
            Sparkline(values, scale: .fromZero(holding: values, floor: median * 2)) { value in
                Style(value > median * 2.5 ? .crit : value > median * 1.5 ? .warn : .faint)
            }.draw(on: &canvas, place.column, row, width: place.width)
        }
    }

    private func drawDrift(
        _ drift: DriftState?, _ psi: Double?, _ pen: RowPen, _ canvas: inout Canvas
    ) {
        let (text, style): (String, Style) =
            switch drift {
            case .drifted: (Figures.index(psi), Style.bold(.crit))
            case .stable: (Figures.index(psi), Style(.text))
            case .learning: ("learn", Style(.muted))
            case .insufficient: ("n<", Style(.muted))
            case nil: (Figures.unknown, Style(.muted))
            }
        pen.write(text, Field.psi.rawValue, style, &canvas, .right)
    }

    private func versionText(_ service: ServiceSummary) -> String {
        // Some servers tell the model alone, which is no version.
        let versions = service.versions.map(\.version).filter { !$0.isEmpty }
        guard let first = versions.first else {
            return service.hasSeveralModels
                ? "\(Set(service.versions.map(\.model)).count) models" : Figures.unknown
        }
        let others = service.versions.count - 1
        return others > 0 ? "\(first) +\(others)" : first
    }
}
