import Alerting
import Dashboards
import Detection
import Scraping
import Storage

/// Everything that a monitor is told: where it stores, what it watches, and whom it notifies.
package struct MonitorConfiguration: Sendable {
    package var store: StoreOptions
    /// Of services that give none, like the two that follow.
    package var scrapeInterval: Duration = .seconds(15)
    /// At most the interval.
    package var scrapeTimeout: Duration = .seconds(10)
    package var scrapeLimits = Target.Limits()
    /// In the order of the file; (service, instance) is unique.
    package var services: [Target] = []
    package var drift = DriftOptions(budget: .weekly)
    package var anomaly = AnomalyOptions()
    package var performance = PerformanceOptions()
    package var ruleGroups: [RuleGroup] = []
    /// Names are unique.
    package var receivers: [Receiver] = []
    /// nil: alerts are shown, and nobody is notified.
    package var route: Route?
    /// The shipped ones and the user's; a name stands once.
    package var presets: [Preset] = []
    /// Pages of charts; titles are unique.
    package var dashboards: [DashboardDefinition] = []
    /// nil: no HTTP API is served.
    package var api: APISettings?

    /// Reads one configuration file and every file that it names.
    ///
    /// - Parameters:
    ///   - path: Paths in the file are relative to its folder.
    ///   - environment: For `${NAME}` in values.
    /// - Throws: Every mistake of all files at once.
    package static func load(
        path: String, environment: [String: String]
    ) throws(ConfigurationErrors) -> MonitorConfiguration {
        let log = DiagnosticLog()
        let configuration = ConfigurationDecoder(
            path: path, environment: environment, log: log
        )?.configuration()
        guard log.isEmpty, let configuration else {
            throw ConfigurationErrors(diagnostics: log.sorted)
        }
        return configuration
    }

    /// What applies without a file: the shipped presets, rules and dashboards, and no services.
    ///
    /// - Throws: Never, while the tests of the shipped files pass.
    package static func shippedDefaults(
        storePath: String = "mlmon.db"
    ) throws(ConfigurationErrors) -> MonitorConfiguration {
        var configuration = MonitorConfiguration(store: StoreOptions(path: storePath))
        configuration.presets = try ShippedFiles.presets()
        configuration.ruleGroups = try ShippedFiles.ruleGroups()
        configuration.dashboards = try ShippedFiles.dashboards()
        return configuration
    }

    init(store: StoreOptions) {
        self.store = store
    }
}
