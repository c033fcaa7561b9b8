import Foundation
import GRDB
import TestSupport
import Testing
import TimeSeries

@testable import Storage

@Suite struct StoreSharingTests {
    @Test("a reader beside the writer sees each commit, with series it did not know")
    func readerSeesCommits() throws {
        let fixture = try StoreFixture()
        let writer = try fixture.open()
        try writer.write(SampleBatch("a", 1, atSecond: 1))
        let reader = try fixture.open(isReadOnly: true)
        #expect(try reader.all("a").map(\.values) == [[1]])
        writer.append([SampleBatch("a", 2, atSecond: 2)])
        #expect(try reader.all("a").map(\.values) == [[1]])
        try writer.commit()
        #expect(try reader.all("a").map(\.values) == [[1, 2]])
        try writer.write(SampleBatch("b", 5, atSecond: 3))
        #expect(try reader.all("b").map(\.values) == [[5]])
        #expect(try reader.labelSets(matching: []).count == 2)
        try writer.compactFully(now: .second(4))
        try writer.write(SampleBatch("a", 3, atSecond: 4))
        #expect(try reader.all("a").map(\.values) == [[1, 2, 3]])
        let last = try reader.lastSamples(of: [LabelSet(metricName: "b")])
        #expect(last.values.first == Sample(at: .second(3), value: 5))
        try reader.close()
        try writer.close()
    }

    @Test("a reader keeps its answer while the compactor moves what it reads")
    func readersDuringCompaction() async throws {
        let fixture = try StoreFixture()
        let writer = try fixture.open()
        let table = SeriesTable(labels: (0..<40).map { LabelSet(metricName: "m", ["i": "\($0)"]) })
        for second in 0..<600 {
            let values = [Double](repeating: Double(second), count: 40)
            writer.append([SampleBatch(at: .second(Int64(second)), table: table, values: values)])
        }
        try writer.commit()
        let reader = try fixture.open(isReadOnly: true)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for store in [reader, writer] {
                group.addTask {
                    for _ in 0..<40 {
                        let counts = try store.all("m").map(\.values.count)
                        #expect(counts.allSatisfy { $0 >= 600 } && counts.count == 40)
                    }
                }
            }
            group.addTask {
                for second in 600..<900 {
                    let values = [Double](repeating: 1, count: 40)
                    try writer.write(
                        SampleBatch(at: .second(Int64(second)), table: table, values: values))
                    if second % 7 == 0 { try writer.compact(now: .second(Int64(second))) }
                    if second % 50 == 0 { try writer.compactFully(now: .second(Int64(second))) }
                }
            }
            try await group.waitForAll()
        }
        #expect(try reader.all("m").allSatisfy { $0.values.count == 900 })
    }

    @Test("a second writer is told who owns the store, and may come when that one closed")
    func secondWriter() throws {
        let fixture = try StoreFixture()
        let first = try fixture.open()
        let error = try #require(storageError { _ = try fixture.open() })
        #expect(error.isOwnedElsewhere)
        #expect(error.message.contains("process \(getpid()) on "), "\(error)")
        try first.close()
        try fixture.open().close()
    }

    @Test("a reader needs a store that exists and has its tables")
    func readerWithoutStore() throws {
        let fixture = try StoreFixture()
        let missing = try #require(storageError { _ = try fixture.open(isReadOnly: true) })
        #expect(missing.message.contains("no such file"), "\(missing)")
        try Data().write(to: URL(fileURLWithPath: fixture.path))
        let empty = try #require(storageError { _ = try fixture.open(isReadOnly: true) })
        #expect(empty.message.contains("holds no store yet"), "\(empty)")
    }

    @Test("a reader opens a store whose owner closed it, and one whose owner was killed")
    func readerWithoutOwner() throws {
        let fixture = try StoreFixture()
        let writer = try fixture.open()
        try writer.write(SampleBatch("a", 1, atSecond: 1))
        let killed = try StoreFixture()
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(
                atPath: fixture.path + suffix, toPath: killed.path + suffix)
        }
        let reader = try killed.open(isReadOnly: true)
        #expect(try reader.all("a").map(\.values) == [[1]])
        try reader.close()
        try writer.close()
        let late = try fixture.open(isReadOnly: true)
        #expect(try late.all("a").map(\.values) == [[1]])
        try late.close()
    }

    @Test("a store of a newer version is refused with its version")
    func newerVersion() throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        try store.database.write { try $0.execute(sql: "PRAGMA user_version = 99") }
        try store.close()
        let error = try #require(storageError { _ = try fixture.open() })
        #expect(error.message.contains("format version 99"), "\(error)")
        let reading = try #require(storageError { _ = try fixture.open(isReadOnly: true) })
        #expect(reading.message.contains("format version 99"), "\(reading)")
    }

    @Test("a store with an unknown migration is refused with its name")
    func unknownMigration() throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        try store.database.write {
            try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('store-7')")
        }
        try store.close()
        let error = try #require(storageError { _ = try fixture.open() })
        #expect(error.message.contains("'store-7'"), "\(error)")
    }

    @Test("files that are no store are refused, and left as they are")
    func foreignFiles() throws {
        let fixture = try StoreFixture()
        let other = try DatabaseQueue(path: fixture.path)
        try other.write { try $0.execute(sql: "CREATE TABLE t (x)") }
        try other.close()
        let before = try Data(contentsOf: URL(fileURLWithPath: fixture.path))
        let foreign = try #require(storageError { _ = try fixture.open() })
        #expect(foreign.message.contains("another program"), "\(foreign)")
        #expect(try Data(contentsOf: URL(fileURLWithPath: fixture.path)) == before)

        let text = Data(String(repeating: "not a database\n", count: 500).utf8)
        try text.write(to: URL(fileURLWithPath: fixture.path))
        let noise = try #require(storageError { _ = try fixture.open() })
        #expect(noise.message.contains(fixture.path) && noise.message.contains("damaged"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: fixture.path)) == text)
    }
}
