import Terminal
import TimeSeries

/// The first line: program, crumbs, whether the picture is live, alert counts, clock.
struct Header {
    let state: DashboardState

    func draw(on canvas: inout Canvas, in rect: Rect) {
        canvas.fill(rect, " ", Style(.text, on: .bar))
        let right = rightSpans(width: rect.width)
        let rightWidth = right.displayWidth + 1
        let room = rect.width - rightWidth - 1
        canvas.write(barred(leftSpans(room)), rect.column, rect.row, width: max(0, room))
        canvas.write(
            barred(right), rect.endColumn - rightWidth, rect.row, width: rightWidth)
    }

    private func barred(_ spans: [Span]) -> [Span] {
        spans.map { Span($0.text, Style($0.style.foreground, on: .bar, $0.style.attributes)) }
    }

    private func leftSpans(_ room: Int) -> [Span] {
        var spans = [Span(" mlmon ", Style.bold(.accent))]
        switch state.page {
        case .fleet:
            spans.append(Span(" fleet", Style.bold(.title)))
            if let snapshot = state.snapshot {
                let shown = state.rows.count
                let all = snapshot.services.count
                let count = shown == all ? "\(all)" : "\(shown) of \(all)"
                spans.append(Span("  \(count) \(all == 1 ? "service" : "services")", .muted))
            }
        case .service:
            spans.append(Span(" fleet ›", .muted))
            spans.append(Span(" \(state.selected ?? "—")", Style.bold(.title)))
            if let versions = state.detail?.summary.versions, versions.count == 1 {
                spans.append(Span(" \(versions[0].version)", .muted))
            }
        }
        spans += liveSpans
        if state.options.isSimulated { spans.append(Span("  SIMULATED", Style.bold(.warn))) }
        if state.options.isAttached {
            spans.append(Span("  attached read-only", .info))
        }
        if spans.displayWidth + 10 < room {
            spans.append(Span("  -\(state.window.label) → now", .muted))
        }
        return spans
    }

    private var liveSpans: [Span] {
        if state.failure != nil, state.snapshot != nil {
            return [Span("  ✗ STORE", Style.bold(.crit))]
        }
        if let pausedAt = state.pausedAt {
            let ago = Figures.age(state.now - pausedAt)
            return [
                Span("  ⏸ PAUSED", Style.bold(.warn)),
                Span(" \(Figures.clock(pausedAt)) −\(ago)", .warn),
            ]
        }
        return [Span("  ● LIVE", Style.bold(.ok))]
    }

    private func rightSpans(width: Int) -> [Span] {
        var spans = Self.alertCounts(state, short: width < 100)
        if width >= 48 {
            if !spans.isEmpty { spans.append(Span("   ", .text)) }
            spans.append(Span(Figures.clock(state.now), Style.bold(.text)))
            spans.append(Span(" UTC", .muted))
        }
        return spans
    }

    /// Firing alerts by severity, and pending ones.
    static func alertCounts(_ state: DashboardState, short: Bool) -> [Span] {
        guard let alerts = state.snapshot?.alerts else { return [] }
        var spans: [Span] = []
        func add(_ count: Int, _ glyph: String, _ word: String, _ role: Role) {
            guard count > 0 else { return }
            if !spans.isEmpty { spans.append(Span(short ? " " : "  ", .text)) }
            spans.append(
                Span(short ? "\(glyph)\(count)" : "\(glyph) \(count) \(word)", Style.bold(role)))
        }
        let firing = alerts.filter { $0.state == .firing }
        for severity in [Severity.critical, .warning, .info] {
            add(
                firing.count { $0.severity == severity }, severity.glyph,
                severity.word.lowercased(), severity.role)
        }
        add(alerts.count { $0.state == .pending }, "○", "pending", .info)
        return spans
    }
}

/// The last line: the keys that act here, or the filter being typed.
struct Footer {
    let state: DashboardState

    func draw(on canvas: inout Canvas, in rect: Rect) {
        if let draft = state.filterDraft {
            drawPrompt(draft, on: &canvas, in: rect)
            return
        }
        var room = rect
        if let note = note {
            let width = DisplayText.width(of: note.text) + 2
            if width < rect.width {
                canvas.write([note], rect.endColumn - width + 1, rect.row)
                room = rect.inset(right: width)
            }
        }
        canvas.write(keySpans(room.width - 1), room.column + 1, room.row, width: room.width - 1)
    }

