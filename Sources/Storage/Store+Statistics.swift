import Foundation
import GRDB
import TimeSeries

extension Store {
    package func statistics() throws -> StoreStatistics {
        let (buffered, dropped) = buffer.withLock { ($0.sampleCount, $0.droppedCount) }
        let commits = commits.withLock { $0 }
        let removed = removedForSize.withLock { $0 }
        let walByteCount = walByteCount
        return try read("reading statistics") { db in
            func number(_ sql: String) throws -> Int { try Int.fetchOne(db, sql: sql) ?? 0 }
            let pageByteCount = try number("PRAGMA page_size")
            let oldest = [
                try Int64.fetchOne(db, sql: "SELECT min(first_at) FROM block"),
                try Int64.fetchOne(db, sql: "SELECT min(at) FROM journal"),
            ]
            let ends = try Row.fetchOne(
                db,
                sql: """
                    SELECT (SELECT at FROM journal ORDER BY id LIMIT 1),
                        (SELECT at FROM journal ORDER BY id DESC LIMIT 1),
                        (SELECT min(through) FROM rollup_progress)
                    """)
            let (first, last, rolled) = (
                ends?[0] as Int64?, ends?[1] as Int64?, ends?[2] as Int64?
            )
            func lag(_ from: Int64?) -> Double {
                guard let from, let last else { return 0 }
                return max(
                    (Timestamp(milliseconds: last) - Timestamp(milliseconds: from)).inSeconds, 0)
            }
            return StoreStatistics(
                seriesCount: try Self.seriesCount(in: db),
                journalRowCount: try number("SELECT count(*) FROM journal"),
                blockCount: try number("SELECT count(*) FROM block"),
                fileByteCount: try number("PRAGMA page_count") * pageByteCount,
                freeByteCount: try number("PRAGMA freelist_count") * pageByteCount,
                walByteCount: walByteCount,
                oldestMilliseconds: oldest.compactMap { $0 }.min(),
                bufferedSampleCount: buffered, droppedSampleCount: dropped,
                committedSampleCount: commits.committedSampleCount,
                lastCommitSeconds: commits.lastDuration.inSeconds,
                commitCount: commits.commitCount, commitSeconds: commits.duration.inSeconds,
                failedCommitCount: commits.failureCount, isFailing: condition != .sound,
                compactionLagSeconds: lag(first), rollupLagSeconds: lag(rolled),
                removedForSizeCount: removed)
        }
    }

    private static func seriesCount(in db: Database) throws -> Int {
        var count = 0
        try SeriesBucketScan.forEachBucket(in: db) { count += $1.nonzeroBitCount }
        return count
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
