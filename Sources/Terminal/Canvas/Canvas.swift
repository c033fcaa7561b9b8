/// A picture of cells, drawn anew every frame; the screen behind it sends only what changed.
///
/// Drawing outside is allowed and has no effect, so that pages need not guard every cell.
package struct Canvas: Equatable, Sendable {
    /// What the screen can show; widgets choose their glyphs by it.
    package struct Traits: Equatable, Sendable {
        /// The locale or the user allows ASCII alone.
        package var isASCII: Bool
        /// At least 256 colours: half-block heat maps are readable. Otherwise a ramp of glyphs.
        package var hasFineColor: Bool

        package init(isASCII: Bool = false, hasFineColor: Bool = true) {
            self.isASCII = isASCII
            self.hasFineColor = hasFineColor
        }
    }

    package enum Alignment: Sendable {
        case left, right, center
    }

    package let size: Size
    package let traits: Traits
    /// Row by row.
    package private(set) var cells: [Cell]

    package init(size: Size, traits: Traits = Traits()) {
        self.size = size
        self.traits = traits
        cells = Array(repeating: Cell(), count: size.columns * size.rows)
    }

    package var bounds: Rect { Rect(0, 0, size.columns, size.rows) }

    package subscript(column: Int, row: Int) -> Cell {
        guard bounds.contains(column: column, row: row) else { return Cell() }
        return cells[row * size.columns + column]
    }

    /// Sets one cell of width 1. A wide glyph that loses a half becomes a space.
    package mutating func set(
        _ glyph: Unicode.Scalar, _ column: Int, _ row: Int, _ style: Style
    ) {
        guard bounds.contains(column: column, row: row) else { return }
        let index = row * size.columns + column
        if cells[index].isContinuation, column > 0 { cells[index - 1].glyph = " " }
        if column + 1 < size.columns, cells[index + 1].isContinuation {
            cells[index + 1].glyph = " "
        }
        cells[index] = Cell(glyph, style)
    }

    package mutating func fill(_ rect: Rect, _ glyph: Unicode.Scalar = " ", _ style: Style) {
        for row in rect.row..<rect.endRow {
            for column in rect.column..<rect.endColumn { set(glyph, column, row, style) }
        }
    }

    /// Writes cleaned text, cut to `width` cells, and returns the cells it took.
    @discardableResult
    package mutating func write(
        _ text: String, _ column: Int, _ row: Int, _ style: Style = Style(), width: Int? = nil,
        align: Alignment = .left
    ) -> Int {
        let room = min(width ?? .max, size.columns - column)
        guard room > 0, row >= 0, row < size.rows else { return 0 }
        let scalars = DisplayText.truncated(text, to: room)
        let taken = scalars.reduce(0) { $0 + DisplayText.width(of: $1) }
        var x = column
        switch align {
        case .left: break
        case .right: x += room - taken
        case .center: x += (room - taken) / 2
        }
        for scalar in scalars {
            let cells = DisplayText.width(of: scalar)
            set(scalar, x, row, style)
            if cells == 2 { placeContinuation(x + 1, row, style) }
            x += cells
        }
        return taken
    }

    /// Writes pieces of text one after the other and returns the cells they took.
    @discardableResult
    package mutating func write(
        _ spans: [Span], _ column: Int, _ row: Int, width: Int? = nil, align: Alignment = .left
    ) -> Int {
        let room = min(width ?? .max, size.columns - column)
        guard room > 0 else { return 0 }
        let total = spans.reduce(0) { $0 + DisplayText.width(of: $1.text) }
        var x = column
        if align == .right { x += max(0, room - total) }
        if align == .center { x += max(0, (room - total) / 2) }
        let end = column + room
        for span in spans where x < end {
            x += write(span.text, x, row, span.style, width: end - x)
        }
        return x - column
    }

    /// Writes groups of pieces one after the other as long as the next one fits whole; the first
    /// is cut where it does not.
    package mutating func writeFitting(
        _ groups: [[Span]], _ column: Int, _ row: Int, width: Int
    ) {
        var used = 0
        for (index, group) in groups.enumerated() {
            let needed = group.displayWidth
            if index > 0, used + needed > width { return }
            used += write(group, column + used, row, width: max(0, width - used))
        }
    }

    /// Gives cells another background and leaves what they show.
    package mutating func highlight(_ rect: Rect, _ background: Role, adding: Style.Attributes = [])
    {
        for row in max(0, rect.row)..<max(0, min(rect.endRow, size.rows)) {
            for column in max(0, rect.column)..<max(0, min(rect.endColumn, size.columns)) {
                cells[row * size.columns + column].style.background = background
                cells[row * size.columns + column].style.attributes.formUnion(adding)
            }
        }
    }

    private mutating func placeContinuation(_ column: Int, _ row: Int, _ style: Style) {
        guard bounds.contains(column: column, row: row) else {
            // The right half has no room: the whole glyph goes.
            if column > 0, bounds.contains(column: column - 1, row: row) {
                cells[row * size.columns + column - 1].glyph = " "
            }
            return
        }
        cells[row * size.columns + column] = Cell(Cell.continuation, style)
    }

    /// The rows as text, without styles and without trailing spaces.
    package var lines: [String] {
        (0..<size.rows).map { row in
            var view = String.UnicodeScalarView()
            let start = row * size.columns
            for cell in cells[start..<start + size.columns] where !cell.isContinuation {
                view.append(traits.isASCII ? ASCIIGlyphs.fallback(for: cell.glyph) : cell.glyph)
            }
            while view.last == " " { view.removeLast() }
            return String(view)
        }
    }
}
