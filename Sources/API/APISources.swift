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
    /// What pages say of their families, by name; of one name more than one where they differ.
    package var metadata: @Sendable () -> [String: [MetricMetadata]]
    package var now: @Sendable () -> Timestamp
    package var version: String

    package init(
        store: Store, ruleGroups: [RuleGroup],
        ruleHealth: @escaping @Sendable () -> [RuleHealth] = { [] },
        ownMetrics: @escaping @Sendable () -> [OwnMetric] = { [] },
        metadata: @escaping @Sendable () -> [String: [MetricMetadata]] = { [:] },
        now: @escaping @Sendable () -> Timestamp, version: String
    ) {
        self.store = store
        self.ruleGroups = ruleGroups
        self.ruleHealth = ruleHealth
        self.ownMetrics = ownMetrics
        self.metadata = metadata
        self.now = now
        self.version = version
    }
}
