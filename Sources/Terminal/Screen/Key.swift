/// A key as a person names it.
package enum Key: Hashable, Sendable {
    case character(Unicode.Scalar)
    case control(Unicode.Scalar)
    case up, down, left, right, pageUp, pageDown, home, end
    case enter, escape, tab, backtab, backspace, delete
    case function(Int)
}

extension Key: ExpressibleByUnicodeScalarLiteral {
    package init(unicodeScalarLiteral value: Unicode.Scalar) {
        self = .character(value)
    }
}

extension Key: CustomStringConvertible {
    package var description: String {
        switch self {
        case .character(" "): "␣"
        case .character(let scalar): String(Character(scalar))
        case .control(let scalar): "^" + String(Character(scalar)).uppercased()
        case .up: "↑"
        case .down: "↓"
        case .left: "←"
        case .right: "→"
        case .pageUp: "PgUp"
        case .pageDown: "PgDn"
        case .home: "Home"
        case .end: "End"
        case .enter: "⏎"
        case .escape: "esc"
        case .tab: "tab"
        case .backtab: "⇧tab"
        case .backspace: "⌫"
        case .delete: "Del"
        case .function(let number): "F\(number)"
        }
    }
}
