import Terminal
import TimeSeries

/// One service: latency, throughput, errors, predictions against their baseline, versions, alerts.
struct ServicePage {
    let state: DashboardState

    /// The detail, or what the fleet's row knows until it is there.
    private var detail: ServiceDetail? {
        if let detail = state.detail { return detail.at(state.cursorIndex(in: detail.grid)) }
        guard let snapshot = state.snapshot else { return nil }
        let rows = state.rows
        guard !rows.isEmpty else { return nil }
        let summary = rows[state.selectedIndex(in: rows)]
        return ServiceDetail(
            summary: summary, grid: snapshot.grid, window: snapshot.window,
            alerts: snapshot.alerts.filter { $0.service == summary.name })
    }

    private func panel(_ number: Int, _ detail: ServiceDetail) -> any Panel {
        switch number {
        case 1: LatencyPanel(detail: detail)
        case 2: ThroughputPanel(detail: detail)
        case 3: ErrorsPanel(detail: detail)
        case 4: DistributionPanel(detail: detail, index: state.distributionIndex)
        case 5: VersionsPanel(detail: detail, now: state.now)
        default: AlertsPanel(detail: detail, now: state.now)
        }
    }

    func draw(on canvas: inout Canvas, in rect: Rect) {
        guard let detail else { return }
        if let number = state.expanded {
            box(number, detail, on: &canvas, in: rect)
        } else if rect.width >= Layout.threePanes, rect.height >= 24 {
            drawWide(detail, on: &canvas, in: rect)
        } else if rect.width >= Layout.twoColumns, rect.height >= 26 {
            drawTwoColumns(detail, on: &canvas, in: rect)
        } else if rect.width < Layout.onePanelColumns || rect.height < Layout.onePanelRows {
            rule(state.focused, detail, on: &canvas, in: rect)
        } else {
            drawCompact(detail, on: &canvas, in: rect)
        }
    }

    /// The panes beside the fleet's list.
    func drawPanes(on canvas: inout Canvas, middle: Rect, right: Rect) {
        guard let detail else { return }
        var middle = middle
        let title = middle.takeTop(1)
        canvas.write(
            [
                Span("\(detail.summary.health.glyph) ", Style.bold(detail.summary.health.role)),
                Span(detail.summary.name, Style.bold(.title)),
                Span("  ⏎ opens the page", .muted),
            ], title.column + 1, title.row, width: title.width - 1)
        let rows = middle.height
        box(1, detail, on: &canvas, in: middle.takeTop(rows * 42 / 100))
        var pair = middle.takeTop(rows * 24 / 100)
        box(2, detail, on: &canvas, in: pair.takeLeft(pair.width / 2))
        box(3, detail, on: &canvas, in: pair)
        box(4, detail, on: &canvas, in: middle)
        var right = right
        let alertCount = state.snapshot?.alerts.count ?? 0
        let frame = PanelFrame(title: "alerts of the fleet", remark: "\(alertCount)")
        let inner = frame.drawBox(
            on: &canvas, in: right.takeTop(min(right.height / 2, max(6, alertCount + 2))))
        AlertList(alerts: state.snapshot?.alerts ?? [], now: state.now, showsService: true)
            .draw(on: &canvas, in: inner)
        drawSide(detail, on: &canvas, in: right)
    }

    /// Versions, then targets and resources as far as there is room.
    private func drawSide(_ detail: ServiceDetail, on canvas: inout Canvas, in rect: Rect) {
        var rect = rect
        let versions = VersionsPanel(detail: detail, now: state.now)
        box(5, detail, on: &canvas, in: rect.takeTop(min(rect.height, versions.wantedRows + 2)))
        drawPerformance(detail, on: &canvas, in: &rect)
        if rect.height >= 4 {
            let targets = TargetsPanel(detail: detail, now: state.now)
            let frame = PanelFrame(title: targets.title, remark: targets.remark)
            let wanted = min(rect.height, targets.wantedRows + 2)
            let inner = frame.drawBox(on: &canvas, in: rect.takeTop(wanted))
            targets.draw(on: &canvas, in: inner)
        }
        // What the fourth panel does not show already.
        let lines =
            detail.distributions.isEmpty
            ? detail.languageModel.isEmpty ? [] : detail.resources
            : detail.languageModel + detail.resources
        if rect.height >= 4, !lines.isEmpty {
            let frame = PanelFrame(title: "inside the server")
            let inner = frame.drawBox(on: &canvas, in: rect)
            SignalList(signals: lines, grid: detail.grid, cursor: detail.cursor).draw(
                on: &canvas, in: inner)
        }
    }

