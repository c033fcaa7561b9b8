import Foundation
import Testing

@testable import Configuring

@Suite("What the repository shows is valid")
struct DocumentationTests {
    /// The package's folder, where the example, the documents and the shipped files lie.
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static func text(of name: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(name), encoding: .utf8)
    }

    /// The texts between "```yaml" and "```".
    private static func blocks(of document: String) -> [String] {
        document.components(separatedBy: "```yaml\n").dropFirst().map {
            $0.components(separatedBy: "```").first ?? ""
        }
    }

    @Test("the example at the top level is a configuration")
    func example() throws {
        let configuration = try MonitorConfiguration.load(
            path: Self.root.appendingPathComponent("mlmon.yaml").path, environment: [:])
        #expect(configuration.services.count == 1)
        #expect(!configuration.ruleGroups.isEmpty)
        #expect(configuration.route?.receiver == "team-chat")
    }

    @Test("the example names the defaults that the code has")
    func exampleHasDefaults() throws {
        let configuration = try MonitorConfiguration.load(
            path: Self.root.appendingPathComponent("mlmon.yaml").path, environment: [:])
        let defaults = try Workspace(["mlmon.yaml": "store: {}\n"]).load()
        #expect(configuration.store.retention == defaults.store.retention)
        #expect(configuration.scrapeInterval == defaults.scrapeInterval)
        #expect(configuration.scrapeTimeout == defaults.scrapeTimeout)
        #expect(configuration.scrapeLimits == defaults.scrapeLimits)
        #expect(configuration.drift == defaults.drift)
        #expect(configuration.anomaly == defaults.anomaly)
    }

    @Test("every YAML block of the document is valid")
    func blocks() throws {
        let blocks = Self.blocks(of: try Self.text(of: "docs/configuration.md"))
        #expect(blocks.count >= 9)
        let preset = try #require(blocks.first { $0.hasPrefix("name:") })
        for block in blocks {
            let workspace = try Workspace([
                "secrets/token": "t\n", "secrets/ca.pem": "-----\n", "presets/own.yaml": preset,
                "checked.yaml": block,
            ])
            let main =
                block.hasPrefix("pages:")
                ? "dashboards: checked.yaml\n"
                : block.hasPrefix("groups:")
                    ? "rules: checked.yaml\n"
                    : block.hasPrefix("name:") ? "presets: checked.yaml\n" : block
            try workspace.write(main, to: "mlmon.yaml")
            let mistakes = workspace.mistakes(environment: [
                "TENANT": "a", "CHURN_PASSWORD": "b", "CHAT_TOKEN": "c",
            ])
            #expect(mistakes.isEmpty, "\(block)\n\(mistakes.joined(separator: "\n"))")
        }
    }

    @Test("the document names every key that the code knows")
    func everyKey() throws {
        let document = try Self.text(of: "docs/configuration.md")
        let keys = [
            "path", "retention", "retention_5m", "retention_1h",
            "retention_service_minutes", "max_size", "interval", "timeout",
            "body_size", "samples",
            "series", "total_series",
            "labels",
            "label_name_length", "label_value_length", "name", "url", "instance", "preset",
            "headers", "bearer_token", "bearer_token_file", "basic_auth", "ca_file", "insecure",
            "scores", "calibration", "task", "positive_class", "window", "learn", "minimum_samples",
            "significance", "minimum_effect", "threshold",
            "warm_up", "memory", "send_resolved", "max_alerts", "receiver", "group_by",
            "group_wait", "group_interval", "repeat_interval", "matchers", "continue", "routes",
            "dashboards", "panels", "queries", "legend", "references", "kind", "width",
            "height", "unit",
        ]
        for key in keys {
            #expect(document.contains("`\(key)`") || document.contains(".\(key)`"), "\(key)")
        }
    }
}
