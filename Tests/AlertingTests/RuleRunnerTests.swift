import Foundation
import Querying
import Storage
import Synchronization
import TestSupport
import Testing
import TimeSeries

@testable import Alerting

/// Series that a test changes between evaluations.
final class ChangingSource: SeriesSource, Sendable {
    private let samples = Mutex<[LabelSet: [Sample]]>([:])
    private let failure = Mutex<String?>(nil)

    struct Failure: Error {}

    func set(_ labels: LabelSet, _ value: Double, at: Timestamp) {
        samples.withLock { $0[labels, default: []].append(Sample(at: at, value: value)) }
    }

    /// Makes every read of series with this label value fail; nil ends that.
    func fail(where name: String?) {
        failure.withLock { $0 = name }
    }

    func series(
        matching matchers: [LabelMatcher], from: Timestamp, through: Timestamp
    ) throws -> [Series] {
        let failing = failure.withLock { $0 }
        if let failing, matchers.contains(where: { $0.value == failing }) { throw Failure() }
        let series = samples.withLock { samples in
            samples.map { Series(labels: $0.key, samples: $0.value.sorted { $0.at < $1.at }) }
        }
        return MemorySource(series).series(matching: matchers, from: from, through: through)
    }
}

@Suite struct RuleRunnerTests {
    private let directory: TemporaryDirectory
    private let source = ChangingSource()

    init() throws {
        directory = try TemporaryDirectory("mlmon-rules")
    }

    private func store() throws -> Store {
        try Store(StoreOptions(path: directory.file("mlmon.db")))
    }

    private func rule(
        _ name: String, _ expression: String, hold: Duration = .zero, keep: Duration = .zero,
        labels: [String: String] = [:], annotations: [String: String] = [:]
    ) throws -> Rule {
        Rule(
            action: .alert(name: name), expression: try QueryExpression(parsing: expression),
            hold: hold, keepFiring: keep, labels: labels, annotations: annotations,
            location: "test.yaml:\(name)")
    }

    private func runner(
        _ rules: [Rule], over store: Store, interval: Duration? = nil,
        route: Route? = Route(receiver: "r", groupWait: .zero)
    ) -> RuleRunner {
        RuleRunner(
            groups: [RuleGroup(name: "g", interval: interval, rules: rules)], route: route,
            store: store, source: source)
    }

    private func at(_ seconds: Double) -> Timestamp { Timestamp(seconds: 1_700_000_000 + seconds) }

    private func states(_ store: Store) throws -> [String] {
        try store.alerts().map { "\($0.rule) \($0.state.rawValue)" }.sorted()
    }

    /// `ALERTS{…}` and whether it ended, of the last batch.
    private func alertSeries(_ batches: [SampleBatch]) -> [String: Bool] {
        var series: [String: Bool] = [:]
        for batch in batches {
            for (labels, value) in zip(batch.table.labels, batch.values)
            where labels.metricName == "ALERTS" {
                series["\(labels["alertname"] ?? "") \(labels["alertstate"] ?? "")"] =
                    value.isStaleMarker
            }
        }
        return series
    }

    @Test("an alert is pending, fires after `for`, resolves, and shows in ALERTS all along")
    func lifeCycle() throws {
        let store = try store()
        let runner = runner(
            [
                try rule(
                    "Hot", "temperature > 30", hold: .seconds(10),
                    labels: ["severity": "critical", "where": "in {{ $labels.room | toUpper }}"],
                    annotations: ["summary": "{{ $labels.room }} has {{ $value }}"])
            ], over: store)
        let room: LabelSet = ["__name__": "temperature", "room": "lab"]
        source.set(room, 31, at: at(0))
        #expect(alertSeries(try runner.evaluate(at: at(0))) == ["Hot pending": false])
        let pending = try #require(try store.alerts().first)
        #expect(pending.state == .pending && pending.value == 31)
        #expect(
            pending.labels == [
                "alertname": "Hot", "severity": "critical", "room": "lab", "where": "in LAB",
            ])
        #expect(pending.annotations == ["summary": "lab has 31"])
        #expect(pending.ruleLocation == "test.yaml:Hot")

