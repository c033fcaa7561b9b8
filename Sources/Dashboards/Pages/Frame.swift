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
            HelpPage(page: state.page, scroll: state.helpScroll).draw(on: &canvas, in: body)
        } else if state.snapshot == nil || state.snapshot?.services.isEmpty == true {
            EmptyPage(state: state).draw(on: &canvas, in: body)
        } else {
            switch state.page {
            case .fleet: FleetPage(state: state).draw(on: &canvas)
            case .service: ServicePage(state: state).draw(on: &canvas, in: body)
            case .dashboard: DashboardPage(state: state).draw(on: &canvas, in: body)
            case .alerts: AlertsPage(state: state).draw(on: &canvas, in: body)
            case .sources: SourcesPage(state: state).draw(on: &canvas, in: body)
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
