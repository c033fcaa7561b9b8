import Terminal

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
            // Short lines are read more easily, whatever the width.
            for line in DisplayText.wrapped(notice, to: min(rect.width - 4, 76)) {
                lines.append(Span(line, .text))
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
