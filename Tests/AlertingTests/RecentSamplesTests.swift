import Querying
import Synchronization
import Testing
import TimeSeries

@testable import Alerting

@Suite("Recent samples")
struct RecentSamplesTests {
    /// Answers from what it was given, and counts the questions.
    private final class CountingSource: SeriesSource, Sendable {
        private let batches = Mutex<[SampleBatch]>([])
        private let questions = Mutex<[ClosedRange<Timestamp>]>([])

        var questionCount: Int { questions.withLock { $0.count } }
        /// The range that the last question was about.
        var lastQuestion: ClosedRange<Timestamp>? { questions.withLock { $0.last } }

        func add(_ batch: SampleBatch) { batches.withLock { $0.append(batch) } }

        func series(
            matching matchers: [LabelMatcher], from: Timestamp, through: Timestamp
        ) throws -> [Series] {
            questions.withLock { $0.append(from...through) }
            var samples: [LabelSet: [Int64: Double]] = [:]
            for batch in batches.withLock({ $0 }) where batch.at >= from && batch.at <= through {
                for (labels, value) in zip(batch.table.labels, batch.values)
                where matchers.allSatisfy({ $0.matches(labels) }) {
                    // Of two samples at one time the first counts.
                    if samples[labels]?[batch.at.milliseconds] == nil {
                        samples[labels, default: [:]][batch.at.milliseconds] = value
                    }
                }
            }
            return samples.sorted { $0.key < $1.key }.map { labels, byTime in
                let times = byTime.keys.sorted()
                return Series(
                    labels: labels, timestamps: times, values: times.compactMap { byTime[$0] })
            }
        }
    }

    private let store = CountingSource()
    private let recent: RecentSamples

    init() {
        recent = RecentSamples(over: store)
    }

    private func write(_ batch: SampleBatch) {
        store.add(batch)
        recent.note([batch])
        recent.noteCommit()
    }

    private static func seconds(_ seconds: Double) -> Timestamp {
        Timestamp(milliseconds: 1_700_000_000_000 + Int64(seconds * 1000))
    }