    /// Takes the rows of the performance panel from the top, where there is anything to show.
    private func drawPerformance(
        _ detail: ServiceDetail, on canvas: inout Canvas, in rect: inout Rect
    ) {
        let panel = PerformancePanel(detail: detail)
        guard !panel.isEmpty, rect.height >= 8 else { return }
        let frame = PanelFrame(title: panel.title, remark: panel.remark)
        let wanted = min(panel.wantedRows + 2, rect.height - 4)
        panel.draw(on: &canvas, in: frame.drawBox(on: &canvas, in: rect.takeTop(wanted)))
    }

    private func drawWide(_ detail: ServiceDetail, on canvas: inout Canvas, in rect: Rect) {
        var rest = rect
        var left = rest.takeLeft(rect.width * 46 / 100)
        var middle = rest.takeLeft(rect.width * 27 / 100)
        box(1, detail, on: &canvas, in: left.takeTop(rect.height * 52 / 100))
        box(4, detail, on: &canvas, in: left)
        let third = rect.height / 3
        box(2, detail, on: &canvas, in: middle.takeTop(third))
        box(3, detail, on: &canvas, in: middle.takeTop(third))
        box(6, detail, on: &canvas, in: middle)
        drawSide(detail, on: &canvas, in: rest)
    }

    private func drawTwoColumns(_ detail: ServiceDetail, on canvas: inout Canvas, in rect: Rect) {
        var right = rect
        var left = right.takeLeft(rect.width * 62 / 100)
        box(1, detail, on: &canvas, in: left.takeTop((rect.height + 1) / 2))
        box(4, detail, on: &canvas, in: left)
        let rows = rect.height
        box(2, detail, on: &canvas, in: right.takeTop(rows * 28 / 100))
        box(3, detail, on: &canvas, in: right.takeTop(rows * 24 / 100))
        let versions = VersionsPanel(detail: detail, now: state.now)
        box(
            5, detail, on: &canvas,
            in: right.takeTop(min(max(5, versions.wantedRows + 2), right.height - 5)))
        drawPerformance(detail, on: &canvas, in: &right)
        box(6, detail, on: &canvas, in: right)
    }

    /// One column and a half without boxes.
    private func drawCompact(_ detail: ServiceDetail, on canvas: inout Canvas, in rect: Rect) {
        var right = rect
        var left = right.takeLeft(rect.width * 60 / 100)
        for row in rect.row..<rect.endRow {
            canvas.set("┆", left.endColumn, row, Style(.grid))
        }
        _ = right.takeLeft(1)
        rule(1, detail, on: &canvas, in: left.takeTop((rect.height + 1) / 2))
        rule(4, detail, on: &canvas, in: left)
        let rows = rect.height
        rule(2, detail, on: &canvas, in: right.takeTop(max(4, rows * 23 / 100)))
        rule(3, detail, on: &canvas, in: right.takeTop(max(4, rows * 23 / 100)))
        let versions = VersionsPanel(detail: detail, now: state.now)
        rule(
            5, detail, on: &canvas,
            in: right.takeTop(min(versions.wantedRows + 1, max(3, right.height - 4))))
        rule(6, detail, on: &canvas, in: right)
    }

    private func box(
        _ number: Int, _ detail: ServiceDetail, on canvas: inout Canvas, in rect: Rect
    ) {
        let panel = panel(number, detail)
        let frame = PanelFrame(
            number: number, title: panel.title, remark: panel.remark,
            isFocused: state.page == .service && state.expanded == number)
        panel.draw(on: &canvas, in: frame.drawBox(on: &canvas, in: rect))
    }

    private func rule(
        _ number: Int, _ detail: ServiceDetail, on canvas: inout Canvas, in rect: Rect
    ) {
        let panel = panel(number, detail)
        let frame = PanelFrame(number: number, title: panel.title, remark: panel.remark)
        let inner = frame.drawRule(on: &canvas, in: rect)
        panel.draw(on: &canvas, in: inner.inset(left: 1))
    }
}
