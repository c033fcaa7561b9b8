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

    /// When the oldest and the newest sample are of; nil where there is none.
    package func sampleSpan() throws -> (oldest: Timestamp, newest: Timestamp)? {
        try read("finding the oldest and newest sample") { db in
            func times(_ sql: String) throws -> [Int64] {
                try Row.fetchOne(db, sql: sql).map { [$0[0], $0[1]] }?.compactMap { $0 } ?? []
            }
            let all =
                try times("SELECT min(first_at), max(last_at) FROM block")
                + times("SELECT min(at), max(at) FROM journal")
            guard let oldest = all.min(), let newest = all.max() else { return nil }
            return (Timestamp(milliseconds: oldest), Timestamp(milliseconds: newest))
        }
    }

    var walByteCount: Int {
        let attributes = try? FileManager.default.attributesOfItem(atPath: options.path + "-wal")
        return (attributes?[.size] as? NSNumber)?.intValue ?? 0
    }
}
