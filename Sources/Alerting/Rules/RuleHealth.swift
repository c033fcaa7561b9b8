import TimeSeries

/// How the last evaluation of one rule went.
package struct RuleHealth: Sendable, Equatable {
    package let group: String
    /// The `alert:` or `record:` of the rule.
    package let rule: String
    package let location: String
    package var lastEvaluated: Timestamp?
    /// Why the last evaluation gave nothing; the alerts of the rule stayed as they were.
    package var error: String?
}
