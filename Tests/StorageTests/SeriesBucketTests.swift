import Foundation
import GRDB
import TestSupport
import Testing
import TimeSeries

@testable import Storage

/// Which series a store knows, by their labels and back.
@Suite struct SeriesBucketTests {
    private static func table(_ range: Range<Int>) -> SeriesTable {
        SeriesTable(
            labels: range.map { i in
                LabelSet(metricName: "m", ["a": "\(i % 7)", "i": "\(i)", "z": "\(i % 3)"])
            })
    }

    private static func write(_ range: Range<Int>, atSecond second: Int64, to store: Store) throws {
        try store.write(
            SampleBatch(
                at: .second(second), table: table(range), values: range.map { Double($0) }))
    }

    private static func expectOneSample(of range: Range<Int>, each count: Int, _ store: Store)
        throws
    {
        let all = try store.all("m")
        #expect(all.count == range.count)
        #expect(Set(all.map(\.labels)) == Set(table(range).labels))
        for series in all {
            let value = Double(series.labels["i"] ?? "")
            #expect(series.values == Array(repeating: value, count: count))
        }
    }

    @Test("label sets of any likeness come back", arguments: 1...40)
    func comesBack(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let universe = Int64.random(in: 1...400, using: &random)
        let slots = (0..<UInt32(32)).filter { _ in Int.random(in: 0..<3, using: &random) > 0 }
        let entries = slots.map { slot in
            SeriesBucket.Entry(
                slot: slot,
                labels: (0..<Int.random(in: 0...20, using: &random)).map { _ in
                    Int64.random(in: 1...universe, using: &random)
                })
        }
        let bytes = SeriesBucket.encode(entries)
        #expect(try bytes.withUnsafeBytes { try SeriesBucket.entries($0) } == entries)
        for length in bytes.indices {
            #expect(throws: Damage.self) {
                try bytes.prefix(length).withUnsafeBytes { try SeriesBucket.entries($0) }
            }
        }
    }

    @Test("the same labels are the same series, in other tables, transactions and processes")
    func sameSeries() throws {
        let fixture = try StoreFixture()
        var store = try fixture.open()
        try Self.write(0..<100, atSecond: 1, to: store)
        // In parts, in another order of tables, some of them too small for a bucket of their own.
        for start in stride(from: 0, to: 100, by: 9) {
            try Self.write(start..<min(start + 9, 100), atSecond: 2, to: store)
        }
        try store.close()
        store = try fixture.open()
        for start in stride(from: 0, to: 100, by: 30) {
            try Self.write(start..<min(start + 30, 100), atSecond: 3, to: store)
        }
        try Self.expectOneSample(of: 0..<100, each: 3, store)
        #expect(try store.statistics().seriesCount == 100)
        #expect(try store.verify() == [])
        try store.close()
    }

    @Test("a series that comes twice in one commit is created once")
    func twiceInOneCommit() throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        store.append([
            SampleBatch("m", 1, atSecond: 1), SampleBatch("m", 2, atSecond: 2),
            SampleBatch("n", 2, atSecond: 2), SampleBatch("m", 3, atSecond: 3),
        ])
        try store.commit()
        #expect(try store.all("m").map(\.values) == [[1, 2, 3]])
        #expect(try store.statistics().seriesCount == 2)
        try store.close()
    }

    @Test("many series are found again in an order in which each label of theirs comes back often")
    func manySeries() throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        let labels = (0..<90).flatMap { metric in
            (0..<750).map { LabelSet(metricName: "m\(metric)", ["instance": "\($0)"]) }
        }
        for second in 1...2 as ClosedRange<Int64> {
            try store.write(
                SampleBatch(
                    at: .second(second), table: SeriesTable(labels: labels),
                    values: labels.indices.map(Double.init)))
        }
        #expect(try store.statistics().seriesCount == labels.count)
        #expect(try store.all("m7").allSatisfy { $0.values.count == 2 })
        try store.close()
    }

    @Test("labels that are part of others' are series of their own")
    func subsets() throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        let sets = [["a": "1"], ["a": "1", "b": "2"], [:], ["b": "2"], ["a": "2", "b": "2"]]
        for (second, set) in (sets + sets).enumerated() {
            try store.write(
                SampleBatch(
                    at: .second(Int64(second)),
                    [(labels: LabelSet(metricName: "m", set), value: Double(second % sets.count))]))
        }
        let all = try store.all("m")
        #expect(all.count == sets.count)
        #expect(all.allSatisfy { $0.values.count == 2 && $0.values[0] == $0.values[1] })
        try store.close()
    }

    /// A hundred series in a file of format 3, which had a row for each.
    private static func thirdFormat() throws -> StoreFixture {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        try write(0..<100, atSecond: 1, to: store)
        try store.close()
        let queue = try DatabaseQueue(path: fixture.path)
        try queue.write { db in
            try SeriesBucketMigration.createOlderTable(db)
            let rows = try Row.fetchAll(db, sql: "SELECT bucket, labels FROM series_bucket")
            for row in rows {
                let bucket: Int64 = row[0]
                let bytes: Data = row[1]
                for entry in try bytes.withUnsafeBytes({ try SeriesBucket.entries($0) }) {
                    var key: [UInt8] = []
                    for label in entry.labels { Varint.append(UInt64(label), to: &key) }
                    try db.execute(
                        sql: "INSERT INTO series (id, labels) VALUES (?, ?)",
                        arguments: [bucket * 32 + Int64(entry.slot), Data(key)])
                }
            }
            try db.execute(
                sql: """
                    DROP TABLE series_bucket;
                    DELETE FROM grdb_migrations WHERE identifier = 'series-2';
                    PRAGMA user_version = 3;
                    """)
        }
        try queue.close()
        return fixture
    }

    @Test("a file of version 3 keeps its series, and gives no identifier twice")
    func migration() throws {
        let fixture = try Self.thirdFormat()
        // The last series had been removed.
        let queue = try DatabaseQueue(path: fixture.path)
        try queue.write {
            try $0.execute(sql: "UPDATE sqlite_sequence SET seq = 6400 WHERE name = 'series'")
        }
        try queue.close()
        let store = try fixture.open()
        try Self.write(0..<120, atSecond: 2, to: store)
        let all = try store.all("m")
        #expect(
            all.map(\.values.count).sorted() == Array(repeating: 1, count: 20)
                + Array(repeating: 2, count: 100))
        let newest = try store.database.read {
            try Int64.fetchOne($0, sql: "SELECT max(bucket) FROM series_bucket")
        }
        #expect(newest == 201)
        #expect(try store.verify() == [])
        try store.close()
    }

    @Test("what is rescued of a damaged file of version 3 keeps its labels")
    func rescueOfThirdFormat() throws {
        let fixture = try Self.thirdFormat()
        let other = try StoreFixture()
        let rescued = try other.open()
        _ = try FileRescue.copy(from: fixture.path, to: rescued.database)
        try Self.expectOneSample(of: 0..<100, each: 1, rescued)
        #expect(try rescued.verify() == [])
        try rescued.close()
    }

    @Test("a series whose label is lost goes, those of its bucket stay")
    func lostLabel() throws {
        let fixture = try StoreFixture()
        let before = try fixture.open()
        try Self.write(0..<100, atSecond: 1, to: before)
        try before.database.write {
            try $0.execute(
                sql: "DELETE FROM label WHERE name = ? AND value = ?",
                arguments: [Data("i".utf8), Data("17".utf8)])
        }
        #expect(try before.verify().count == 1)
        try before.close()
        let other = try StoreFixture()
        let rescued = try other.open()
        _ = try FileRescue.copy(from: fixture.path, to: rescued.database)
        #expect(try rescued.all("m").count == 99)
        #expect(try rescued.verify() == [])
        try rescued.close()
    }
}
