import Foundation
import GRDB
import Querying
import TestSupport
import Testing
import TimeSeries

@testable import Storage

@Suite struct RollupTests {
    private static let start = RollupFixture.start
    private static let hour: Int64 = 3_600_000
    private static let end = start + 72 * hour
    private static let later = Timestamp(milliseconds: end + 2 * hour)

    private func filled(
        _ fixture: StoreFixture, seed: Int = 1
    ) throws -> (Store, MemorySource) {
        let series = RollupFixture.series(seed: seed, hours: 72)
        let store = try fixture.open(retention: .seconds(36_500 * 86_400))
        try RollupFixture.importAll(series, into: store)
        try store.compactFully(now: Self.later)
        return (store, MemorySource(series))
    }

    @Test(
        "what is counted over whole windows is what the samples say",
        arguments: [
            ("avg_over_time(b[1h])", hour), ("max_over_time(b[2h])", hour),
            ("min_over_time(b[1h])", hour), ("sum_over_time(b[1h])", hour),
            ("count_over_time(b[5m])", 300_000), ("present_over_time(b[1h])", hour),
            ("max_over_time(plain[1d])", 6 * hour), ("b", 300_000), ("plain", 900_000),
            ("avg_over_time(b[35m])", 300_000),
        ], [1, 2, 3])
    func exact(_ query: (String, Int64), seed: Int) throws {
        let fixture = try StoreFixture()
        let (store, memory) = try filled(fixture, seed: seed)
        let watched = WatchedSource(store)
        let from = Self.start + 24 * Self.hour
        let got = try RollupFixture.range(
            query.0, over: watched, from: from, through: Self.end, step: query.1)
        let wanted = try RollupFixture.range(
            query.0, over: memory, from: from, through: Self.end, step: query.1)
        #expect(watched.sampleReads == 0)
        #expect(got.map(\.labels) == wanted.map(\.labels))
        for (a, b) in zip(got, wanted) {
            #expect(a.timestamps == b.timestamps)
            for (x, y) in zip(a.values, b.values) {
                #expect(x == y || abs(x - y) <= 1e-9 * abs(y) + 1e-9 || (x.isNaN && y.isNaN))
            }
        }
        try store.close()
    }

    @Test(
        "a rate differs from that of the samples by what rose around the ends of its window",
        arguments: [("increase", hour), ("increase", 300_000), ("rate", 6 * hour)],
        ["a_total", "plain", "h_bucket"])
    func rates(_ query: (String, Int64), metric: String) throws {
        for seed in 1...4 {
            let fixture = try StoreFixture()
            let (store, memory) = try filled(fixture, seed: seed)
            let watched = WatchedSource(store)
            let text = "\(query.0)(\(metric)[\(query.1 / 60_000)m])"
            func answer(_ source: some SeriesSource) throws -> [Int64: Double] {
                let series = try RollupFixture.range(
                    text, over: source, from: Self.start + Self.hour, through: Self.end,
                    step: query.1)
                return Dictionary(
                    uniqueKeysWithValues: series.flatMap(\.samples).map {
                        ($0.at.milliseconds, $0.value)
                    })
            }
            let got = try answer(watched)
            let wanted = try answer(memory)
            #expect(watched.sampleReads == 0)
            #expect(Set(wanted.keys).subtracting(got.keys).isEmpty)
            // Two rises at each end: the samples are extrapolated there, the roll-ups are not.
            var bound = 4 * RollupFixture.greatestRise
            if query.0 == "rate" { bound /= Double(query.1) / 1000 }
            for (time, value) in wanted {
                #expect(abs((got[time] ?? .nan) - value) <= bound, "\(text) at \(time)")
            }
            try store.close()
        }
    }

