import API
import Alerting
import Configuring
import Logging
import ServiceLifecycle
import Storage

/// The HTTP API as one of the monitor's services, where one is configured.
enum APIService {
    static func make(
        _ configuration: MonitorConfiguration, store: Store, rules: RuleRunner,
        health: OwnHealth, families: FamilyBoard, logger: Logger
    ) -> [any Service] {
        guard let settings = configuration.api else { return [] }
        return [
            APIServer(
                settings,
                sources: APISources(
                    store: store, ruleGroups: configuration.ruleGroups,
                    ruleHealth: { rules.health }, ownMetrics: { health.metrics },
                    metadata: { families.metadata }, now: { Program.now() }, version: MLMon.version),
                logger: logger)
        ]
    }
}
