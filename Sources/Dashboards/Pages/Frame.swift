import Terminal
import TimeSeries

/// One picture of the state: header, page, footer. Pure.
package struct Frame {
    let state: DashboardState
    let traits: Canvas.Traits

    package init(_ state: DashboardState, traits: Canvas.Traits) {
        self.state = state
        self.traits = traits
    }

    package var canvas: Canvas {
        var canvas = Canvas(size: state.size, traits: traits)
        guard state.size.rows >= Layout.oneLineRows, state.size.columns >= Layout.oneLineColumns
        else {
            drawOneLine(on: &canvas)
            return canvas
        }
        var body = canvas.bounds
        Header(state: state).draw(on: &canvas, in: body.takeTop(1))
        Footer(state: state).draw(on: &canvas, in: body.takeBottom(1))
        if state.isHelpShown {
            HelpPage().draw(on: &canvas, in: body)
        } else if state.snapshot == nil || state.snapshot?.services.isEmpty == true {
            EmptyPage(state: state).draw(on: &canvas, in: body)
        } else {
            switch state.page {
            case .fleet: FleetPage(state: state).draw(on: &canvas)
            case .service: ServicePage(state: state).draw(on: &canvas, in: body)
            }
        }
        return canvas
    }

    /// What matters most, where there is room for one line: `▲1 !3 ranker-eu PSI 0.31`.
    private func drawOneLine(on canvas: inout Canvas) {
        var spans = Header.alertCounts(state, short: true)
        if spans.isEmpty { spans.append(Span("·", .ok)) }
        if let worst = state.rows.first, worst.health != .ok {
            spans.append(Span(" \(worst.name) ", Style.bold(worst.health.role)))
            spans.append(Span(worst.health.word, Style(worst.health.role)))
        } else if let snapshot = state.snapshot {
            spans.append(Span(" \(snapshot.services.count) svc OK", Style()))
        }
        canvas.write(spans, 0, 0, width: canvas.size.columns)
    }
}

/// Before there is anything to show.
struct EmptyPage {
    let state: DashboardState

    func draw(on canvas: inout Canvas, in rect: Rect) {
        var lines: [Span] = []
        if let failure = state.failure {
            lines.append(Span("the store cannot be read", Style.bold(.crit)))
            lines.append(Span(failure, .text))
        } else if state.snapshot == nil {
            lines.append(Span("reading the store…", .muted))
        } else {
            lines.append(Span("no services yet", Style.bold(.title)))
        }
        if let notice = state.options.notice {
            lines.append(Span("", .text))
            for line in notice.split(separator: "\n", omittingEmptySubsequences: false) {
                lines.append(Span(String(line), .text))
            }
        } else if state.snapshot != nil, state.failure == nil {
            lines.append(Span("", .text))
            lines.append(Span("They appear here with their first scrape.", .muted))
        }
        let width = min(rect.width - 2, lines.map { DisplayText.width(of: $0.text) }.max() ?? 0)
        let column = rect.column + max(1, (rect.width - width) / 2)
        let row = rect.row + max(0, (rect.height - lines.count) / 3)
        for (index, line) in lines.enumerated() where row + index < rect.endRow {
            canvas.write(
                line.text, column, row + index, line.style, width: rect.endColumn - column)
        }
    }
}
