/// A row of bars, one cell a value.
package struct Sparkline {
    package var values: [Double?]
    package var scale: Scale
    /// The style of a value's bar.
    package var style: (Double) -> Style

    package init(_ values: [Double?], scale: Scale, style: @escaping (Double) -> Style) {
        self.values = values
        self.scale = scale
        self.style = style
    }

    package init(_ values: [Double?], scale: Scale, _ role: Role) {
        self.init(values, scale: scale) { _ in Style(role) }
    }

    /// Seven of the eight heights: a full block would fuse with the row above.
    static let bars: [Unicode.Scalar] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇"]

    package func draw(on canvas: inout Canvas, _ column: Int, _ row: Int, width: Int) {
        for (x, value) in Resampling.fit(values, to: width, by: .maximum).enumerated() {
            guard let value else { continue }
            let level = Int((scale.fraction(value) * 6).rounded())
            canvas.set(Self.bars[min(max(0, level), 6)], column + x, row, style(value))
        }
    }

    /// A row of shades instead of bars: the value is read by its colour, or by a glyph without.
    package func drawShades(
        on canvas: inout Canvas, _ column: Int, _ row: Int, width: Int
    ) {
        for (x, value) in Resampling.fit(values, to: width, by: .maximum).enumerated() {
            guard let value else {
                canvas.set("╱", column + x, row, Style(.grid))
                continue
            }
            let fraction = min(max(0, scale.fraction(value)), 1)
            if canvas.traits.hasFineColor {
                let role = Role.calm(Int(fraction * Double(Role.calmCount - 1) + 0.5))
                canvas.set(canvas.traits.isASCII ? "#" : "▆", column + x, row, Style(role))
            } else {
                // What is normal stays a dot, as it stays grey where there are colours.
                let glyph = HeatGlyphs.glyph(fraction < 0.35 ? 0.125 : fraction)
                canvas.set(glyph, column + x, row, style(value))
            }
        }
    }
}