    /// Asks both, and says whether memory answered.
    private func isFromMemory(
        _ selector: String, from: Double, through: Double
    ) throws -> Bool {
        let matchers = try #require(try QueryExpression(parsing: selector).selectors.first)
        let (from, through) = (Self.seconds(from), Self.seconds(through))
        let expected = try store.series(matching: matchers, from: from, through: through)
        let before = store.questionCount
        let found = try recent.series(matching: matchers, from: from, through: through)
        #expect(found.map(\.labels) == expected.map(\.labels), "\(selector)")
        #expect(found.map(\.timestamps) == expected.map(\.timestamps), "\(selector)")
        #expect(
            found.map { $0.values.map(\.bitPattern) }
                == expected.map { $0.values.map(\.bitPattern) },
            "\(selector)")
        return store.questionCount == before
    }

    private let table = SeriesTable(
        labels: ["b", "a", "c"].map { LabelSet(metricName: "m", ["i": $0]) }
            + [LabelSet(metricName: "n")])

    private func scrape(at second: Double) {
        write(
            SampleBatch(
                at: Self.seconds(second), table: table,
                values: [second, second * 2, second == 40 ? .staleMarker : 7, 1]))
    }

    @Test("the first question asks the store for what came before, the next ones nothing")
    func covered() throws {
        for second in stride(from: 0.0, to: 20, by: 2) { scrape(at: second) }
        #expect(try !isFromMemory("m", from: 8, through: 18))
        #expect(store.lastQuestion == Self.seconds(8)...Self.seconds(16))
        #expect(try isFromMemory("m", from: 8, through: 18), "asked by another rule")
        for second in stride(from: 20.0, to: 24, by: 2) { scrape(at: second) }
        #expect(try isFromMemory("m", from: 12, through: 22))
        for second in stride(from: 24.0, to: 60, by: 2) { scrape(at: second) }
        #expect(try isFromMemory("m", from: 48, through: 58))
        #expect(try isFromMemory("m", from: 49, through: 58))
        #expect(try !isFromMemory("n", from: 48, through: 58), "another selector")
    }

    @Test("what was on its way to the store at the first question is not lost")
    func uncommitted() throws {
        for second in stride(from: 0.0, through: 10, by: 1) { scrape(at: second) }
        recent.note([
            SampleBatch(at: Self.seconds(11), table: table, values: [1, 2, 3, 4])
        ])
        let matchers = try #require(try QueryExpression(parsing: "n").selectors.first)
        func count() throws -> Int? {
            try recent.series(
                matching: matchers, from: Self.seconds(5), through: Self.seconds(11)
            ).first?.values.count
        }
        #expect(try count() == 7)
        #expect(try count() == 7)
    }

    @Test("a table that was written once before the first question is asked for is there")
    func leaving() throws {
        for second in stride(from: 0.0, through: 10, by: 1) { scrape(at: second) }
        let leaving = SeriesTable(labels: [LabelSet(metricName: "m", ["i": "leaving"])])
        write(SampleBatch(at: Self.seconds(10), table: leaving, values: [5]))
        #expect(try !isFromMemory("m", from: 0, through: 10))
        for second in stride(from: 11.0, through: 20, by: 1) { scrape(at: second) }
        #expect(try isFromMemory("m", from: 10, through: 20))
    }

    @Test("of scrapes that are far apart nothing is lost")
    func generations() throws {
        for second in stride(from: 0.0, through: 60, by: 15) { scrape(at: second) }
        #expect(try !isFromMemory("m", from: 0, through: 61))
        for second in stride(from: 75.0, through: 150, by: 15) {
            scrape(at: second)
            #expect(try isFromMemory("m", from: second - 60, through: second))
        }
    }

    @Test("while commits fail newer samples are let go, and nothing is claimed until two more")
    func many() {
        let wide = SeriesTable(
            labels: (0..<20_000).map { LabelSet(metricName: "w", ["i": "\($0)"]) })
        let values = [Double](repeating: 1, count: 20_000)
        var newest = NewestBatches()
        func add(_ steps: ClosedRange<Int>) {
            for step in steps {
                newest.append(
                    SampleBatch(at: Self.seconds(Double(step)), table: wide, values: values))
            }
        }
        func kept() -> [Double] {
            newest.byTable.joined().map { ($0.at - Self.seconds(0)).inSeconds }
        }
        add(1...100)
        #expect(newest.isWhole && kept().count == 100)
        add(101...300)
        #expect(!newest.isWhole && kept().isEmpty)
        newest.noteCommit()
        add(301...302)
        #expect(!newest.isWhole)
        newest.noteCommit()
        #expect(newest.isWhole && kept() == [301, 302])
        #expect(newest.since == Self.seconds(300).milliseconds)
        newest.noteCommit()
        #expect(kept().isEmpty && newest.since == Self.seconds(302).milliseconds)
        #expect(newest.byTable.isEmpty)
    }

    @Test("a batch that comes late for its time is kept until it is committed")
    func lateForItsTime() {
        var newest = NewestBatches()
        func add(_ second: Double) {
            newest.append(
                SampleBatch(at: Self.seconds(second), table: table, values: [1, 2, 3, 4]))
        }
        add(0.2)
        newest.noteCommit()
        newest.noteCommit()
        for second in [5, 15, 15.001] { add(second) }
        #expect(
            newest.byTable.joined().map(\.at.milliseconds).first == Self.seconds(5).milliseconds)
        newest.noteCommit()
        #expect(newest.byTable.joined().count == 3)
        newest.noteCommit()
        #expect(newest.byTable.joined().isEmpty)
        #expect(newest.since == Self.seconds(15.001).milliseconds)
    }

    @Test(
        "a longer range is answered by the store once, with whose answer memory reaches back as far"
    )
    func longer() throws {
        #expect(try !isFromMemory("m", from: -10, through: 0))
        for second in stride(from: 1.0, to: 60, by: 1) { scrape(at: second) }
        #expect(try isFromMemory("m", from: 49, through: 59))
        #expect(try !isFromMemory("m", from: 29, through: 59))
        for second in stride(from: 60.0, to: 75, by: 1) { scrape(at: second) }
        #expect(try isFromMemory("m", from: 44, through: 74))
        for second in stride(from: 75.0, to: 90, by: 1) { scrape(at: second) }
        #expect(try isFromMemory("m", from: 59, through: 89))
        #expect(try !isFromMemory("m", from: -3_600, through: 89), "longer than anything kept")
    }

    @Test("metrics that are named together are kept one by one")
    func names() throws {
        for second in stride(from: 0.0, through: 10, by: 1) { scrape(at: second) }
        #expect(try !isFromMemory("m", from: 0, through: 10))
        #expect(try !isFromMemory("n", from: 0, through: 10))
        scrape(at: 11)
        let matchers = try #require(
            try QueryExpression(parsing: "{__name__=~'n|m|none|n', i!='b'}").selectors.first)
        func found(from: Double) throws -> [LabelSet: [Double]] {
            let found = try recent.unorderedSeries(
                matching: matchers, from: Self.seconds(from), through: Self.seconds(11))
            return Dictionary(uniqueKeysWithValues: found.map { ($0.labels, $0.values) })
        }
        let expected: [LabelSet: [Double]] = [
            LabelSet(metricName: "m", ["i": "a"]): [20, 22],
            LabelSet(metricName: "m", ["i": "c"]): [7, 7], LabelSet(metricName: "n"): [1, 1],
        ]
        #expect(try found(from: 10) == expected)
        let count = store.questionCount
        #expect(try found(from: 10) == expected)
        #expect(store.questionCount == count)
        #expect(try found(from: -3_600).count == 3)
        #expect(store.questionCount == count + 1, "as one, where memory does not reach")
    }

    @Test("what was stored before the first question is read once")
    func history() throws {
        for second in stride(from: 0.0, through: 100, by: 1) { scrape(at: second) }
        #expect(try !isFromMemory("m", from: 40, through: 100))
        for second in stride(from: 101.0, through: 180, by: 1) {
            scrape(at: second)
            #expect(try isFromMemory("m", from: second - 60, through: second))
        }
        #expect(try !isFromMemory("m", from: 90, through: 180), "longer than before")
        #expect(try isFromMemory("m", from: 90, through: 180))
    }

    @Test("a sample that was on its way at the first questions is not lost")
    func late() throws {
        for second in stride(from: 0.0, through: 10, by: 1) { scrape(at: second) }
        #expect(try !isFromMemory("m", from: 0, through: 10))
        let slow = SeriesTable(labels: [LabelSet(metricName: "m", ["i": "slow"])])
        for second in stride(from: 11.0, through: 14, by: 1) { scrape(at: second) }
        write(SampleBatch(at: Self.seconds(5), table: slow, values: [5]))
        #expect(try isFromMemory("m", from: 4, through: 14))
    }

    @Test("a series that moves to another table stays one series")
    func tables() throws {
        #expect(try !isFromMemory("m", from: -10, through: 0))
        for second in stride(from: 1.0, to: 10, by: 1) { scrape(at: second) }
        let other = SeriesTable(labels: [LabelSet(metricName: "m", ["i": "a"])])
        for second in stride(from: 9.0, to: 20, by: 1) {
            write(SampleBatch(at: Self.seconds(second), table: other, values: [second * 3]))
        }
        #expect(try isFromMemory("m", from: 5, through: 15))
        #expect(try isFromMemory("m", from: 11, through: 19), "the first table has left")
    }

    @Test("a question about less time than a sample is old forgets nothing")
    func shortAfterLong() throws {
        #expect(try !isFromMemory("m", from: -60, through: 0))
        for second in stride(from: 15.0, to: 121, by: 15) { scrape(at: second) }
        #expect(try isFromMemory("m", from: 128, through: 134), "between two scrapes")
        #expect(try isFromMemory("m", from: 74, through: 134))
    }

    @Test("after the clock was set back the store answers until it has caught up")
    func backwards() throws {
        #expect(try !isFromMemory("m", from: -10, through: 0))
        for second in stride(from: 1.0, to: 40, by: 1) { scrape(at: second) }
        for second in stride(from: 20.5, to: 39, by: 1) { scrape(at: second) }
        #expect(try !isFromMemory("m", from: 28, through: 38))
        for second in stride(from: 40.0, to: 60, by: 1) { scrape(at: second) }
        #expect(try isFromMemory("m", from: 49, through: 59))
    }

    @Test("a clock that was set back loses no table's samples")
    func backwardsBesideOthers() throws {
        let other = SeriesTable(labels: [LabelSet(metricName: "m", ["i": "other"])])
        #expect(try !isFromMemory("m", from: -10, through: 0))
        for second in stride(from: 1.0, to: 100, by: 1) {
            scrape(at: second)
            write(SampleBatch(at: Self.seconds(second + 0.9), table: other, values: [second]))
        }
        scrape(at: 97.5)
        for second in stride(from: 100.0, to: 104, by: 1) { scrape(at: second) }
        #expect(try !isFromMemory("m", from: 93, through: 103))
        #expect(try isFromMemory("m", from: 93, through: 103))
    }

    @Test("samples with times of their own are left to the store")
    func ownTimes() throws {
        #expect(try !isFromMemory("m", from: -10, through: 0))
        scrape(at: 1)
        recent.note([
            SampleBatch(
                at: Self.seconds(2), table: table, values: [1, 2, 3, 4],
                timestamps: [1, 2, 3, 4].map { Self.seconds($0).milliseconds })
        ])
        for second in stride(from: 3.0, to: 40, by: 1) { scrape(at: second) }
        #expect(try !isFromMemory("m", from: 28, through: 38))
    }
}
