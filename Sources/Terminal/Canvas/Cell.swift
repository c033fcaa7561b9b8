/// One place of the screen: a glyph and how it is drawn.
package struct Cell: Hashable, Sendable {
    /// A printable scalar of width 1 or 2, or U+0000 for the second half of a wide one.
    package var glyph: Unicode.Scalar
    package var style: Style

    package init(_ glyph: Unicode.Scalar = " ", _ style: Style = Style()) {
        self.glyph = glyph
        self.style = style
    }

    package static let continuation: Unicode.Scalar = "\0"

    package var isContinuation: Bool { glyph == Cell.continuation }
}