    /// Beside the keys: what waits, what is filtered, what is odd about the terminal.
    private var note: Span? {
        if state.isPaused, state.waitingCount > 0 {
            return Span(
                "\(state.waitingCount) \(state.waitingCount == 1 ? "update" : "updates") waiting",
                Style.bold(.warn))
        }
        if let failure = state.failure { return Span(failure, .crit) }
        if let filter = state.filter { return Span("/\(filter.text)", Style.bold(.accent)) }
        if let remark = state.remark { return Span(remark, .muted) }
        guard state.page == .fleet else { return nil }
        let layout = FleetLayout(state)
        let hidden = state.rows.count - state.scroll - layout.visibleServiceCount
        return hidden > 0 && !layout.showsVersions ? Span("↓ \(hidden) more", .muted) : nil
    }

    private func drawPrompt(_ draft: String, on canvas: inout Canvas, in rect: Rect) {
        canvas.fill(rect, " ", Style(.text, on: .bar))
        var spans = [
            Span(" /", Style(.accent, on: .bar, .bold)),
            Span(draft, Style(.title, on: .bar)),
            Span(" ", Style(.title, on: .bar, .reverse)),
        ]
        if let error = state.filterError {
            spans.append(Span("  \(error)", Style(.crit, on: .bar)))
        } else if draft.isEmpty {
            spans.append(
                Span(
                    "  text  /regex/  !not  state=crit  p99>200  err>1  psi>0.1",
                    Style(.muted, on: .bar)))
        } else {
            let count = state.rows.count
            spans.append(Span("  \(count) of \(state.snapshot?.services.count ?? 0)", Style(.muted, on: .bar)))
        }
        canvas.write(spans, rect.column, rect.row, width: rect.width)
    }

    /// Keys of the table for this page, those of low rank first, as many as fit.
    private func keySpans(_ width: Int) -> [Span] {
        var entries: [(keys: String, label: String)] = [("↑↓", state.page == .fleet ? "select" : "service")]
        let bindings = KeyTable.bindings
            .filter { $0.label != nil && ($0.page == nil || $0.page == state.page) }
            .sorted { $0.rank < $1.rank }
        for binding in bindings {
            guard let label = binding.label else { continue }
            switch binding.action {
            case .panel: entries.append(("1-6", label))
            case .zoomIn: entries.append(("+-", label))
            case .back where state.page == .fleet && state.filter == nil: continue
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
        return entries.flatMap { entry in
            [Span(entry.keys, Style.bold(.key)), Span(" \(entry.label)  ", .muted)]
        }
    }
}

/// The key table and what the glyphs mean.
struct HelpPage {
    func draw(on canvas: inout Canvas, in rect: Rect) {
        let inner = PanelFrame(title: "keys and signs", remark: "any key closes")
            .drawBox(on: &canvas, in: rect)
        var lines = KeyTable.bindings.map { binding in
            let place = binding.page.map { $0 == .fleet ? "fleet" : "service" } ?? ""
            return (keys: binding.keyText, text: binding.help, place: place)
        }
        lines.append(("", "", ""))
        lines += [
            ("▲ DOWN CRIT", "every target fails; a critical alert fires", ""),
            ("! WARN", "another alert fires, or predictions drifted", ""),
            ("○ PEND", "an alert is about to fire", ""),
            ("? STALE NEW", "no scrape for three intervals; none yet", ""),
            ("— and ~", "unknown; a mean where quantiles are not told", ""),
            ("╱", "no data at that time", ""),
            ("PSI", "population stability index; learn: no reference yet; n<: too few to judge", ""),
        ]
        // Two columns where one does not hold them.
        let columnCount = lines.count > inner.height && inner.width >= 110 ? 2 : 1
        let width = inner.width / columnCount
        for (index, line) in lines.prefix(inner.height * columnCount).enumerated() {
            let column = inner.column + index / max(1, inner.height) * width
            let row = inner.row + index % max(1, inner.height)
            canvas.write(line.keys, column, row, Style.bold(.key), width: 12)
            canvas.write(line.text, column + 13, row, Style(.text), width: width - 22)
            canvas.write(line.place, column + width - 8, row, Style(.muted), width: 8)
        }
    }
}
