import Terminal

/// The keys that act on a page, and what the glyphs mean.
struct HelpPage {
    let page: Page
    /// Lines left out at the top.
    var scroll = 0

    private static let signs = [
        ("▲ DOWN CRIT", "every target fails; a critical alert fires"),
        ("! WARN", "another alert fires, or predictions drifted"),
        ("○ PEND", "an alert is about to fire"),
        ("? STALE NEW", "no scrape for three intervals; none yet"),
        ("— ~ @", "unknown; a mean where quantiles are not told; time of a probe"),
        ("╱ ┄ ▾", "no data at that time; edges of what is expected; an unusual value"),
        ("PSI", "population stability index; learn: no reference yet; n<: too few to judge"),
    ]

    private var lines: [(keys: String, text: String)] {
        KeyTable.bindings.filter { $0.pages.contains(page) }.map { ($0.keyText, $0.help) }
            + [("", "")] + Self.signs
    }

    private func columnCount(in rect: Rect) -> Int {
        lines.count > rect.height && rect.width >= 150 ? 2 : 1
    }

    /// Lines that the page can be scrolled by.
    func lastScroll(in body: Rect) -> Int {
        let inner = body.inset(left: 2, top: 1, right: 2, bottom: 1)
        return max(0, lines.count - inner.height * columnCount(in: inner))
    }

    func draw(on canvas: inout Canvas, in rect: Rect) {
        let last = lastScroll(in: rect)
        let remark = last > 0 ? "↑↓ more, any other key closes" : "any key closes"
        let inner = PanelFrame(title: "keys and signs: \(page.word)", remark: remark)
            .drawBox(on: &canvas, in: rect)
        // Two columns where one does not hold them.
        let columnCount = columnCount(in: inner)
        let width = inner.width / columnCount
        let shown = lines.dropFirst(min(scroll, last)).prefix(inner.height * columnCount)
        for (index, line) in shown.enumerated() {
            let column = inner.column + index / max(1, inner.height) * width
            let row = inner.row + index % max(1, inner.height)
            canvas.write(line.keys, column, row, Style.bold(.key), width: 12)
            canvas.write(line.text, column + 13, row, Style(.text), width: width - 14)
        }
    }
}
