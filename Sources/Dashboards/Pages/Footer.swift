import Terminal

/// The last line: the keys that act here, or the filter being typed.
struct Footer {
    let state: DashboardState

    func draw(on canvas: inout Canvas, in rect: Rect) {
        if let prompt = state.prompt {
            draw(prompt, on: &canvas, in: rect)
            return
        }
        var room = rect
        if let note = note {
            let width = DisplayText.width(of: note.text) + 2
            if width + 20 < rect.width {
                canvas.write([note], rect.endColumn - width + 1, rect.row)
                room = rect.inset(right: width)
            }
        }
        canvas.write(keySpans(room.width - 1), room.column + 1, room.row, width: room.width - 1)
    }

    /// Beside the keys: what waits, what is filtered, what is odd about the terminal.
    private var note: Span? {
        if let message = state.message { return Span(message, Style.bold(.warn)) }
        if state.isPaused, state.waitingCount > 0 {
            return Span(
                "\(state.waitingCount) \(state.waitingCount == 1 ? "update" : "updates") waiting",
                Style.bold(.warn))
        }
        if let failure = state.failure { return Span(failure, .crit) }
        if let filter = state.filter { return Span("/\(filter.text)", Style.bold(.accent)) }
        if let remark = state.remark { return Span(remark, .muted) }
        if state.page == .dashboard, state.expanded == nil {
            let hidden = DashboardLayout(state).hiddenPanelCount
            if hidden > 0 { return Span("↓ \(hidden) more", .muted) }
        }
        guard state.page == .fleet else { return nil }
        let layout = FleetLayout(state)
        let hidden = state.rows.count - state.scroll - layout.visibleServiceCount
        return hidden > 0 && !layout.showsVersions ? Span("↓ \(hidden) more", .muted) : nil
    }

    private func draw(_ prompt: Prompt, on canvas: inout Canvas, in rect: Rect) {
        canvas.fill(rect, " ", Style(.text, on: .bar))
        var spans = [
            Span(prompt.kind == .filter ? " /" : " :", Style(.accent, on: .bar, .bold)),
            Span(prompt.text, Style(.title, on: .bar)),
            Span(" ", Style(.title, on: .bar, .reverse)),
        ]
        if let error = prompt.error {
            spans.append(Span("  \(error)", Style(.crit, on: .bar)))
        } else {
            spans.append(Span("  " + hint(prompt), Style(.muted, on: .bar)))
        }
        canvas.write(spans, rect.column, rect.row, width: rect.width)
    }

    /// What may be typed, or what it comes to.
    private func hint(_ prompt: Prompt) -> String {
        switch prompt.kind {
        case .filter where prompt.text.isEmpty:
            return "text  /regex/  !not  state=crit  p99>200  err>1  psi>0.1"
        case .filter:
            return "\(state.rows.count) of \(state.snapshot?.services.count ?? 0)"
        case .command:
            let candidates = CommandLineText(prompt.text, in: state).candidates
            return candidates.count == 1 && prompt.text.hasSuffix(candidates[0])
                ? "⏎" : candidates.joined(separator: "  ")
        }
    }

    private var movingLabel: String {
        switch state.page {
        case .fleet, .alerts, .sources: "select"
        case .service: "service"
        case .dashboard: state.dashboard?.isPerService == true ? "service" : "scroll"
        }
    }

    /// Keys of the table for this page, those of low rank first, as many as fit.
    private func keySpans(_ width: Int) -> [Span] {
        var entries: [(keys: String, label: String)] = [
            ("↑↓", movingLabel)
        ]
        let bindings = KeyTable.bindings
            .filter { $0.label != nil && $0.pages.contains(state.page) }
            .sorted { $0.rank < $1.rank }
        for binding in bindings {
            guard let label = binding.label else { continue }
            switch binding.action {
            case .panel: entries.append(("1-\(min(9, state.panelCount))", label))
            case .zoomIn: entries.append(("+-", label))
            case .zoomIn where !state.hasCharts && state.page != .fleet: continue
            case .cursor: entries.append(("←→", label))
            case .back where state.page == .fleet && state.filter == nil: continue
            case .dashboards where state.page == .dashboard:
                if state.dashboards.count > 1 { entries.append(("D", "next dashboard")) }
            case .dashboards where state.dashboards.isEmpty: continue
            case .alerts where state.page == .alerts: continue
            case .sources where state.page == .sources: continue
            case .nextPanel where state.page == .dashboard && state.expanded == nil: continue
            case .nextDistribution where (state.detail?.distributions.count ?? 0) < 2: continue
            case .pause: entries.append(("␣", state.isPaused ? "resume" : label))
            default: entries.append((binding.keys.first?.description ?? "", label))
            }
        }
        func length(_ entry: (keys: String, label: String)) -> Int {
            DisplayText.width(of: entry.keys) + 1 + DisplayText.width(of: entry.label) + 2
        }
        // Help and quit stay whatever else must go.
        while entries.count > 2, entries.reduce(0, { $0 + length($1) }) - 2 > width {
            entries.remove(at: entries.count - 3 >= 0 ? entries.count - 3 : 0)
        }
        return entries.enumerated().flatMap { index, entry in
            let gap = index + 1 < entries.count ? "  " : ""
            return [Span(entry.keys, Style.bold(.key)), Span(" \(entry.label)\(gap)", .muted)]
        }
    }
}
