import ArgumentParser
import Configuring

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
    }
}
