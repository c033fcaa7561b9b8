/// Columns of shaded cells: two values to a cell with half blocks, or one glyph of a ramp.
package struct Heatmap {
    /// Intensity in 0…1 by column, then from the top half row down; nil column is a gap.
    ///
    /// Every column holds twice as many values as the rectangle has rows.
    package var columns: [[Double]?]

    package init(columns: [[Double]?]) {
        self.columns = columns
    }

    package func draw(on canvas: inout Canvas, in rect: Rect) {
        for (x, halves) in columns.prefix(rect.width).enumerated() {
            for row in 0..<rect.height {
                let place = (rect.column + x, rect.row + row)
                guard let halves, halves.count >= rect.height * 2 else {
                    canvas.set("╱", place.0, place.1, Style(.grid))
                    continue
                }
                let top = halves[row * 2]
                let bottom = halves[row * 2 + 1]
                if canvas.traits.hasFineColor, !canvas.traits.isASCII {
                    let cell = Self.cell(top, bottom)
                    canvas.set(cell.glyph, place.0, place.1, cell.style)
                } else {
                    let value = max(top, bottom)
                    canvas.set(
                        HeatGlyphs.glyph(value), place.0, place.1, Style(Self.role(value)))
                }
            }
        }
    }

    private static func role(_ intensity: Double) -> Role {
        .heat(Int(intensity * Double(Role.heatCount - 1) + 0.5))
    }

    /// An empty half keeps the terminal's background.
    private static func cell(_ top: Double, _ bottom: Double) -> Cell {
        switch (top > 0, bottom > 0) {
        case (false, false): Cell(" ", Style())
        case (true, false): Cell("▀", Style(role(top)))
        case (false, true): Cell("▄", Style(role(bottom)))
        case (true, true): Cell("▀", Style(role(top), on: role(bottom)))
        }
    }
}