        source.set(room, 33, at: at(10))
        #expect(
            alertSeries(try runner.evaluate(at: at(10)))
                == ["Hot firing": false, "Hot pending": true])
        let firing = try #require(try store.alerts().first)
        #expect(firing.state == .firing && firing.annotations == ["summary": "lab has 33"])
        #expect(firing.pendingSinceMilliseconds == at(0).milliseconds)
        #expect(firing.firingSinceMilliseconds == at(10).milliseconds)
        #expect(firing.fingerprint == pending.fingerprint)

        source.set(room, 20, at: at(20))
        #expect(alertSeries(try runner.evaluate(at: at(20))) == ["Hot firing": true])
        let resolved = try #require(try store.alerts().first)
        #expect(resolved.state == .resolved)
        #expect(resolved.resolvedAtMilliseconds == at(20).milliseconds)
        #expect(try runner.evaluate(at: at(21)).isEmpty)
    }

    @Test("a resolved alert stays in the list for an hour")
    func resolvedRetention() throws {
        let store = try store()
        let runner = runner([try rule("A", "x > 0")], over: store)
        source.set(["__name__": "x"], 1, at: at(0))
        _ = try runner.evaluate(at: at(0))
        source.set(["__name__": "x"], 0, at: at(10))
        _ = try runner.evaluate(at: at(10))
        _ = try runner.evaluate(at: at(3_609))
        #expect(try states(store) == ["A resolved"])
        _ = try runner.evaluate(at: at(3_610))
        #expect(try states(store).isEmpty)
    }

    @Test("pending and firing times survive a restart, and nothing is announced twice")
    func restart() throws {
        let rules = [
            try rule("Slow", "x > 0", hold: .seconds(60)), try rule("Quick", "x > 0"),
        ]
        source.set(["__name__": "x"], 1, at: at(0))
        var store = try store()
        _ = try runner(rules, over: store).evaluate(at: at(0))
        let groups = try store.readAlertPlane("test") { try $0.groups() }
        try store.close()

        store = try self.store()
        let again = runner(rules, over: store)
        #expect(
            alertSeries(try again.evaluate(at: at(30)))
                == ["Slow pending": false, "Quick firing": false])
        let quick = try #require(try store.alerts().first { $0.rule == "Quick" })
        #expect(quick.firingSinceMilliseconds == at(0).milliseconds)
        #expect(try store.readAlertPlane("test") { try $0.groups() } == groups)
        _ = try again.evaluate(at: at(60))
        #expect(try states(store) == ["Quick firing", "Slow firing"])
        try store.close()
    }

    @Test("what resolved while mlmon was off is resolved at the first evaluation, and told")
    func resolvedWhileOff() throws {
        let rules = [try rule("A", "x > 0")]
        source.set(["__name__": "x"], 1, at: at(0))
        var store = try store()
        _ = try runner(rules, over: store).evaluate(at: at(0))
        try store.close()
        source.set(["__name__": "x"], 0, at: at(50))
        store = try self.store()
        #expect(
            alertSeries(try runner(rules, over: store).evaluate(at: at(60))) == ["A firing": true])
        let group = try #require(try store.readAlertPlane("test") { try $0.groups() }.first)
        #expect(group.members.map(\.endsAtMilliseconds) == [at(60).milliseconds])
    }

    @Test("alerts of a rule that was taken away end")
    func removedRule() throws {
        source.set(["__name__": "x"], 1, at: at(0))
        let store = try store()
        _ = try runner(
            [try rule("A", "x > 0"), try rule("B", "x > 0", hold: .seconds(60))], over: store
        ).evaluate(at: at(0))
        _ = try runner([], over: store).evaluate(at: at(10))
        #expect(try states(store) == ["A resolved"])
    }

    @Test("a rule that cannot be evaluated keeps its alerts, says why, and stops no other rule")
    func badRule() throws {
        let store = try store()
        let runner = runner(
            [
                try rule("Bad", "broken > 0"), try rule("Text", "\"text\""),
                try rule("Same", "x > 0", labels: ["room": "all"]), try rule("Good", "x > 0"),
            ], over: store)
        source.set(["__name__": "broken"], 1, at: at(0))
        source.set(["__name__": "x", "room": "a"], 1, at: at(0))
        source.set(["__name__": "x", "room": "b"], 1, at: at(0))
        source.fail(where: nil)
        _ = try runner.evaluate(at: at(0))
        #expect(try states(store) == ["Bad firing", "Good firing", "Good firing"])

        source.fail(where: "broken")
        let batches = try runner.evaluate(at: at(10))
        #expect(alertSeries(batches)["Bad firing"] == false)
        #expect(try states(store) == ["Bad firing", "Good firing", "Good firing"])
        let health = runner.health
        #expect(health.map(\.rule) == ["Bad", "Text", "Same", "Good"])
        #expect(health.map { $0.error != nil } == [true, true, true, false])
        #expect(health[1].error == "the expression gives no instant vector and no number")
        #expect(health[2].error?.hasPrefix("two series of the result become") == true)
        #expect(health[3].lastEvaluated == at(10))

        source.fail(where: nil)
        source.set(["__name__": "broken"], 0, at: at(20))
        _ = try runner.evaluate(at: at(20))
        #expect(runner.health[0].error == nil)
        #expect(try states(store).contains("Bad resolved"))
    }

    @Test("a clock that steps back neither resolves nor fires, until it catches up")
    func clockStepsBack() throws {
        let store = try store()
        let runner = runner(
            [try rule("A", "x > 0"), try rule("Off", "y > 0")], over: store)
        source.set(["__name__": "x"], 0, at: at(0))
        source.set(["__name__": "y"], 1, at: at(0))
        source.set(["__name__": "x"], 1, at: at(100))
        source.set(["__name__": "y"], 0, at: at(100))
        _ = try runner.evaluate(at: at(0))
        _ = try runner.evaluate(at: at(100))
        let before = try store.alerts()
        #expect(try states(store) == ["A firing", "Off resolved"])
        #expect(try runner.evaluate(at: at(50)).isEmpty)
        #expect(try store.alerts() == before)
        _ = try runner.evaluate(at: at(101))
        #expect(try states(store) == ["A firing", "Off resolved"])
        #expect(try store.alerts().first?.firingSinceMilliseconds == at(100).milliseconds)
    }

    @Test("after a long step back the rules go on, and no alert keeps a time in the future")
    func longStepBack() throws {
        let store = try store()
        let runner = runner([try rule("A", "x > 0", hold: .seconds(30))], over: store)
        source.set(["__name__": "x"], 1, at: at(0))
        source.set(["__name__": "x"], 1, at: at(299))
        source.set(["__name__": "x"], 1, at: at(10_000))
        _ = try runner.evaluate(at: at(10_000))
        for second in [0.0, 100, 299] { #expect(try runner.evaluate(at: at(second)).isEmpty) }
        _ = try runner.evaluate(at: at(300))
        let pending = try #require(try store.alerts().first)
        #expect(pending.state == .pending)
        #expect(pending.pendingSinceMilliseconds == at(300).milliseconds)
        _ = try runner.evaluate(at: at(330))
        #expect(try states(store) == ["A firing"])
    }

    @Test("recording rules write series, feed later rules, and end what vanished")
    func recording() throws {
        let store = try store()
        let record = Rule(
            action: .record(name: "room:temperature"),
            expression: try QueryExpression(parsing: "temperature * 2"), labels: ["unit": "F"],
            location: "test.yaml:1")
        let runner = runner([record, try rule("Hot", "room:temperature > 50")], over: store)
        source.set(["__name__": "temperature", "room": "lab"], 30, at: at(0))
        let batches = try runner.evaluate(at: at(0))
        #expect(
            batches.first.map { Array($0.table.labels) }
                == [["__name__": "room:temperature", "room": "lab", "unit": "F"]])
        #expect(batches.first?.values == [60])
        #expect(try states(store) == ["Hot firing"])
        source.set(["__name__": "temperature", "room": "lab"], .staleMarker, at: at(10))
        let ended = try runner.evaluate(at: at(10))
        #expect(ended.first?.values.map(\.isStaleMarker) == [true])
        #expect(try runner.evaluate(at: at(20)).isEmpty)
    }

    @Test("a group is evaluated as often as its interval says")
    func interval() throws {
        let store = try store()
        let runner = runner([try rule("A", "x")], over: store, interval: .seconds(10))
        source.set(["__name__": "x"], 1, at: at(0))
        _ = try runner.evaluate(at: at(0))
        _ = try runner.evaluate(at: at(9))
        #expect(runner.health[0].lastEvaluated == at(0))
        _ = try runner.evaluate(at: at(10))
        #expect(runner.health[0].lastEvaluated == at(10))
    }

    @Test("two rules of one name and the same labels are one alert to a receiver")
    func sameLabels() throws {
        let store = try store()
        let runner = runner([try rule("A", "x > 0"), try rule("A", "x > 5")], over: store)
        source.set(["__name__": "x"], 10, at: at(0))
        _ = try runner.evaluate(at: at(0))
        source.set(["__name__": "x"], 3, at: at(10))
        _ = try runner.evaluate(at: at(10))
        #expect(try states(store) == ["A firing", "A resolved"])
        let group = try #require(try store.readAlertPlane("test") { try $0.groups() }.first)
        #expect(group.members.map(\.endsAtMilliseconds) == [nil])
    }

    @Test("values that JSON has no number for are kept")
    func specialValues() throws {
        let store = try store()
        let runner = runner([try rule("A", "x")], over: store)
        source.set(["__name__": "x", "i": "1"], .infinity, at: at(0))
        source.set(["__name__": "x", "i": "2"], .nan, at: at(0))
        _ = try runner.evaluate(at: at(0))
        let values = try store.alerts().map(\.value)
        #expect(values.contains { $0.isNaN } && values.contains(.infinity))
    }

    @Test("when the store cannot be written nothing moves, and the next tick makes up for it")
    func storeFails() throws {
        let store = try store()
        let runner = runner([try rule("A", "x > 0")], over: store)
        _ = try runner.evaluate(at: at(0))
        source.set(["__name__": "x"], 1, at: at(1))
        let readOnly = try Store(
            StoreOptions(path: directory.file("mlmon.db"), isReadOnly: true))
        let blocked = self.runner([try rule("A", "x > 0")], over: readOnly)
        #expect(throws: (any Error).self) { try blocked.evaluate(at: at(1)) }
        #expect(throws: (any Error).self) { try blocked.evaluate(at: at(2)) }
        #expect(try states(store).isEmpty)
        #expect(alertSeries(try runner.evaluate(at: at(3))) == ["A firing": false])
    }
}
