import Foundation
import Querying
import Testing
import Yams

@testable import Alerting

@Suite struct ShippedRulesTests {
    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("alerts")

    private static func files(in folder: URL) -> [URL] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".yaml") }.sorted().map(folder.appendingPathComponent)
    }

    @Test("shipped rules parse, name what they are about, and have working templates")
    func wellFormed() throws {
        let files = Self.files(in: Self.folder)
        #expect(files.count >= 5)
        for file in files {
            let groups = try YAMLDecoder().decode(RuleFile.self, from: Data(contentsOf: file))
                .ruleGroups(file: file.lastPathComponent)
            for rule in groups.flatMap(\.rules) {
                for text in Array(rule.labels.values) + rule.annotations.values {
                    #expect(throws: Never.self, "\(rule.location)") { try Template(parsing: text) }
                }
                guard case .alert = rule.action else { continue }
                let severity = rule.labels["severity"] ?? ""
                #expect(["critical", "warning"].contains(severity), "\(rule.location)")
                let summary = try #require(rule.annotations["summary"], "\(rule.location)")
                #expect(summary.count <= 90 && !summary.contains("\n"), "\(rule.location)")
                #expect(rule.annotations["description"]?.isEmpty == false, "\(rule.location)")
            }
        }
    }

    @Test(
        "shipped rules fire and stay quiet as their unit tests say",
        arguments: files(in: folder.appendingPathComponent("tests")))
    func unitTests(file: URL) throws {
        let mistakes = try RuleUnitTest.mistakes(in: file)
        #expect(mistakes.isEmpty, "\(mistakes.prefix(5).joined(separator: "\n"))")
    }

    @Test("every shipped rule file has unit tests")
    func complete() {
        let rules = Self.files(in: Self.folder).map(\.lastPathComponent)
        let tests = Self.files(in: Self.folder.appendingPathComponent("tests"))
        let names = tests.map { $0.lastPathComponent.replacingOccurrences(of: "_test", with: "") }
        #expect(Set(rules).isSubset(of: names))
    }

    @Test("the notation of unit tests is promtool's")
    func notation() throws {
        #expect(try RuleUnitTest.values("1+2x3 5x2 -1-1x1") == [1, 3, 5, 7, 5, 5, 5, -1, -2])
        #expect(try RuleUnitTest.values("_ _x2 3") == [nil, nil, nil, 3])
        #expect(try RuleUnitTest.duration("1h30m") == .seconds(5_400))
        #expect(throws: RuleUnitTest.Malformed.self) { try RuleUnitTest.duration("5 parsecs") }
    }
}
