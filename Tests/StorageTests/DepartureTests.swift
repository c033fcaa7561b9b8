import GRDB
import Testing
import TimeSeries

@testable import Storage

@Suite("Targets that leave")
struct DepartureTests {
    private static let now = Timestamp.second(10_000)

    @Test("the series of what left end once, the others go on", arguments: [false, true])
    func leave(isFolded: Bool) throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        try Self.fill(store, from: 9_900, through: 9_990)
        if isFolded { try store.compactFully(now: Self.now) }
        try Self.leave(store, kept: [("a", "a:2"), ("c", "c:1")])
        try Self.leave(store, kept: [("a", "a:2"), ("c", "c:1")])
        #expect(
            try Self.ends(store) == [
                "up a a:1": [10_000_000], "size a a:1": [10_000_000],
                // Of the service, which is still there.
                "drift a": [],
                "up a a:2": [], "size a a:2": [],
                "up b b:1": [10_000_000], "size b b:1": [10_000_000],
                "up b b:2": [10_000_000], "size b b:2": [10_000_000],
                "drift b": [10_000_000],
                "up c c:1": [], "size c c:1": [], "drift c": [],
                "ALERTS b": [],
            ])
        #expect(try store.targets().map(\.instance) == ["a:2", "c:1"])
    }

    @Test("what is over already does not end again", arguments: [false, true])
    func over(isFolded: Bool) throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        try store.record(targets: [Self.target("a", "a:1")])
        let labels = Self.labels("up", "a", "a:1")
        let old = Self.labels("old", "a", "a:1")
        try store.write(SampleBatch(at: .second(6_000), [(old, 1)]))
        try store.write(SampleBatch(at: .second(9_000), [(labels, 1)]))
        try store.write(SampleBatch(at: .second(9_500), [(labels, .staleMarker)]))
        if isFolded { try store.compactFully(now: Self.now) }
        try Self.leave(store, kept: [])
        #expect(try Self.ends(store) == ["up a a:1": [9_500_000], "old a a:1": []])
        #expect(try store.targets().isEmpty)
    }

    @Test("an end comes after the newest sample, wherever that is and whatever the clock says")
    func newest() throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        try store.record(targets: [Self.target("a", "a:1")])
        let (x, y, z) = (
            Self.labels("x", "a", "a:1"), Self.labels("y", "a", "a:1"), Self.labels("z", "a", "a:1")
        )
        try store.write(SampleBatch(at: .second(9_000), [(x, 1), (y, 1), (z, 1)]))
        try store.compactFully(now: Self.now)
        // The page changes; what it no longer has ends.
        try store.write(SampleBatch(at: .second(9_010), [(x, 2)]))
        try store.write(SampleBatch(at: .second(9_010), [(y, .staleMarker)]))
        // Times of its own, not in order.
        let table = SeriesTable(labels: [Self.labels("timed", "a", "a:1")])
        for second: Int64 in [10_020, 10_005] {
            try store.write(
                SampleBatch(
                    at: .second(9_020), table: table, values: [1], timestamps: [second * 1000]))
        }
        try Self.leave(store, kept: [])
        #expect(
            try Self.ends(store) == [
                "x a a:1": [10_000_000], "y a a:1": [9_010_000], "z a a:1": [10_000_000],
                "timed a a:1": [10_020_001],
            ])
    }

    @Test("an end that is cut short did not happen, and happens the next time")
    func cutShort() throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        try Self.fill(store, from: 9_900, through: 9_990)
        try store.write("setting a trap", isDurable: false) { db in
            try db.execute(
                sql: """
                    CREATE TRIGGER trap BEFORE DELETE ON target WHEN old.instance = 'b:2'
                    BEGIN SELECT RAISE(ABORT, 'cut short'); END
                    """)
        }
        #expect(storageError { try Self.leave(store, kept: [("c", "c:1")]) } != nil)
        let killed = try fixture.copy()
        try store.close()
        let after = try killed.open()
        #expect(try Self.ends(after).values.allSatisfy(\.isEmpty))
        #expect(try after.targets().count == 5)
        try after.write("taking the trap away", isDurable: false) { db in
            try db.execute(sql: "DROP TRIGGER trap")
        }
        try Self.leave(after, kept: [("c", "c:1")])
        #expect(try Self.ends(after)["up b b:2"] == [10_000_000])
        #expect(try after.targets().map(\.instance) == ["c:1"])
    }

    @Test("a page ends in one row, under the layout that it had")
    func rows() throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        try Self.fill(store, from: 9_900, through: 9_990)
        func counts() throws -> [Int] {
            try store.read("counting") { db in
                try ["journal", "layout", "series_bucket", "label"].map {
                    try Int.fetchOne(db, sql: "SELECT count(*) FROM \($0)") ?? 0
                }
            }
        }
        let before = try counts()
        try Self.leave(store, kept: [("a", "a:1"), ("a", "a:2"), ("c", "c:1")])
        // Two targets, and what is said of their service, which shares a row with other services.
        let difference = zip(try counts(), before).map { $0 - $1 }
        #expect(difference == [3, 1, 0, 0])
    }

    // MARK: Helpers

    private static func leave(
        _ store: Store, kept: [(service: String, instance: String)]
    ) throws {
        try store.removeTargets(
            except: kept, endingSeriesAt: now, heardSince: now - .seconds(3600), sparing: "ALERTS")
    }

    private static func labels(_ name: String, _ service: String, _ instance: String?) -> LabelSet {
        let labels = LabelSet(metricName: name).setting("service", to: service)
        return instance.map { labels.setting("instance", to: $0) } ?? labels
    }

    private static func target(_ service: String, _ instance: String) -> TargetStatus {
        TargetStatus(
            service: service, instance: instance, url: "http://\(instance)/metrics", preset: "",
            isPresetRecognised: false, intervalSeconds: 10, isUp: true,
            lastScrapeMilliseconds: nil, lastDurationSeconds: nil, sampleCount: 0, message: nil)
    }

    /// Five targets of three services, a page each, and what is computed of all services.
    private static func fill(_ store: Store, from: Int64, through: Int64) throws {
        let targets = [("a", "a:1"), ("a", "a:2"), ("b", "b:1"), ("b", "b:2"), ("c", "c:1")]
        try store.record(targets: targets.map { target($0, $1) })
        let pages = targets.map { service, instance in
            SeriesTable(labels: ["up", "size"].map { labels($0, service, instance) })
        }
        let computed = SeriesTable(
            labels: ["a", "b", "c"].map { labels("drift", $0, nil) } + [labels("ALERTS", "b", nil)])
        for second in stride(from: from, through: through, by: 10) {
            for table in pages + [computed] {
                let values = table.labels.indices.map { Double($0) + Double(second) }
                try store.write(SampleBatch(at: .second(second), table: table, values: values))
            }
        }
    }

    /// The times of the stale markers of each series, by its labels.
    private static func ends(_ store: Store) throws -> [String: [Int64]] {
        let all = try store.series(
            matching: [], from: Timestamp(milliseconds: .min),
            through: Timestamp(milliseconds: .max))
        return Dictionary(
            uniqueKeysWithValues: all.map { series in
                let words = ["__name__", "service", "instance"].compactMap { series.labels[$0] }
                let ends = zip(series.timestamps, series.values).filter { $1.isStaleMarker }
                return (words.joined(separator: " "), ends.map(\.0))
            })
    }
}
