import Terminal

/// Why a panel has nothing to draw.
struct Absence {
    let summary: ServiceSummary

    /// - Parameter missing: What is to be said of a server that answers and does not tell it.
    func reason(_ missing: String) -> String {
        switch summary.health {
        case .down: "no data: " + (summary.reason ?? "no answer")
        case .stale: "no data: not scraped for a while"
        case .unknown: "not scraped yet"
        default: summary.isYoung && summary.probe == nil ? "waiting for the next scrapes" : missing
        }
    }

    /// Wrapped at spaces, from the top.
    func draw(_ missing: String, on canvas: inout Canvas, in rect: Rect) {
        let lines = DisplayText.wrapped(reason(missing), to: rect.width)
        for (index, line) in lines.prefix(rect.height).enumerated() {
            canvas.write(line, rect.column, rect.row + index, Style(.muted), width: rect.width)
        }
    }
}
