import ArgumentParser
import Configuring
import Detection
import Querying

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract:
            "Report every mistake in configuration, rules, presets and dashboards; start nothing.",
        discussion: "Exit status: 0 all is well, 2 something is wrong.")

    @OptionGroup var location: StoreLocation

    func run() throws {
        let configuration = try location.loadConfiguration()
        _ = try CalibrationFile.load(configuration.performance)
        _ = try configuration.drift.referenceFiles()
        let ruleCount = configuration.ruleGroups.reduce(0) { $0 + $1.rules.count }
        print(
            "\(location.configurationPath ?? ""): ok; services: \(configuration.services.count), "
                + "rules: \(ruleCount), receivers: \(configuration.receivers.count), "
                + "presets: \(configuration.presets.count), "
                + "dashboards: \(configuration.dashboards.count)")
        print("drift: \(configuration.drift.alarmPolicy)")
    }
}

extension DriftOptions {
    /// When a window is called drifted, for people.
    fileprivate var alarmPolicy: String {
        if let rule {
            return "\(rule) in a window of \(window.prometheusDescription); no budget is kept"
        }
        guard let budget else { return "p < \(significance) in each window" }
        func limit(_ count: Int) -> String {
            let p = keepingBudget(distributionCount: count).significance
            return "\((p * 1e8).rounded() / 1e8)"
        }
        return "at most \(budget) false alarms over everything: with windows of "
            + "\(window.prometheusDescription), p < \(limit(1)) for one distribution, "
            + "\(limit(10)) for each of 10, \(limit(100)) of 100"
    }
}