    @Test("increases over neighbouring windows add up to what the counter gained")
    func conservation() throws {
        let fixture = try StoreFixture()
        let (store, _) = try filled(fixture)
        let watched = WatchedSource(store)
        let parts = try RollupFixture.range(
            "increase(a_total[1h])", over: watched, from: Self.start + Self.hour,
            through: Self.end, step: Self.hour)
        let series = try #require(store.all("a_total").first)
        var gained = 0.0
        var previous: Double?
        var gaps = 0.0
        var previousTime: Int64 = 0
        for (time, value) in zip(series.timestamps, series.values) where !value.isNaN {
            if time > Self.end { break }
            if time > Self.start, let previous {
                let rise = value >= previous ? value - previous : value
                gained += rise
                // What came while nobody looked belongs to no hour where the outage crosses one.
                let crosses =
                    Rollup.windowEnd(of: time, Self.hour)
                    != Rollup.windowEnd(of: previousTime, Self.hour)
                if crosses, time - previousTime > 60_000 { gaps += rise }
            }
            (previous, previousTime) = (value, time)
        }
        let sum = parts.flatMap(\.values).reduce(0, +)
        #expect(sum <= gained && sum >= gained - gaps)
        try store.close()
    }

    @Test("a single long window keeps its bounds, whatever they are")
    func single() throws {
        let fixture = try StoreFixture()
        let (store, memory) = try filled(fixture)
        let watched = WatchedSource(store)
        let time = Timestamp(milliseconds: Self.end - 1_234_567)
        for text in ["avg_over_time(b[51h17m3s])", "count_over_time(plain[2d])"] {
            let expression = try QueryExpression(parsing: text)
            let got = try QueryEngine().instant(expression, at: time, over: watched)
            let wanted = try QueryEngine().instant(expression, at: time, over: memory)
            guard case .vector(let a) = got, case .vector(let b) = wanted else {
                Issue.record("no vectors")
                return
            }
            #expect(a.count == b.count && a.count > 0)
            for (x, y) in zip(a, b) where !y.value.isNaN {
                #expect(abs(x.value - y.value) <= 1e-9 * abs(y.value))
            }
        }
        #expect(watched.rolledResolutions == [Self.hour, Self.hour])
        try store.close()
    }

    @Test("windows that do not lie on a resolution are moved by less than half a step")
    func moved() throws {
        let fixture = try StoreFixture()
        let (store, memory) = try filled(fixture)
        let offset: Int64 = 123_456
        let from = Self.start + 24 * Self.hour
        let got = try RollupFixture.range(
            "max_over_time(plain[1h])", over: store, from: from + offset,
            through: Self.end, step: Self.hour)
        let wanted = try RollupFixture.range(
            "max_over_time(plain[1h])", over: memory, from: from, through: Self.end - Self.hour,
            step: Self.hour)
        #expect(got.map(\.values) == wanted.map(\.values))
        #expect(got.first?.timestamps.first == from + offset)
        try store.close()
    }

