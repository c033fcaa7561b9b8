import Terminal

/// How a service is, worst first.
package enum Health: Int, Comparable, CaseIterable, Sendable {
    /// Every target refuses or fails.
    case down
    /// A critical alert fires.
    case critical
    /// The last scrape is older than three intervals.
    case stale
    /// Another alert fires, or predictions drifted.
    case warning
    /// An alert is about to fire.
    case pending
    /// Never scraped.
    case unknown
    case ok

    package static func < (a: Health, b: Health) -> Bool { a.rawValue < b.rawValue }

    /// Colour never stands alone: each state has a glyph and a word.
    package var glyph: String {
        switch self {
        case .down, .critical: "▲"
        case .warning: "!"
        case .pending: "○"
        case .stale, .unknown: "?"
        case .ok: "·"
        }
    }

    package var word: String {
        switch self {
        case .down: "DOWN"
        case .critical: "CRIT"
        case .stale: "STALE"
        case .warning: "WARN"
        case .pending: "PEND"
        case .unknown: "NEW"
        case .ok: "OK"
        }
    }

    package var role: Role {
        switch self {
        case .down, .critical: .crit
        case .warning: .warn
        case .pending: .info
        case .stale: .stale
        case .unknown: .muted
        case .ok: .ok
        }
    }
}
