import Terminal

/// Short words about a line: now, highest, mean, each a group that is shown whole or not.
enum Readout {
    static func groups(
        now: Double?, values: [Double?], unit: SignalLines.Unit, role: Role = .title,
        isPast: Bool = false
    ) -> [[Span]] {
        let known = values.compactMap { $0 }
        var groups = [
            [
                Span(isPast ? "then " : "now ", .muted),
                Span(Figures.text(now, unit), Style.bold(role)),
            ]
        ]
        if let largest = known.max() {
            let mean = known.reduce(0, +) / Double(known.count)
            groups.append([Span("  max ", .muted), Span(Figures.text(largest, unit), .text)])
            groups.append([Span("  avg ", .muted), Span(Figures.text(mean, unit), .text)])
        }
        return groups
    }
}
