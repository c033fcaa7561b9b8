/// A piece of text of one style.
package struct Span: Sendable {
    package var text: String
    package var style: Style

    package init(_ text: String, _ style: Style = Style()) {
        self.text = text
        self.style = style
    }

    package init(_ text: String, _ role: Role) {
        self.init(text, Style(role))
    }
}

extension [Span] {
    /// Cells the pieces take together.
    package var displayWidth: Int { reduce(0) { $0 + DisplayText.width(of: $1.text) } }
}