    @Test(
        "rolled up a bit at a time, with late samples and an end at any moment, they are the same")
    func incremental() throws {
        let whole = RollupFixture.series(seed: 7, hours: 40)
        let fixture = try StoreFixture()
        var store = try fixture.open(retention: .seconds(36_500 * 86_400))
        // The second half of each hour comes before the first.
        for hour in 0...40 as ClosedRange<Int64> {
            for isSecond in [true, false] {
                let half = whole.map { series in
                    let kept = series.timestamps.indices.filter { index in
                        let time = series.timestamps[index] - Self.start + 10_000
                        return time / Self.hour == hour
                            && (time % Self.hour >= Self.hour / 2) == isSecond
                    }
                    return Series(
                        labels: series.labels, timestamps: kept.map { series.timestamps[$0] },
                        values: kept.map { series.values[$0] })
                }
                try RollupFixture.importAll(half, into: store)
                try store.compact(
                    now: Timestamp(milliseconds: Self.start + (hour + 2) * Self.hour))
                if hour % 7 == 3 {
                    try store.close()
                    store = try fixture.open(retention: .seconds(36_500 * 86_400))
                }
            }
        }
        let once = try StoreFixture()
        let other = try once.open(retention: .seconds(36_500 * 86_400))
        try RollupFixture.importAll(whole, into: other)
        let now = Timestamp(milliseconds: Self.start + 43 * Self.hour)
        try other.compact(now: now)
        try store.compact(now: now)
        for resolution in [300_000, 3_600_000] as [Int64] {
            for (metric, statistics) in [
                ("a_total", [RollupStatistic.count, .last, .increase, .gap]),
                ("b", [.count, .last, .sum, .minimum, .maximum]),
            ] {
                func rollup(_ store: Store) throws -> Rollup? {
                    try store.rollups(
                        matching: [LabelMatcher(name: "__name__", .equal, value: metric)],
                        resolution: resolution, statistics: statistics,
                        from: .init(milliseconds: Self.start), through: now
                    ).first?.rollup
                }
                let a = try #require(try rollup(store))
                let b = try #require(try rollup(other))
                #expect(a.ends == b.ends)
                for statistic in statistics {
                    #expect(
                        a[statistic].map(\.bitPattern) == b[statistic].map(\.bitPattern),
                        "\(metric) \(statistic) at \(resolution)")
                }
            }
        }
        try other.close()
        try store.close()
    }

    @Test("roll-ups answer for the time whose samples are gone")
    func afterRetention() throws {
        let fixture = try StoreFixture()
        let (filled, memory) = try filled(fixture)
        try filled.close()
        let store = try fixture.open(retention: .seconds(12 * 3600))
        let now = Timestamp(milliseconds: Self.end + 14 * Self.hour)
        try store.enforceRetention(now: now)
        #expect(try store.all("a_total").isEmpty)
        let from = Self.start + 24 * Self.hour
        for text in ["max_over_time(plain[1h])", "sum(max_over_time(plain[5m]))"] {
            let got = try RollupFixture.range(
                text, over: store, from: from, through: Self.end, step: Self.hour)
            let wanted = try RollupFixture.range(
                text, over: memory, from: from, through: Self.end, step: Self.hour)
            #expect(got.map(\.values) == wanted.map(\.values))
        }
        let times = Timestamp(milliseconds: from)...Timestamp(milliseconds: from + 1)
        #expect(
            try store.labelValues(of: "__name__", in: SeriesSelection(range: times))
                == ["a_total", "b", "plain", "h_bucket"])
        // Roll-ups go as well when their own time has come.
        var options = store.options
        try store.close()
        options.fiveMinuteRetention = .seconds(24 * 3600)
        options.hourRetention = .zero
        let short = try Store(options)
        try short.enforceRetention(now: now)
        let offer = try short.rollupOffer()
        #expect(offer.levels.map(\.resolution) == [300_000])
        #expect(try #require(offer.levels.first?.oldest) >= Self.end - 18 * Self.hour)
        try short.close()
    }

    @Test("a store of the first format gains roll-ups, a newer one is refused with its version")
    func migration() throws {
        let fixture = try StoreFixture()
        let (store, memory) = try filled(fixture)
        try store.close()
        let queue = try DatabaseQueue(path: fixture.path)
        try queue.writeWithoutTransaction { db in
            try db.execute(
                sql: """
                    DROP TABLE rollup; DROP TABLE rollup_progress;
                    DELETE FROM grdb_migrations WHERE identifier LIKE 'rollups-%';
                    PRAGMA user_version = 1;
                    """)
        }
        let migrated = try fixture.open(retention: .seconds(36_500 * 86_400))
        let wanted = try RollupFixture.range(
            "max_over_time(b[1h])", over: memory, from: Self.start + Self.hour,
            through: Self.end, step: Self.hour)
        for _ in 0..<2 {
            let got = try RollupFixture.range(
                "max_over_time(b[1h])", over: migrated, from: Self.start + Self.hour,
                through: Self.end, step: Self.hour)
            #expect(got.map(\.values) == wanted.map(\.values))
            try migrated.compactFully(now: Self.later)
        }
        #expect(try migrated.rollupOffer().levels.allSatisfy { $0.oldest != nil })
        #expect(try migrated.verify() == [])
        try migrated.close()
        try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA user_version = 77") }
        let refusal = storageError { _ = try fixture.open() }
        #expect(refusal?.message.contains("77") == true)
        try queue.close()
    }

    @Test("roll-ups of a file of version 2 are read, and replaced where samples come late")
    func secondFormat() throws {
        let fixture = try StoreFixture()
        let (store, memory) = try filled(fixture)
        try store.close()
        let queue = try DatabaseQueue(path: fixture.path)
        try queue.write { try Self.writeAsSecondFormat($0) }
        try queue.close()
        let questions = [
            "max_over_time(b[1h])", "sum(increase(a_total[1h]))", "avg_over_time(b[1h])",
        ]
        func expectSame(_ store: Store) throws {
            for text in questions {
                let got = try RollupFixture.range(
                    text, over: store, from: Self.start + Self.hour, through: Self.end,
                    step: Self.hour)
                let wanted = try RollupFixture.range(
                    text, over: before, from: Self.start + Self.hour, through: Self.end,
                    step: Self.hour)
                for (a, b) in zip(got, wanted) {
                    let isSame = zip(a.values, b.values).allSatisfy {
                        ($0 - $1).magnitude < 1e-6 || $0.isNaN && $1.isNaN
                    }
                    #expect(isSame && a.timestamps == b.timestamps, "\(text)")
                }
                #expect(got.count == wanted.count && !got.isEmpty)
            }
        }
        let fresh = try StoreFixture()
        let before = try filled(fresh).0
        let migrated = try fixture.open(retention: .seconds(36_500 * 86_400))
        try expectSame(migrated)
        #expect(try migrated.verify() == [])
        // Late samples that change nothing but which windows are made anew.
        let late = try #require(
            try memory.series(
                matching: [LabelMatcher(name: "__name__", .equal, value: "plain")],
                from: .init(milliseconds: .min), through: .init(milliseconds: .max)
            ).first)
        try RollupFixture.importAll(
            [
                Series(
                    labels: late.labels, timestamps: Array(late.timestamps.prefix(1)),
                    values: Array(late.values.prefix(1)))
            ], into: migrated)
        try migrated.compactFully(now: Self.later)
        let old = try migrated.database.read {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM rollup WHERE statistic < 7")
        }
        #expect(old == 0)
        try expectSame(migrated)
        try migrated.close()
        try before.close()
    }

    /// A row for each statistic.
    private static func writeAsSecondFormat(_ db: Database) throws {
        let rows = try Row.fetchAll(db, sql: "SELECT * FROM rollup")
        try db.execute(
            sql: """
                DELETE FROM rollup;
                DELETE FROM grdb_migrations WHERE identifier = 'rollups-2';
                PRAGMA user_version = 2;
                """)
        for row in rows {
            let grid = RollupPayload.Grid(
                period: row["period"], resolution: row["resolution"] as Int64 * 1000)
            let payload: Data = row["payload"]
            let rollups = try payload.withUnsafeBytes { bytes in
                let reader = try RollupPayloadReader(bytes, grid)
                return try reader.slots.compactMap { slot in
                    try reader.rollup(slot: slot, RollupStatistic.allCases).map { (slot, $0) }
                }
            }
            for statistic in RollupStatistic.allCases {
                let parts = rollups.filter { !$0.1.lacks(statistic) }.map { slot, rollup in
                    Block.Part(slot: slot, timestamps: rollup.ends, values: rollup[statistic])
                }
                if parts.isEmpty { continue }
                try db.execute(
                    sql: """
                        INSERT INTO rollup (bucket, resolution, statistic, period, payload)
                        VALUES (?, ?, ?, ?, ?)
                        """,
                    arguments: [
                        row["bucket"] as Int64, row["resolution"] as Int64, statistic.rawValue,
                        grid.period, Data(Block.encode(parts)),
                    ])
            }
        }
    }
}
