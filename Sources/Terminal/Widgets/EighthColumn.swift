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
            let isReadable = canvas.traits.hasFineColor || levels.count == 1
            guard isReadable, !canvas.traits.isASCII else {
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
