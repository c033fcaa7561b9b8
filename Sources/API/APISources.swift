import Alerting
import Storage
import TimeSeries

/// What the API reads from.
package struct APISources: Sendable {
    package var store: Store
    package var ruleGroups: [RuleGroup]
    /// How each rule fared last.
    package var ruleHealth: @Sendable () -> [RuleHealth]
    /// What the collector counts of itself.
    package var ownMetrics: @Sendable () -> [OwnMetric]
    package var now: @Sendable () -> Timestamp
    package var version: String

    package init(
        store: Store, ruleGroups: [RuleGroup],
        ruleHealth: @escaping @Sendable () -> [RuleHealth] = { [] },
        ownMetrics: @escaping @Sendable () -> [OwnMetric] = { [] },
        now: @escaping @Sendable () -> Timestamp, version: String
    ) {
        self.store = store
        self.ruleGroups = ruleGroups
        self.ruleHealth = ruleHealth
        self.ownMetrics = ownMetrics
        self.now = now
        self.version = version
    }
}
