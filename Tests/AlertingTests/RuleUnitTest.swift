import Foundation
import Querying
import Storage
import TestSupport
import TimeSeries
import Yams

@testable import Alerting

/// A rule file and a unit test file of promtool's format, as far as the shipped ones use it.
/// Source: https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/
struct RuleFile: Decodable {
    struct Group: Decodable {
        var name: String
        var interval: String?
        var rules: [Rule]
    }

    struct Rule: Decodable {
        var alert: String?
        var record: String?
        var expr: String
        var `for`: String?
        var keep_firing_for: String?
        var labels: [String: String]?
        var annotations: [String: String]?
    }

    var groups: [Group]

    /// The groups without their intervals: promtool evaluates all of them at the test's own.
    func ruleGroups(file: String) throws -> [RuleGroup] {
        try groups.map { group in
            RuleGroup(
                name: group.name,
                rules: try group.rules.map { rule in
                    Alerting.Rule(
                        action: rule.alert.map { .alert(name: $0) }
                            ?? .record(name: rule.record ?? ""),
                        expression: try QueryExpression(parsing: rule.expr),
                        hold: try rule.for.map(RuleUnitTest.duration) ?? .zero,
                        keepFiring: try rule.keep_firing_for.map(RuleUnitTest.duration) ?? .zero,
                        labels: rule.labels ?? [:], annotations: rule.annotations ?? [:],
                        location: "\(file): \(rule.alert ?? rule.record ?? "")")
                })
        }
    }
}

struct RuleUnitTest: Decodable {
    struct Case: Decodable {
        var name: String
        var interval: String
        var input_series: [Input]
        var alert_rule_test: [Check]
    }

    struct Input: Decodable {
        var series: String
        var values: String
    }

    struct Check: Decodable {
        var eval_time: String
        var alertname: String
        var exp_alerts: [Expectation]?
    }

    struct Expectation: Decodable, Hashable {
        var exp_labels: [String: String]?
        var exp_annotations: [String: String]?
    }

    struct Malformed: Error {
        let text: String
    }

    var rule_files: [String]
    var evaluation_interval: String
    var tests: [Case]

    /// What differs from the expectation, in words; empty where nothing does.
    static func mistakes(in path: URL) throws -> [String] {
        let file = try YAMLDecoder().decode(RuleUnitTest.self, from: Data(contentsOf: path))
        let groups = try file.rule_files.flatMap { name in
            let url = path.deletingLastPathComponent().appendingPathComponent(name)
            return try YAMLDecoder().decode(RuleFile.self, from: Data(contentsOf: url))
                .ruleGroups(file: url.lastPathComponent)
        }
        let step = try duration(file.evaluation_interval)
        return try file.tests.flatMap { try $0.mistakes(groups: groups, step: step) }
    }

    /// `1h30m`, `45s`, `500ms`.
    static func duration(_ text: String) throws -> Duration {
        let units: [(String, Double)] = [
            ("ms", 0.001), ("s", 1), ("m", 60), ("h", 3_600), ("d", 86_400), ("w", 604_800),
        ]
        var rest = text[...]
        var seconds = 0.0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isNumber }
            rest = rest.dropFirst(digits.count)
            guard let number = Double(digits),
                let unit = units.first(where: { rest.hasPrefix($0.0) })
            else { throw Malformed(text: text) }
            rest = rest.dropFirst(unit.0.count)
            seconds += number * unit.1
        }
        return .milliseconds(Int64((seconds * 1000).rounded()))
    }

    /// `1+2x3` is 1 3 5 7, `5x2` is 5 5 5, `_` is no sample, `stale` ends the series.
    static func values(_ text: String) throws -> [Double?] {
        try text.split(separator: " ").flatMap { word -> [Double?] in
            if word == "stale" { return [.staleMarker] }
            let parts = word.split(separator: "x").map(String.init)
            let count = parts.count > 1 ? Int(parts[1]) : 0
            guard parts.count <= 2, let count else { throw Malformed(text: String(word)) }
            if parts[0] == "_" { return Array(repeating: nil, count: max(count, 1)) }
            let sign = parts[0].dropFirst().firstIndex { "+-".contains($0) }
            let start = Double(sign.map { String(parts[0][..<$0]) } ?? parts[0])
            let increment = sign.map { Double(parts[0][$0...]) } ?? 0
            guard let start, let increment else { throw Malformed(text: String(word)) }
            return (0...count).map { start + Double($0) * increment }
        }
    }

    static func labels(_ series: String) throws -> LabelSet {
        let matchers = try QueryExpression(parsing: series).selectors.first ?? []
        return LabelSet(matchers.map { (name: $0.name, value: $0.value) })
    }
}

extension RuleUnitTest.Case {
    private static let epoch = Timestamp(seconds: 1_700_000_000)

    /// Scrapes, evaluates and writes back as the monitor does, over a real store.
    func mistakes(groups: [RuleGroup], step: Duration) throws -> [String] {
        let directory = try TemporaryDirectory("mlmon-rule-test")
        let store = try Store(StoreOptions(path: directory.file("mlmon.db")))
        defer { try? store.close() }
        let runner = RuleRunner(groups: groups, route: nil, store: store)
        let inputs = try input_series.map {
            (labels: try RuleUnitTest.labels($0.series), values: try RuleUnitTest.values($0.values))
        }
        let table = SeriesTable(labels: inputs.map(\.labels))
        let spacing = try RuleUnitTest.duration(interval)
        let checks = try alert_rule_test.map { (time: try RuleUnitTest.duration($0.eval_time), $0) }
        let end = checks.map(\.time).max() ?? .zero

        var mistakes: [String] = []
        var scrape = 0
        var elapsed = Duration.zero
        while elapsed <= end {
            while spacing * scrape <= elapsed {
                let at = Self.epoch + spacing * scrape
                let present = inputs.map { scrape < $0.values.count ? $0.values[scrape] : nil }
                let samples = zip(table.labels, present).compactMap { labels, value in
                    value.map { (labels: labels, value: $0) }
                }
                if !samples.isEmpty {
                    store.append([
                        samples.count == table.labels.count
                            ? SampleBatch(at: at, table: table, values: samples.map(\.value))
                            : SampleBatch(at: at, samples)
                    ])
                }
                scrape += 1
            }
            try store.commit()
            store.append(try runner.evaluate(at: Self.epoch + elapsed))
            try store.commit()
            mistakes += runner.health.compactMap { health in
                health.error.map { "\(name), \(elapsed): \(health.rule): \($0)" }
            }
            for (time, check) in checks where time == elapsed {
                mistakes += try check.mistakes(in: store.alerts()).map {
                    "\(name), \(elapsed): \($0)"
                }
            }
            elapsed += step
        }
        return mistakes
    }
}

extension RuleUnitTest.Check {
    func mistakes(in alerts: [AlertRecord]) -> [String] {
        let firing = alerts.filter { $0.rule == alertname && $0.state == .firing }
        let actual = Set(
            firing.map {
                RuleUnitTest.Expectation(exp_labels: $0.labels, exp_annotations: $0.annotations)
            })
        let expected = Set(
            (exp_alerts ?? []).map { alert in
                let labels = (alert.exp_labels ?? [:])
                    .merging(["alertname": alertname]) { own, _ in own }
                return RuleUnitTest.Expectation(
                    exp_labels: labels, exp_annotations: alert.exp_annotations ?? [:])
            })
        return expected.subtracting(actual).map { "expected, does not fire: \($0)" }
            + actual.subtracting(expected).map { "fires, not expected: \($0)" }
    }
}
