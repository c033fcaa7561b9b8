import Querying
import TestSupport
import Testing
import TimeSeries

@testable import Storage

/// Names and values of labels, of all series and of those with samples at some time.
@Suite("Labels of a store")
struct StoreLabelTests {
    private static func set(_ name: String, _ labels: [String: String]) -> LabelSet {
        LabelSet(metricName: name, labels)
    }

    /// `old` has samples from 0 to 9 s in blocks, `new` from 1000 to 1009 s in the journal, `both`
    /// in either; `timed` is at 500 s by its own timestamp, in a row of 1000 s.
    private static func fill(_ store: Store) throws {
        func write(_ seconds: Range<Int64>, _ sets: [LabelSet]) throws {
            for second in seconds {
                store.append([SampleBatch(at: .second(second), sets.map { (labels: $0, value: 1) })]
                )
            }
            try store.commit()
        }
        try write(0..<10, [set("old", ["a": "1"]), set("both", ["b": "1"])])
        try store.compactFully(now: .second(86_400))
        try write(1000..<1010, [set("new", ["a": "2"]), set("both", ["b": "1"])])
        store.append([
            SampleBatch(
                at: .second(1000), table: SeriesTable(labels: [set("timed", ["c": "1"])]),
                values: [1], timestamps: [500_000])
        ])
        try store.commit()
    }

    private static let any = try? LabelMatcher(name: "__name__", .matches, value: "old|new|both")

    @Test(
        "only series with samples in the range count",
        arguments: [
            (0, 9, ["both", "old"], ["1"]), (1000, 2000, ["both", "new"], ["2"]),
            (10, 499, [], []), (10, 500, ["timed"], []),
            (9, 1000, ["both", "new", "old", "timed"], ["1", "2"]),
            (3000, 4000, [], []), (9, 9, ["both", "old"], ["1"]), (1010, 1010, [], []),
        ])
    func ranges(from: Int64, through: Int64, names: [String], values: [String]) throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        try Self.fill(store)
        let range = Timestamp.second(from)...Timestamp.second(through)
        let all = SeriesSelection(range: range)
        #expect(try store.labelValues(of: "__name__", in: all).sorted() == names)
        #expect(try store.labelValues(of: "a", in: all).sorted() == values)
        let labels = try store.labelNames(of: all)
        #expect(labels.contains("a") == !values.isEmpty)
        #expect(labels.contains("c") == names.contains("timed"))
        let matcher = try #require(Self.any)
        let selected = SeriesSelection(selectors: [[matcher]], range: range)
        let known = names.filter { $0 != "timed" }
        #expect(try store.labelSets(of: selected).compactMap(\.metricName) == known)
        #expect(try store.labelValues(of: "__name__", in: selected).sorted() == known)
        #expect(try store.labelNames(of: selected).contains("__name__") == !known.isEmpty)
        try store.close()
    }

    @Test("without a range every known series counts; selectors are joined")
    func selectors() throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        try Self.fill(store)
        #expect(try store.labelNames() == ["__name__", "a", "b", "c"])
        #expect(try store.labelValues(of: "a") == ["1", "2"])
        let two = SeriesSelection(
            selectors: try ["old", "timed"].map {
                [try LabelMatcher(name: "__name__", .equal, value: $0)]
            })
        #expect(try store.labelNames(of: two) == ["__name__", "a", "c"])
        #expect(try store.labelValues(of: "a", in: two) == ["1"])
        #expect(try store.labelSets(of: two).compactMap(\.metricName) == ["old", "timed"])
        try store.close()
    }
}
