import TimeSeries

/// An alert as a line of a list.
package struct AlertLine: Equatable, Sendable {
    package enum State: Int, Comparable, Sendable {
        case firing, pending, resolved

        package static func < (a: State, b: State) -> Bool { a.rawValue < b.rawValue }

        package var word: String {
            switch self {
            case .firing: "FIRING"
            case .pending: "PENDING"
            case .resolved: "RESOLVED"
            }
        }
    }

    package var rule: String
    package var service: String
    package var severity: Severity
    package var state: State
    /// What is wrong, with value and limit.
    package var summary: String
    /// Since when it is in this state.
    package var since: Timestamp

    package init(
        rule: String, service: String, severity: Severity, state: State, summary: String,
        since: Timestamp
    ) {
        self.rule = rule
        self.service = service
        self.severity = severity
        self.state = state
        self.summary = summary
        self.since = since
    }

    /// Firing before pending before resolved, then by severity, then the newest first.
    package static func listOrder(_ a: AlertLine, _ b: AlertLine) -> Bool {
        (a.state.rawValue, a.severity.rawValue, -a.since.milliseconds, a.service, a.rule)
            < (b.state.rawValue, b.severity.rawValue, -b.since.milliseconds, b.service, b.rule)
    }
}
