import Querying
import Testing
import TimeSeries

@testable import Storage

@Suite struct GroundTruthTests {
    private static let window = Duration.seconds(300)

    private let fixture: StoreFixture

    init() throws { fixture = try StoreFixture() }

    private func prediction(
        _ id: String, second: Int64, service: String = "fraud"
    ) -> PredictionRecord {
        PredictionRecord(
            id: id, service: service, at: .second(second), model: "m", prediction: "1", score: 0.5)
    }

    /// Measures every window that has changed, with the share of labels that are "1" as accuracy.
    private func measured(_ store: Store) throws -> [RealisedWindow] {
        while try store.measureChanged(
            length: Self.window,
            { service, from, through, judged in
                let labels = judged.compactMap(\.label)
                let right = labels.count { $0 == "1" }
                return [
                    RealisedWindow(
                        service: service, model: "m", version: "", from: from, through: through,
                        predictionCount: judged.count, labelCount: labels.count,
                        metrics: labels.isEmpty
                            ? [:] : [.accuracy: Double(right) / Double(labels.count)])
                ]
            })
        {}
        return try store.realisedWindows()
    }

    @Test("only windows that changed are measured, and a label of the service goes first")
    func joining() throws {
        let store = try fixture.open()
        let count = try store.record(predictions: [
            prediction("a", second: 10), prediction("b", second: 299),
            prediction("c", second: 300), prediction("a", second: 20, service: "other"),
        ])
        #expect(count.added == 4)
        #expect(try measured(store).map(\.predictionCount) == [2, 1, 1])
        #expect(try measured(store).allSatisfy { $0.metrics.isEmpty })

        let labels = [
            LabelRecord(id: "a", service: "", at: .second(900), label: "0"),
            LabelRecord(id: "a", service: "fraud", at: .second(900), label: "1"),
        ]
        #expect(try store.record(labels: labels).added == 2)
        let windows = try measured(store)
        #expect(windows.first { $0.service == "fraud" }?.metrics == [.accuracy: 1])
        #expect(windows.first { $0.service == "other" }?.metrics == [.accuracy: 0])
        #expect(try store.record(labels: labels).unchanged == 2)
        #expect(
            try !store.measureChanged(length: Self.window) { _, _, _, _ in
                Issue.record("nothing has changed")
                return []
            })
    }

    @Test("windows are series from their end to the next one's")
    func series() throws {
        let store = try fixture.open()
        _ = try store.record(predictions: [
            prediction("a", second: 10), prediction("b", second: 310),
        ])
        _ = try store.record(labels: [
            LabelRecord(id: "a", service: "", at: .second(900), label: "1"),
            LabelRecord(id: "b", service: "", at: .second(900), label: "0"),
        ])
        _ = try measured(store)
        let all = try #require(try store.all("mlmon_realised_accuracy").first)
        #expect(all.timestamps == (5...15).map { Int64($0) * 60_000 })
        #expect(all.values.dropLast() == [1, 1, 1, 1, 1, 0, 0, 0, 0, 0])
        #expect(all.values.last?.isStaleMarker == true)
        let matchers = [
            try LabelMatcher(name: "__name__", .matches, value: "mlmon_realised_(accuracy|f1)"),
            try LabelMatcher(name: "service", .equal, value: "fraud"),
        ]
        let part = try store.series(
            matching: matchers, from: .second(421), through: .second(540))
        #expect(part.map(\.timestamps) == [[480_000, 540_000]])
        #expect(try store.labelSets(matching: matchers).count == 2)
        #expect(
            try store.series(
                matching: [LabelMatcher(name: "service", .equal, value: "x")], from: .second(0),
                through: .second(900)
            ).isEmpty)
    }

    @Test("another length of windows measures anew")
    func length() throws {
        let store = try fixture.open()
        _ = try store.record(predictions: [prediction("a", second: 10)])
        #expect(try measured(store).count == 1)
        try store.forgetWindows(ofOtherLengthThan: Self.window)
        #expect(try !store.hasUnmeasured())
        try store.forgetWindows(ofOtherLengthThan: .seconds(60))
        #expect(try store.hasUnmeasured() && store.realisedWindows().isEmpty)
    }

    @Test("retention removes predictions, labels and windows")
    func retention() throws {
        let store = try fixture.open(retention: .seconds(3600))
        _ = try store.record(predictions: [
            prediction("old", second: 10), prediction("new", second: 4000),
        ])
        _ = try store.record(labels: [
            LabelRecord(id: "old", service: "", at: .second(20), label: "1"),
            LabelRecord(id: "new", service: "", at: .second(4100), label: "1"),
        ])
        #expect(try measured(store).count == 2)
        try store.enforceRetention(now: .second(5000))
        #expect(try store.realisedWindows().map(\.from) == [.second(3900)])
        let again = try store.record(predictions: [
            prediction("old", second: 10), prediction("new", second: 4000),
        ])
        #expect(again.added == 1 && again.unchanged == 1)
    }

    @Test("series of another source are read as if they were in the file")
    func underlay() throws {
        let other = MemorySource([
            Series(labels: LabelSet(metricName: "b"), timestamps: [1000], values: [2])
        ])
        let store = try Store(StoreOptions(path: fixture.path), over: other)
        try store.write(SampleBatch("a", 1, atSecond: 1))
        let matchers = [try LabelMatcher(name: "__name__", .matches, value: "a|b")]
        let found = try store.series(matching: matchers, from: .second(0), through: .second(2))
        #expect(found.map(\.values) == [[1], [2]])
        #expect(try store.series(matching: matchers, from: .second(2), through: .second(3)).isEmpty)
    }
}
