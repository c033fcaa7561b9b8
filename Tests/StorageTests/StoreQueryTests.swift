import Foundation
import Querying
import TestSupport
import Testing
import TimeSeries

@testable import Storage

@Suite struct StoreQueryTests {
    private static let sets: [LabelSet] = [
        LabelSet(metricName: "up", ["service": "a", "instance": "a:1"]),
        LabelSet(metricName: "up", ["service": "b", "instance": "b:1", "zone": "eu"]),
        LabelSet(metricName: "up", ["service": "ab", "instance": "b:2", "zone": "us"]),
        LabelSet(metricName: "requests", ["service": "a", "code": "200"]),
        LabelSet(metricName: "requests", ["service": "a", "code": "500"]),
        LabelSet(metricName: "requests", ["service": "b", "code": "200", "zone": "eu"]),
        // The same text to a reader, other bytes: é as one scalar, and as two.
        LabelSet(metricName: "text", ["value": "caf\u{E9}"]),
        LabelSet(metricName: "text", ["value": "cafe\u{301}"]),
        LabelSet(metricName: "text", ["value": "nul\u{0}byte", "empty": ""]),
        LabelSet(["nameless": "yes"].map { (name: $0.key, value: $0.value) }),
    ]

    @Test(
        "matchers find on the index what they match",
        arguments: [
            [("service", MatchOperation.equal, "a")],
            [("service", .notEqual, "a")],
            [("service", .equal, "")],
            [("service", .notEqual, "")],
            [("zone", .equal, "")],
            [("zone", .notEqual, "eu")],
            [("zone", .matches, "e.|us")],
            [("zone", .matches, "|us")],
            [("zone", .matches, ".*")],
            [("zone", .matches, ".+")],
            [("zone", .notMatches, "e.")],
            [("zone", .notMatches, ".*")],
            [("zone", .notMatches, "")],
            [("nosuch", .equal, "x")],
            [("nosuch", .notEqual, "x")],
            [("nosuch", .matches, "x?")],
            [("__name__", .equal, "up"), ("service", .matches, "a.*"), ("zone", .notEqual, "us")],
            [("__name__", .matches, "up|requests"), ("code", .notMatches, "5..")],
            [("__name__", .equal, "")],
            [("value", .equal, "caf\u{E9}")],
            [("value", .notEqual, "caf\u{E9}"), ("__name__", .equal, "text")],
            [("value", .equal, "nul\u{0}byte")],
            [],
        ])
    func matchers(_ conditions: [(String, MatchOperation, String)]) throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        try store.write(SampleBatch(at: .second(1), Self.sets.map { (labels: $0, value: 1) }))
        let matchers = try conditions.map { try LabelMatcher(name: $0.0, $0.1, value: $0.2) }
        let expected = Self.sets.filter { set in matchers.allSatisfy { $0.matches(set) } }.sorted()
        #expect(try store.labelSets(matching: matchers) == expected)
        let series = try store.series(matching: matchers, from: .second(0), through: .second(9))
        #expect(series.map(\.labels) == expected)
        try store.close()
    }

    @Test("the range is closed at both ends, and empty where it ends before it begins")
    func range() throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        for second in 0..<10 { store.append([SampleBatch("m", 1, atSecond: Int64(second))]) }
        try store.commit()
        func seconds(_ from: Int64, _ through: Int64) throws -> [Int64] {
            try store.series(matching: [], from: .second(from), through: .second(through))
                .first?.timestamps.map { $0 / 1000 } ?? []
        }
        for isFolded in [false, true] {
            if isFolded { try store.compactFully(now: .second(10)) }
            #expect(try seconds(3, 5) == [3, 4, 5])
            #expect(try seconds(9, 30) == [9])
            #expect(try seconds(5, 4) == [])
            #expect(try seconds(10, 20) == [])
        }
    }

    @Test("of equal timestamps the first sample stays, and late ones find their place")
    func duplicates() throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        for (second, value) in [(10, 1.0), (12, 2), (10, 3), (11, 4), (12, 5)] {
            try store.write(SampleBatch("m", value, atSecond: Int64(second)))
        }
        for isFolded in [false, true] {
            if isFolded { try store.compactFully(now: .second(20)) }
            let series = try #require(try store.all("m").first)
            #expect(series.timestamps == [10_000, 11_000, 12_000])
            #expect(series.values == [1, 4, 2])
        }
        try store.write(SampleBatch("m", 6, atSecond: 11))
        try store.write(SampleBatch("m", 7, atSecond: 9))
        #expect(try store.all("m").first?.values == [7, 1, 4, 2])
        try store.compactFully(now: .second(20))
        #expect(try store.all("m").first?.values == [7, 1, 4, 2])
    }

    @Test("the last sample is the newest that is no stale marker, wherever it lies")
    func lastSamples() throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        let label = LabelSet(metricName: "m")
        try store.write(SampleBatch("m", 1, atSecond: 1))
        try store.compactFully(now: .second(1))
        try store.write(SampleBatch("m", .staleMarkerForTests, atSecond: 2))
        #expect(try store.lastSamples(of: [label]) == [label: Sample(at: .second(1), value: 1)])
        try store.compactFully(now: .second(2))
        #expect(try store.lastSamples(of: [label]) == [label: Sample(at: .second(1), value: 1)])
        try store.write(SampleBatch("m", 3, atSecond: 3))
        let unknown = LabelSet(metricName: "unknown")
        #expect(
            try store.lastSamples(of: [label, unknown])
                == [label: Sample(at: .second(3), value: 3)])
        try store.write(SampleBatch("dead", .staleMarkerForTests, atSecond: 3))
        #expect(try store.lastSamples(of: [LabelSet(metricName: "dead")]).isEmpty)
    }

    @Test(
        "last samples are found by matchers of every kind",
        arguments: [
            (#"{__name__=~"m.+", i="1"}"#, ["mean", "most"]),
            (#"{i="1", __name__!="most"}"#, ["mean", "other"]),
            (#"{__name__=~"m.+"}"#, ["mean", "most", "mine"]), (#"{__name__="m"}"#, []),
            (#"{i="1", j=""}"#, ["mean", "most", "other"]),
        ])
    func lastSamplesMatching(selector: String, names: [String]) throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        let table = SeriesTable(
            labels: ["mean", "most", "other"].map { LabelSet(metricName: $0, ["i": "1"]) }
                + [LabelSet(metricName: "mine", ["i": "2", "j": "x"])])
        try store.write(SampleBatch(at: .second(1), table: table, values: [1, 2, 3, 4]))
        try store.compactFully(now: .second(1))
        try store.write(SampleBatch(at: .second(2), table: table, values: [5, 6, 7, 8]))
        let matchers = try #require(try QueryExpression(parsing: selector).selectors.first)
        let last = EarlierSamples(store)
        let found = try last.lastSamples(matching: matchers).matching
        #expect(Set(found.keys.compactMap(\.metricName)) == Set(names))
        #expect(found.values.allSatisfy { $0.at == .second(2) && $0.value > 4 })
        // What was asked for stays where it is when it is folded, merged and rolled up meanwhile.
        try store.compactFully(now: .second(100_000))
        #expect(try last.lastSamples(matching: matchers).matching == found)
        let mine = LabelSet(metricName: "mine", ["i": "2", "j": "x"])
        let isExact = matchers.contains { $0.name == "i" || $0.value == "m" }
        #expect(
            try last.lastSamples(matching: matchers, and: [mine]).others.count
                == (isExact ? 0 : 1))
    }

    @Test("records come back as they went in, and newer ones replace older ones")
    func records() throws {
        let fixture = try StoreFixture()
        var store = try fixture.open()
        var target = TargetStatus(
            service: "s", instance: "i", url: "http://x/", preset: "generic",
            isPresetRecognised: true, intervalSeconds: 2, isUp: true, lastScrapeMilliseconds: 5,
            lastDurationSeconds: 0.5, sampleCount: 3, message: nil)
        try store.record(targets: [target])
        target.isUp = false
        target.message = "connection refused"
        try store.record(targets: [target])
        let baseline = BaselineRecord(
            service: "s", model: "m", version: "1", feature: "prediction", origin: .pinned,
            createdMilliseconds: 1, fromMilliseconds: 2, throughMilliseconds: 3,
            bins: ["cat", "dog"], counts: [1, 2.5], windows: [[1, 2]])
        let id = try store.insert(baseline)
        let other = try store.insert(baseline)
        var window = DriftWindowRecord(
            service: "s", model: "m", version: "1", feature: "prediction", state: .drifted,
            fromMilliseconds: 1, throughMilliseconds: 2, bins: ["a"], referenceCounts: [1],
            counts: [2], psi: .infinity)
        try store.record(driftWindows: [window])
        window.state = .stable
        try store.record(driftWindows: [window])
        try store.record(detectorState: ["a": [0.5]], for: "ewma/a")
        try store.close()
        store = try fixture.open()
        #expect(try store.targets() == [target])
        #expect(try store.baselines().map(\.id) == [id, other])
        #expect(try store.baselines().first?.windows == [[1, 2]])
        #expect(try store.deleteBaseline(id: id))
        #expect(try !store.deleteBaseline(id: id))
        #expect(try store.insert(baseline) > other)
        #expect(try store.driftWindows() == [window])
        let state = try store.detectorState([String: [Double]].self, for: "ewma/a")
        #expect(state == ["a": [0.5]])
        #expect(try store.detectorState([Double].self, for: "ewma/b") == nil)
    }

    @Test("statistics count what there is")
    func statistics() throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        #expect(try store.statistics().oldestMilliseconds == nil)
        try store.write(SampleBatch("a", 1, atSecond: 7))
        store.append([SampleBatch("b", 1, atSecond: 8)])
        let statistics = try store.statistics()
        #expect(statistics.seriesCount == 1 && statistics.journalRowCount == 1)
        #expect(statistics.bufferedSampleCount == 1 && statistics.committedSampleCount == 1)
        #expect(statistics.oldestMilliseconds == 7_000)
        #expect(statistics.fileByteCount > 0 && statistics.walByteCount > 0)
    }
}
