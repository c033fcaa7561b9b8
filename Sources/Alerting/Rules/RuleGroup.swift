import Querying

/// Rules that are evaluated together, in order, as in a Prometheus rule file.
package struct RuleGroup: Sendable {
    package var name: String
    /// nil takes the monitor's own.
    package var interval: Duration?
    package var rules: [Rule]

    package init(name: String, interval: Duration? = nil, rules: [Rule]) {
        self.name = name
        self.interval = interval
        self.rules = rules
    }
}

/// An alerting or a recording rule.
package struct Rule: Sendable {
    package enum Action: Sendable, Equatable {
        /// Raises alerts of this name.
        case alert(name: String)
        /// Writes the result back under this metric name.
        case record(name: String)
    }

    package var action: Action
    /// PromQL, already parsed.
    package var expression: QueryExpression
    /// How long the condition must hold before the alert fires (`for`).
    package var hold: Duration
    /// How long it goes on firing after the condition ended (`keep_firing_for`).
    package var keepFiring: Duration
    package var labels: [String: String]
    /// Templates with `{{ $labels.x }}` and `{{ $value }}`.
    package var annotations: [String: String]
    /// `file:line` for messages.
    package var location: String

    package init(
        action: Action, expression: QueryExpression, hold: Duration = .zero,
        keepFiring: Duration = .zero, labels: [String: String] = [:],
        annotations: [String: String] = [:], location: String
    ) {
        self.action = action
        self.expression = expression
        self.hold = hold
        self.keepFiring = keepFiring
        self.labels = labels
        self.annotations = annotations
        self.location = location
    }
}
