import Storage
import Terminal
import TimeSeries

/// How a window was judged, in lines below its distribution: what moved, against what, and what
/// fixed thresholds would have said.
struct VerdictLines {
    let detail: DriftDetail
    let through: Timestamp

    /// Takes as many lines from the bottom as leave that many rows.
    func draw(on canvas: inout Canvas, in rect: inout Rect, keeping rowCount: Int) {
        for groups in lines.prefix(max(0, rect.height - rowCount)).reversed() {
            let line = rect.takeBottom(1)
            canvas.writeFitting(groups, line.column, line.row, width: line.width)
        }
    }

    private var lines: [[[Span]]] {
        var lines: [[[Span]]] = []
        if detail.isSignificant, !detail.movement.isEmpty {
            lines.append(
                [[Span("moved", .muted)]] + detail.movement.map { [Span("  \($0)", .text)] })
        }
        var judged: [[Span]] = []
        if let lower = detail.psiLower, let upper = detail.psiUpper {
            let range = "\(Figures.fixed(lower, 3))…\(Figures.fixed(upper, 3))"
            judged.append([Span("true PSI ", .muted), Span(range, .text)])
        }
        if detail.significance > 0 {
            judged.append([
                Span("  drift if p ", .muted),
                Span("< \(DriftDetail.figure(detail.significance))", .text),
            ])
        }
        judged += detail.corrections.map { [Span("  \($0)", .muted)] }
        if !judged.isEmpty { lines.append(judged) }
        if !detail.referenceOrigin.isEmpty {
            let age = DriftDetail.age(
                from: detail.referenceMilliseconds, to: through.milliseconds)
            lines.append([
                [Span("reference ", .muted), Span(detail.referenceOrigin, .text)],
                [Span(age.map { "  \($0) old" } ?? "", .muted)],
                [Span(detail.m < 10 * detail.n ? "  small for this window" : "", .muted)],
            ])
        }
        // The classic thresholds that are asked about most come first.
        let rules = detail.fixedRules.filter {
            ["PSI > 0.2", "KS p < 0.05", "chi-square p < 0.05"].contains($0.rule)
        }
        if !rules.isEmpty {
            lines.append(
                rules.enumerated().map { i, rule in
                    [
                        Span(i == 0 ? "\(rule.rule) " : "  \(rule.rule) ", .muted),
                        Span(rule.isAlarm ? "alarm" : "nothing", .text),
                        Span(
                            " (\(Figures.fixed(rule.falseAlarmsPerThousand, 0))‰ false)", .muted),
                    ]
                })
        }
        return lines
    }
}
