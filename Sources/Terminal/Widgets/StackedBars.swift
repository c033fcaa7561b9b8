/// One column a value, its parts on top of each other in eighths of a cell.
package struct StackedBars {
    package struct Part {
        /// Evenly spaced, oldest first; not negative; where all parts are nil is a gap.
        package var values: [Double?]
        package var role: Role
        /// Stands for the part where there are no colours.
        package var glyph: Unicode.Scalar
        /// Of the topmost cell, where the part stands alone.
        package var crest: Role?

        package init(
            _ values: [Double?], _ role: Role, glyph: Unicode.Scalar, crest: Role? = nil
        ) {
            self.values = values
            self.role = role
            self.glyph = glyph
            self.crest = crest
        }

        /// One that stands alone and has no meaning beyond its height.
        package static func flow(_ values: [Double?]) -> Part {
            Part(values, .flow0, glyph: "#", crest: .flow3)
        }
    }

    /// From the foot up.
    package var parts: [Part]
    package var scale: Scale

    package init(_ parts: [Part], scale: Scale) {
        self.parts = parts
        self.scale = scale
    }

    package func draw(on canvas: inout Canvas, in rect: Rect) {
        guard !rect.isEmpty else { return }
        let columns = parts.map { Resampling.fit($0.values, to: rect.width) }
        for x in 0..<rect.width {
            if columns.allSatisfy({ $0[x] == nil }) {
                // Unknown is not zero.
                canvas.fill(Rect(rect.column + x, rect.row, 1, rect.height), "╱", Style(.grid))
                continue
            }
            var levels: [(top: Int, role: Role, glyph: Unicode.Scalar)] = []
            var sum = 0.0
            for (part, values) in zip(parts, columns) {
                sum += max(0, values[x] ?? 0)
                let fraction = min(max(0, scale.fraction(sum)), 1)
                levels.append(
                    (Int((fraction * Double(rect.height * 8)).rounded()), part.role, part.glyph))
            }
            EighthColumn(levels: levels, crest: parts.count == 1 ? parts[0].crest : nil).draw(
                on: &canvas, column: rect.column + x, endRow: rect.endRow, rows: rect.height)
        }
    }
}
