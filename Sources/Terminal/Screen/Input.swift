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

/// What wakes the one thread that owns the screen.
package enum Input: Hashable, Sendable {
    case key(Key)
    /// Pasted as a whole; never taken for keys.
    case paste(String)
    case resize(Size)
    /// Another thread called `Wakeup.wake()`.
    case wake
    /// The program is asked to end, by a signal of this number or because the terminal is gone.
    case terminate(signal: Int32)
    /// Nothing until the given time had passed.
    case timeout
}
