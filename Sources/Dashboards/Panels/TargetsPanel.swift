import Terminal
import TimeSeries

/// The endpoints that are scraped.
struct TargetsPanel: Panel {
    let detail: ServiceDetail
    let now: Timestamp

    var title: String { "targets" }
    var remark: String { "\(detail.summary.upCount) of \(detail.summary.targets.count) up" }
    var wantedRows: Int {
        detail.summary.targets.reduce(0) { $0 + ($1.message == nil ? 1 : 2) }
    }

    func draw(on canvas: inout Canvas, in rect: Rect) {
        var row = rect.row
        for target in detail.summary.targets where row < rect.endRow {
            let age = target.lastScrape.map { Figures.age(now - $0) + " ago" } ?? "never"
            canvas.write(
                [
                    Span(target.isUp ? "· " : "▲ ", Style.bold(target.isUp ? .ok : .crit)),
                    Span(target.instance, Style.bold(.text)),
                    Span("  \(target.preset)", .muted),
                    Span("  \(age)", target.isUp ? .muted : .crit),
                    Span("  \(Figures.seconds(target.durationSeconds))", .muted),
                ], rect.column, row, width: rect.width)
            row += 1
            if let message = target.message, row < rect.endRow {
                canvas.write("  \(message)", rect.column, row, Style(.warn), width: rect.width)
                row += 1
            }
        }
    }
}
