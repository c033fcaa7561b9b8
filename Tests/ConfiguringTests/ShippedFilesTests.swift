import Alerting
import Foundation
import Querying
import Scraping
import Testing

@testable import Configuring

@Suite("The shipped presets and rules")
struct ShippedFilesTests {
    /// The names in a folder of the repository that end in `.yaml`; folders within are left out.
    private static func names(in folder: String) throws -> [String] {
        let url = DocumentationTests.root.appendingPathComponent(folder)
        return try FileManager.default.contentsOfDirectory(atPath: url.path)
            .filter { $0.hasSuffix(".yaml") }
            .map { "\(folder)/\($0)" }
            .sorted()
    }

    @Test(
        "are those of the folders, byte for byte", arguments: ["presets", "alerts", "dashboards"])
    func lists(folder: String) throws {
        let shipped = ShippedFiles.all.filter { $0.name.hasPrefix("\(folder)/") }
        #expect(shipped.map(\.name).sorted() == (try Self.names(in: folder)))
        for file in shipped {
            let url = DocumentationTests.root.appendingPathComponent(file.name)
            #expect(try Array(Data(contentsOf: url)) == file.bytes, "\(file.name)")
        }
    }

    @Test("have no mistake")
    func noMistakes() throws {
        do {
            #expect(try !ShippedFiles.presets().isEmpty)
            #expect(try !ShippedFiles.ruleGroups().isEmpty)
            #expect(try !ShippedFiles.dashboards().isEmpty)
        } catch {
            Issue.record("\(error)")
        }
    }

    @Test("presets have names of their own and say how they are recognised")
    func presetNames() throws {
        let presets = try ShippedFiles.presets()
        #expect(Set(presets.map(\.name)).count == presets.count)
        #expect(!presets.contains { $0.name == ConfigurationDecoder.probePreset })
        for file in ShippedFiles.presetFiles {
            let log = DiagnosticLog()
            let preset = PresetFileDecoder.preset(file.bytes, file: file.name, log: log)
            #expect("presets/\(preset?.name ?? "").yaml" == file.name)
        }
    }

    @Test("every selector of a preset is PromQL")
    func selectors() throws {
        for preset in try ShippedFiles.presets() {
            for (signal, sources) in preset.signals {
                for selector in sources.flatMap({ [$0.selector, $0.countSelector] }) {
                    guard let selector else { continue }
                    let expression = try QueryExpression(parsing: selector)
                    #expect(expression.selectors.count == 1, "\(preset.name) \(signal)")
                }
            }
        }
    }

    @Test("group names are unique over all files, and every alert has a severity and a summary")
    func rules() throws {
        let groups = try ShippedFiles.ruleGroups()
        #expect(Set(groups.map(\.name)).count == groups.count)
        for rule in groups.flatMap(\.rules) {
            guard case .alert = rule.action else { continue }
            #expect(rule.labels["severity"] != nil, "\(rule.location)")
            #expect(rule.annotations["summary"] != nil, "\(rule.location)")
        }
    }
}
