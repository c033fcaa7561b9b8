import Foundation
import GRDB
import TestSupport
import Testing
import TimeSeries

@testable import Storage

@Suite struct StoreDurabilityTests {
    /// A kill can leave any beginning of the log: commits are appended to it, and the file itself
    /// changes only when the log is copied back.
    @Test("whatever a kill leaves of the log, whole commits survive in order")
    func killedAtAnyByte() throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        let table = SeriesTable(labels: (0..<50).map { LabelSet(metricName: "m", ["i": "\($0)"]) })
        var logSizes: [Int] = []
        for second in 0..<40 {
            let values = [Double](repeating: Double(second), count: 50)
            try store.write(SampleBatch(at: .second(Int64(second)), table: table, values: values))
            if second == 25 { try store.compactFully(now: .second(100)) }
            logSizes.append(store.walByteCount)
        }
        let file = try Data(contentsOf: URL(fileURLWithPath: fixture.path))
        let log = try Data(contentsOf: URL(fileURLWithPath: fixture.path + "-wal"))
        var generator = SplitMix64(seed: 3)
        for _ in 0..<25 {
            let length = Int.random(in: 0...log.count, using: &generator)
            let killed = try StoreFixture()
            try file.write(to: URL(fileURLWithPath: killed.path))
            try log.prefix(length).write(to: URL(fileURLWithPath: killed.path + "-wal"))
            let reopened = try killed.open()
            let series = try reopened.all("m")
            let counts = Set(series.map(\.values.count))
            #expect(counts.count == 1 && series.count == 50, "\(length) bytes of the log")
            let count = try #require(counts.first)
            let whole = 26 + logSizes[26...].count { $0 <= length }
            #expect(count >= whole, "\(length) bytes of the log")
            #expect(series.allSatisfy { $0.values == (0..<count).map { Double($0) } })
            try reopened.write(SampleBatch("after", 1, atSecond: 1_000))
            try reopened.close()
        }
        try store.close()
    }

    @Test("when the disk is full, samples wait in memory and are written once there is space")
    func fullDisk() throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        try store.write(SampleBatch("a", 0, atSecond: 0))
        func limit(_ pages: Int) throws {
            _ = try store.database.writeWithoutTransaction {
                try Int.fetchOne($0, sql: "PRAGMA max_page_count = \(pages)")
            }
        }
        try limit(1)
        let table = SeriesTable(
            labels: (0..<3000).map { LabelSet(metricName: "m", ["i": "\($0)"]) })
        for second in 1...3 {
            store.append([
                SampleBatch(
                    at: .second(Int64(second)), table: table,
                    values: (0..<3000).map { Double($0 + second) })
            ])
            let error = try #require(storageError { try store.commit() })
            #expect(error.code & 0xFF == ResultCode.SQLITE_FULL.rawValue, "\(error)")
        }
        #expect(try store.statistics().bufferedSampleCount == 9000)
        #expect(try store.statistics().failedCommitCount == 3)
        guard case .diskFull(let message) = store.condition else {
            Issue.record("\(store.condition)")
            return
        }
        #expect(message.contains("store.max_size"))
        #expect(try store.all("m").isEmpty)
        try limit(1_000_000)
        try store.commit()
        #expect(store.condition == .sound)
        #expect(try !store.statistics().isFailing)
        let series = try store.all("m")
        #expect(series.count == 3000 && series.allSatisfy { $0.values.count == 3 })
        try store.close()
        let reopened = try fixture.open()
        #expect(try reopened.all("m").count == 3000)
        try reopened.close()
    }

    @Test("a reader that does not end bounds the log, and samples wait for it in memory")
    func longReader() throws {
        let fixture = try StoreFixture()
        var options = StoreOptions(path: fixture.path)
        options.logByteLimit = 1 << 20
        let store = try Store(options)
        try store.write(SampleBatch("a", 0, atSecond: 0))
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let reader = try DatabaseQueue(path: fixture.path, configuration: configuration)
        try reader.inDatabase { db in
            try db.execute(sql: "BEGIN")
            _ = try Int.fetchOne(db, sql: "SELECT count(*) FROM label")
        }
        let table = SeriesTable(
            labels: (0..<3000).map { LabelSet(metricName: "m", ["i": "\($0)"]) })
        var failures = 0
        for second in 0..<200 {
            store.append([
                SampleBatch(
                    at: .second(Int64(second)), table: table,
                    values: (0..<3000).map { 0.1 * Double($0 + second) })
            ])
            if storageError({ try store.commit() }) != nil { failures += 1 }
            #expect(store.walByteCount < 3 << 20)
            if failures == 3 { break }
        }
        #expect(failures == 3)
        #expect(try store.statistics().bufferedSampleCount == 9000)
        try reader.inDatabase { try $0.execute(sql: "COMMIT") }
        try store.commit()
        #expect(try store.statistics().bufferedSampleCount == 0)
        try reader.close()
        try store.close()
    }

    @Test("a compaction that fails loses nothing")
    func failedCompaction() throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        let table = SeriesTable(
            labels: (0..<500).map { LabelSet(metricName: "m", ["i": "\($0)"]) })
        var generator = SplitMix64(seed: 5)
        for second in 0..<150 {
            let values = (0..<500).map { _ in Double.random(in: 0..<1, using: &generator) }
            store.append([SampleBatch(at: .second(Int64(second)), table: table, values: values)])
        }
        try store.commit()
        let before = try store.all("m")
        _ = try store.database.writeWithoutTransaction {
            try Int.fetchOne($0, sql: "PRAGMA max_page_count = 1")
        }
        #expect(storageError { try store.compact(now: .second(150)) } != nil)
        #expect(try store.all("m").map(\.values) == before.map(\.values))
        _ = try store.database.writeWithoutTransaction {
            try Int.fetchOne($0, sql: "PRAGMA max_page_count = 1000000")
        }
        try store.compact(now: .second(150))
        #expect(try store.statistics().journalRowCount == 0)
        #expect(try store.all("m").map(\.values) == before.map(\.values))
    }

    @Test("over the bound the oldest samples are dropped, and counted")
    func bufferBound() {
        var buffer = SampleBuffer(limit: 10)
        func batch(_ second: Int64) -> SampleBatch {
            SampleBatch(
                at: .second(second),
                [
                    (labels: LabelSet(metricName: "a"), value: 0),
                    (labels: LabelSet(metricName: "b"), value: 0),
                    (labels: LabelSet(metricName: "c"), value: 0),
                ])
        }
        buffer.append((1...3).map { batch($0) })
        #expect(buffer.sampleCount == 9 && buffer.droppedCount == 0)
        let taken = buffer.takeAll()
        buffer.append([batch(4)])
        buffer.putBack(taken)
        #expect(buffer.batches.map(\.at) == [2, 3, 4].map { Timestamp.second($0) })
        #expect(buffer.droppedCount == 3 && buffer.sampleCount == 9)
    }

    @Test("a commit reaches the disk at least every five seconds of samples")
    func durableCommits() {
        var log = CommitLog()
        let durable = (0..<60).filter { log.shouldBeDurable(at: .second(Int64($0) / 2)) }
        #expect(durable == Array(stride(from: 0, to: 60, by: 10)))
        var frozen = CommitLog()
        let count = (0..<100).count { _ in frozen.shouldBeDurable(at: .second(1)) }
        #expect(count == 10)
    }

    @Test("an error names the activity, and damage names the row")
    func damagedRow() throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        try store.write(SampleBatch("a", 1, atSecond: 1))
        try store.compactFully(now: .second(2))
        try store.database.write {
            try $0.execute(sql: "UPDATE block SET payload = zeroblob(40) WHERE id = 1")
        }
        let error = try #require(storageError { _ = try store.all("a") })
        #expect(error.message.contains("row 1 of table block"), "\(error)")
        #expect(error.message.contains(fixture.path) && error.activity.contains("__name__"))
    }

    @Test("a page of noise is a finding, whatever it held")
    func damagedPages() throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        for second in 0..<40 { try store.write(SampleBatch("m\(second)", 1, atSecond: 1)) }
        try store.compactFully(now: .second(2))
        try store.close()
        let whole = try Data(contentsOf: URL(fileURLWithPath: fixture.path))
        let pageCount = whole.count / Store.pageByteCount
        // The first page says what the file is, the second which pages are where.
        for page in 2..<pageCount {
            let damaged = try StoreFixture()
            var bytes = whole
            let start = page * Store.pageByteCount
            bytes.replaceSubrange(
                start..<(start + Store.pageByteCount),
                with: repeatElement(0xA5, count: Store.pageByteCount))
            try bytes.write(to: URL(fileURLWithPath: damaged.path))
            // Where the damage meets what opening reads, that says so.
            let failure = storageError {
                let reader = try damaged.open(isReadOnly: true)
                #expect(try !reader.verify().isEmpty, "page \(page)")
                try reader.close()
            }
            #expect(failure.map { $0.message.contains("damaged") } ?? true, "page \(page)")
        }
    }
}
