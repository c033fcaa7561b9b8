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
            if room >= 40 { spans.append(Span(" fleet ›", .muted)) }
            spans.append(Span(" \(state.selected ?? "—")", Style.bold(.title)))
            if let versions = state.detail?.summary.versions, versions.count == 1 {
                spans.append(Span(" \(versions[0].version)", .muted))
            }
        case .dashboard:
            if room >= 60 { spans.append(Span(" dashboards ›", .muted)) }
            spans.append(Span(" \(state.dashboard?.title ?? "—")", Style.bold(.title)))
            if let service = state.request.dashboard?.service {
                spans.append(Span(" · \(service)", Style.bold(.accent)))
            }
            if state.dashboards.count > 1, room >= 70 {
                spans.append(
                    Span(" \(state.dashboardIndex + 1)/\(state.dashboards.count)", .muted))
            }
        case .alerts: spans.append(Span(" alerts", Style.bold(.title)))
        case .sources: spans.append(Span(" sources", Style.bold(.title)))
        }
        spans += liveSpans
        if state.options.isSimulated { spans.append(Span("  SIMULATED", Style.bold(.warn))) }
        if state.options.isAttached {
            spans.append(Span("  attached read-only", .info))
        }
        if spans.displayWidth + 10 < room {
            spans.append(Span("  -\(state.window.label) → now", .muted))
            // A short window that nobody chose: there is no more yet.
            if state.askedWindow == nil, state.window < .usual,
                spans.displayWidth + 17 < room
            {
                spans.append(Span(" (all there is)", .muted))
            }
        }
        return spans
    }

    private var liveSpans: [Span] {
        if state.failure != nil, state.snapshot != nil {
            return [Span("  ✗ STORE", Style.bold(.crit))]
        }
        if let problem = state.snapshot?.storeProblem {
            return [Span("  ✗ \(problem)", Style.bold(.crit)), Span(" kept in memory", .warn)]
        }
        if let pausedAt = state.pausedAt {
            let ago = Figures.age(state.now - pausedAt)
            return [
                Span("  ⏸ PAUSED", Style.bold(.warn)),
                Span(" \(Figures.clock(pausedAt)) −\(ago)", .warn),
            ]
        }
        if let cursor = state.cursor {
            return [
                Span("  ◆ AT \(Figures.clock(cursor))", Style.bold(.accent)),
                Span(" −\(Figures.age(state.now - cursor))", .accent),
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
