import Terminal

/// How much an alert matters, from its `severity` label.
package enum Severity: Int, Comparable, Sendable {
    case critical, warning, info

    package init(label: String?) {
        switch label?.lowercased() {
        case "critical", "crit", "page", "error", "fatal", "emergency": self = .critical
        case "info", "none", "notice", "low": self = .info
        default: self = .warning
        }
    }

    package static func < (a: Severity, b: Severity) -> Bool { a.rawValue < b.rawValue }

    package var glyph: String {
        switch self {
        case .critical: "▲"
        case .warning: "!"
        case .info: "i"
        }
    }

    package var word: String {
        switch self {
        case .critical: "CRIT"
        case .warning: "WARN"
        case .info: "INFO"
        }
    }

    package var role: Role {
        switch self {
        case .critical: .crit
        case .warning: .warn
        case .info: .info
        }
    }
}
