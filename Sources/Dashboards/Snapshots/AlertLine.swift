import TimeSeries

/// An alert as a line of a list, and what is known of it beyond.
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

    /// What the page of an alert tells.
    package struct Detail: Equatable, Sendable {
        /// `alerts/drift.yaml:12`.
        package var ruleLocation = ""
        /// By name; without the rule's own.
        package var labels: [(name: String, value: String)] = []
        /// By name; without the one that is the summary.
        package var annotations: [(name: String, value: String)] = []
        package var value: Double?
        package var pendingSince: Timestamp?
        package var firingSince: Timestamp?
        package var resolvedAt: Timestamp?
        package var lastEvaluated: Timestamp?
        /// By point of the snapshot's grid: the state then, nil where it was none.
        package var history: [State?] = []

        package init() {}

        package static func == (a: Detail, b: Detail) -> Bool {
            a.ruleLocation == b.ruleLocation && a.labels.elementsEqual(b.labels, by: ==)
                && a.annotations.elementsEqual(b.annotations, by: ==) && a.value == b.value
                && a.pendingSince == b.pendingSince && a.firingSince == b.firingSince
                && a.resolvedAt == b.resolvedAt && a.lastEvaluated == b.lastEvaluated
                && a.history == b.history
        }
    }

    /// Of the alert, the same from one state to the next.
    package var id: String
    package var rule: String
    package var service: String
    package var severity: Severity
    package var state: State
    /// What is wrong, with value and limit.
    package var summary: String
    /// Since when it is in this state.
    package var since: Timestamp
    package var detail: Detail

    package init(
        id: String? = nil, rule: String, service: String, severity: Severity, state: State,
        summary: String, since: Timestamp, detail: Detail = Detail()
    ) {
        self.id = id ?? "\(rule) \(service)"
        self.rule = rule
        self.service = service
        self.severity = severity
        self.state = state
        self.summary = summary
        self.since = since
        self.detail = detail
    }

    /// Firing before pending before resolved, then by severity, then the newest first.
    package static func listOrder(_ a: AlertLine, _ b: AlertLine) -> Bool {
        (a.state.rawValue, a.severity.rawValue, -a.since.milliseconds, a.service, a.rule)
            < (b.state.rawValue, b.severity.rawValue, -b.since.milliseconds, b.service, b.rule)
    }
}
