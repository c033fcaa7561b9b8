/// One bar from the left: the share of now, with the baseline's as a tick.
package struct ShareBar {
    package var base: Double
    package var now: Double
    /// The share that fills the whole width; above 0.
    package var full: Double

    package init(base: Double, now: Double, full: Double) {
        self.base = base
        self.now = now
        self.full = full
    }

    package func draw(on canvas: inout Canvas, _ column: Int, _ row: Int, width: Int) {
        guard width > 0, full > 0 else { return }
        let shared = cells(min(base, now), width)
        let top = cells(max(base, now), width)
        let isMore = now > base
        for x in 0..<width {
            let cell = Double(x)
            if cell + 0.5 <= shared {
                canvas.set(canvas.traits.hasFineColor ? "█" : "#", column + x, row, Style(.base))
            } else if cell + 0.5 <= top {
                let glyph: Unicode.Scalar =
                    isMore
                    ? (canvas.traits.hasFineColor ? "█" : "+")
                    : (canvas.traits.hasFineColor ? "░" : "-")
                canvas.set(glyph, column + x, row, Style(isMore ? .more : .less))
            }
        }
        let tick = min(width - 1, max(0, Int(cells(base, width).rounded()) - (base > 0 ? 1 : 0)))
        canvas.set("│", column + tick, row, Style(.title, .bold))
    }

    private func cells(_ share: Double, _ width: Int) -> Double {
        min(max(0, share / full), 1) * Double(width)
    }
}

extension Style {
    fileprivate init(_ foreground: Role, _ attributes: Attributes) {
        self.init(foreground, on: .canvas, attributes)
    }
}
