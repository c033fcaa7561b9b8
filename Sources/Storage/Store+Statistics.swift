import Foundation
import GRDB
import TimeSeries

extension Store {
    package func statistics() throws -> StoreStatistics {
        let (buffered, dropped) = buffer.withLock { ($0.sampleCount, $0.droppedCount) }
        let (committed, duration) = commits.withLock {
            ($0.committedSampleCount, $0.lastDuration)
        }
        let walByteCount = walByteCount
        return try read("reading statistics") { db in
            func number(_ sql: String) throws -> Int { try Int.fetchOne(db, sql: sql) ?? 0 }
            let pageByteCount = try number("PRAGMA page_size")
            let oldest = [
                try Int64.fetchOne(db, sql: "SELECT min(first_at) FROM block"),
                try Int64.fetchOne(db, sql: "SELECT min(at) FROM journal"),
            ]
            return StoreStatistics(
                seriesCount: try number("SELECT count(*) FROM series"),
                journalRowCount: try number("SELECT count(*) FROM journal"),
                blockCount: try number("SELECT count(*) FROM block"),
                fileByteCount: try number("PRAGMA page_count") * pageByteCount,
                freeByteCount: try number("PRAGMA freelist_count") * pageByteCount,
                walByteCount: walByteCount,
                oldestMilliseconds: oldest.compactMap { $0 }.min(),
                bufferedSampleCount: buffered, droppedSampleCount: dropped,
                committedSampleCount: committed, lastCommitSeconds: duration.inSeconds)
        }
    }

    var walByteCount: Int {
        let attributes = try? FileManager.default.attributesOfItem(atPath: options.path + "-wal")
        return (attributes?[.size] as? NSNumber)?.intValue ?? 0
    }
}
