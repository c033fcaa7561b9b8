/// One alert as it stands: a rule and one label set of its result.
package struct AlertRecord: Codable, Sendable, Equatable {
    package enum State: String, Codable, Sendable, CaseIterable {
        case pending
        case firing
        case resolved
    }

    /// 16 lower-case hex digits of `LabelSet.fingerprint` over `labels`; unique.
    package var fingerprint: String
    /// The rule's `alert:` name, and where the rule stands (`alerts/drift.yaml:12`).
    package var rule: String
    package var ruleLocation: String
    package var state: State
    package var labels: [String: String]
    package var annotations: [String: String]
    /// The value of the expression at the last evaluation.
    package var value: Double
    package var pendingSinceMilliseconds: Int64
    package var firingSinceMilliseconds: Int64?
    package var resolvedAtMilliseconds: Int64?
    package var lastEvaluatedMilliseconds: Int64

    package init(
        fingerprint: String, rule: String, ruleLocation: String, state: State,
        labels: [String: String], annotations: [String: String], value: Double,
        pendingSinceMilliseconds: Int64, firingSinceMilliseconds: Int64? = nil,
        resolvedAtMilliseconds: Int64? = nil, lastEvaluatedMilliseconds: Int64
    ) {
        self.fingerprint = fingerprint
        self.rule = rule
        self.ruleLocation = ruleLocation
        self.state = state
        self.labels = labels
        self.annotations = annotations
        self.value = value
        self.pendingSinceMilliseconds = pendingSinceMilliseconds
        self.firingSinceMilliseconds = firingSinceMilliseconds
        self.resolvedAtMilliseconds = resolvedAtMilliseconds
        self.lastEvaluatedMilliseconds = lastEvaluatedMilliseconds
    }
}
