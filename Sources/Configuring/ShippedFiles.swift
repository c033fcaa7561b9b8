import Alerting
import Dashboards
import Scraping

/// The presets, alert rules and dashboards that are built into the program, so that one binary needs no file
/// beside it.
package enum ShippedFiles {
    /// One file, as it lies in the repository: `presets/triton.yaml`.
    package struct File: Sendable {
        package let name: String
        package let bytes: [UInt8]
    }

    package static let all: [File] = presetFiles + alertFiles + dashboardFiles

    package static func presets() throws(ConfigurationErrors) -> [Preset] {
        try decoded { presets(log: $0) }
    }

    package static func ruleGroups() throws(ConfigurationErrors) -> [RuleGroup] {
        try decoded { log in
            alertFiles.flatMap { RuleFileDecoder.groups($0.bytes, file: $0.name, log: log) }
        }
    }

    package static func dashboards() throws(ConfigurationErrors) -> [DashboardDefinition] {
        try decoded { log in
            dashboardFiles.flatMap { DashboardFileDecoder.pages($0.bytes, file: $0.name, log: log) }
        }
    }

    private static func decoded<Content>(
        _ decode: (DiagnosticLog) -> Content
    ) throws(ConfigurationErrors) -> Content {
        let log = DiagnosticLog()
        let content = decode(log)
        guard log.isEmpty else { throw ConfigurationErrors(diagnostics: log.sorted) }
        return content
    }

    static func presets(log: DiagnosticLog) -> [Preset] {
        presetFiles.compactMap { PresetFileDecoder.preset($0.bytes, file: $0.name, log: log) }
    }

    /// The shipped alert files whose name fits `alerts/*.yaml` or the like.
    static func alertFiles(matching pattern: String) -> [File] {
        alertFiles.filter { FileGlob.matches($0.name, pattern) }
    }

    /// The same of `dashboards/*.yaml`.
    static func dashboardFiles(matching pattern: String) -> [File] {
        dashboardFiles.filter { FileGlob.matches($0.name, pattern) }
    }
}
