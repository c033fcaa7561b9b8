/// One column a value, its parts on top of each other in eighths of a cell.
package struct StackedBars {
    package struct Part {
        /// Evenly spaced, oldest first; not negative; nil is nothing.
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

/// A column of cells filled to several heights, each counted in eighths of a cell from the foot.
struct EighthColumn {
    /// Ascending by `top`.
    var levels: [(top: Int, role: Role, glyph: Unicode.Scalar)]
    /// Of the topmost cell, where there is one level.
    var crest: Role?

    static let blocks: [Unicode.Scalar] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    func draw(on canvas: inout Canvas, column: Int, endRow: Int, rows: Int) {
        for row in 0..<rows {
            let foot = row * 8
            guard let first = levels.firstIndex(where: { $0.top > foot }) else { return }
            let place = (column, endRow - 1 - row)
            guard canvas.traits.hasFineColor, !canvas.traits.isASCII else {
                // The part that holds the middle of the cell.
                if let part = levels.first(where: { $0.top >= foot + 4 }) {
                    canvas.set(part.glyph, place.0, place.1, Style(part.role))
                }
                continue
            }
            let filled = min(8, levels[first].top - foot)
            // Two parts in a cell: the upper one shows as its background, when it fills it.
            var background = Role.canvas
            if filled < 8, let above = levels.first(where: { $0.top >= foot + 8 }) {
                background = above.role
            } else if filled < 4, let above = levels.last, above.top > levels[first].top {
                canvas.set(
                    Self.blocks[min(8, above.top - foot)], place.0, place.1, Style(above.role))
                continue
            }
            let isTop = levels[first].top <= foot + 8
            let role = isTop ? crest ?? levels[first].role : levels[first].role
            canvas.set(Self.blocks[filled], place.0, place.1, Style(role, on: background))
        }
    }
}
