/// How a cell is drawn, in meanings.
package struct Style: Hashable, Sendable {
    package struct Attributes: OptionSet, Hashable, Sendable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        package static let bold = Attributes(rawValue: 1)
        package static let dim = Attributes(rawValue: 2)
        package static let reverse = Attributes(rawValue: 4)
        package static let underline = Attributes(rawValue: 8)
    }

    package var foreground: Role
    package var background: Role
    package var attributes: Attributes

    package init(
        _ foreground: Role = .text, on background: Role = .canvas, _ attributes: Attributes = []
    ) {
        self.foreground = foreground
        self.background = background
        self.attributes = attributes
    }

    package static func bold(_ foreground: Role, on background: Role = .canvas) -> Style {
        Style(foreground, on: background, .bold)
    }
}
