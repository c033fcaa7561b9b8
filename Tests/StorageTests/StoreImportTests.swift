import Foundation
import GRDB
import Querying
import TestSupport
import Testing
import TimeSeries

@testable import Storage

@Suite struct StoreImportTests {
    private struct Refused: Error, Equatable {}

    private func labels(_ count: Int) -> [LabelSet] {
        (0..<count).map { LabelSet(metricName: "m", ["i": "\($0)"]) }
    }

    @Test("imported samples of any time and order are read back, beside scraped ones")
    func roundTrip() throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        try store.write(SampleBatch("m", 7, atSecond: 50))
        let labels = labels(100)
        let taken = try store.importSamples { session in
            for second in (0..<200).reversed() {
                try session.add(
                    labels: labels, series: Array(0..<100),
                    milliseconds: [Int64](repeating: Int64(second) * 1000, count: 100),
                    values: (0..<100).map { Double($0 * second) })
            }
        }
        #expect(taken.sampleCount == 20_000 && taken.oldest == 0 && taken.newest == 199_000)
        let series = try store.all("m")
        #expect(series.count == 101)
        for (index, set) in labels.enumerated() {
            let found = try #require(series.first { $0.labels == set })
            #expect(found.timestamps == (0..<200).map { Int64($0) * 1000 })
            #expect(found.values == (0..<200).map { Double(index * $0) })
        }
        #expect(try store.sampleCount() == 20_001)
        #expect(try store.verify().isEmpty)
        try store.close()
    }

    @Test("where an import throws, nothing of it is taken")
    func refused() throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        #expect(throws: Refused()) {
            _ = try store.importSamples { session in
                try session.add(labels: labels(1), series: [0], milliseconds: [1], values: [1])
                throw Refused()
            }
        }
        #expect(try store.all("m").isEmpty && store.statistics().seriesCount == 0)
        try store.write(SampleBatch("m", 7, atSecond: 50))
        #expect(try store.all("m").count == 1)
        try store.close()
    }

    @Test("an export visits the chosen series once, by metric, in one snapshot")
    func export() throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        try store.write(SampleBatch("b", 1, atSecond: 1))
        try store.write(SampleBatch("a", 2, atSecond: 2))
        try store.write(SampleBatch("c", 3, atSecond: 3))
        let selectors = try ["a", "b", "a|b"].map {
            [try LabelMatcher(name: "__name__", .matches, value: $0)]
        }
        var names: [String?] = []
        try store.forEachSeries(
            matching: selectors, from: .second(0), through: .second(9)
        ) { names.append($0.labels.metricName) }
        #expect(names == ["a", "b"])
        try store.close()
    }

    @Test("a backup is a whole store, and does not overwrite")
    func backup() throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        try store.write(SampleBatch("m", 7, atSecond: 50))
        let copy = fixture.folder.file("copy.db")
        #expect(try store.backUp(to: copy) > 0)
        #expect(throws: StorageError.self) { try store.backUp(to: copy) }
        try store.write(SampleBatch("m", 8, atSecond: 60))
        let opened = try Store(StoreOptions(path: copy))
        #expect(try opened.all("m").map(\.values) == [[7]])
        try opened.close()
        try store.close()
    }

    @Test("a damaged file is set aside, and what can be read of it is taken over")
    func recovery() throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        let table = SeriesTable(labels: labels(64))
        for second in 0..<600 {
            let values = (0..<64).map { Double(($0 * 7919 + second * 104_729) % 1_000_003) }
            store.append([SampleBatch(at: .second(Int64(second)), table: table, values: values)])
        }
        try store.commit()
        try store.compactFully(now: .second(10_000))
        try store.write(SampleBatch("last", 1, atSecond: 10_001))
        let root = try #require(
            try store.database.read {
                try Int.fetchOne(
                    $0, sql: "SELECT rootpage FROM sqlite_schema WHERE name = 'block_age'")
            })
        try store.close()
        let url = URL(fileURLWithPath: fixture.path)
        var file = try Data(contentsOf: url)
        let page = (root - 1) * Store.pageByteCount
        file.replaceSubrange(page..<page + 64, with: [UInt8](repeating: 0xA5, count: 64))
        try file.write(to: url)

        let reopened = try fixture.open()
        let recovery = try #require(reopened.recovery)
        #expect(recovery.damagedPath.hasPrefix(fixture.path + ".corrupt-"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: recovery.damagedPath)) == file)
        let series = try reopened.all("m")
        #expect(series.count == 64 && series.allSatisfy { $0.values.count == 600 })
        #expect(try reopened.all("last").count == 1)
        #expect(try reopened.verify().isEmpty)
        try reopened.write(SampleBatch("new", 1, atSecond: 10_002))
        try reopened.close()
        let again = try fixture.open()
        #expect(again.recovery == nil)
        #expect(try again.all("new").count == 1)
        try again.close()
    }

    @Test("where the tables' definitions are damaged, the tables that are left are taken over")
    func damagedSchema() throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        try store.write(SampleBatch("a", 1, atSecond: 1))
        try store.compactFully(now: .second(2))
        try store.close()
        let url = URL(fileURLWithPath: fixture.path)
        var file = try Data(contentsOf: url)
        let size = Store.pageByteCount
        let last = (1..<file.count / size).last {
            file[$0 * size..<($0 + 1) * size].range(of: Data("CREATE TABLE".utf8)) != nil
        }
        let page = try #require(last) * size
        file.replaceSubrange(page..<page + 800, with: [UInt8](repeating: 0xA5, count: 800))
        try file.write(to: url)

        let reopened = try fixture.open()
        #expect(reopened.recovery != nil)
        #expect(try reopened.all("a").map(\.values) == [[1]])
        try reopened.write(SampleBatch("b", 1, atSecond: 3))
        #expect(try reopened.verify().isEmpty)
        try reopened.close()
    }
}
