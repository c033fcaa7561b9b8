import Foundation
import GRDB
import TimeSeries

extension Store {
    private enum RetentionPolicy {
        static let blocksPerSlice = 256
        static let journalRowsPerSlice = 32
        /// Over the size limit the oldest blocks go until so much of it is used.
        static let targetFraction = 0.95
        /// Free pages that are kept for the next rows instead of being given back.
        static let sparePageCount = 1024
        static let pagesPerVacuum = 4096
    }

    /// Removes samples and roll-ups older than their retention, then the oldest of either while the
    /// file is over its size limit; forgets series that have none left; gives some free pages back.
    ///
    /// Samples go when they are rolled up, an hour and a half after they came or later. To be called
    /// about once a minute.
    ///
    /// - Returns: What went because of the size limit; nil where nothing did.
    @discardableResult
    package func enforceRetention(now: Timestamp) throws(StorageError) -> SizeCut? {
        try removeGroundTruth(before: now - options.retention)
        let result = compactor.withLock { _ -> Result<SizeCut?, StorageError> in
            do throws(StorageError) {
                var cutoff = (now - options.retention).milliseconds
                if !options.keptResolutions.isEmpty {
                    let target = try rollupTarget(now: now)
                    cutoff = min(cutoff, target)
                    try rollUp(before: cutoff, target: target)
                }
                var buckets = try removeBlocks(before: Timestamp(milliseconds: cutoff))
                buckets.formUnion(try removeRollups(now: now))
                try removeServiceMinutes(now: now)
                let cut = try removeOverSize(&buckets)
                try forgetSeries(of: buckets)
                return .success(cut)
            } catch {
                return .failure(error)
            }
        }
        let cut = try result.get()
        if let cut { removedForSize.withLock { $0 += cut.rowCount } }
        try vacuum(pageLimit: RetentionPolicy.pagesPerVacuum)
        return cut
    }

    /// - Returns: The buckets that lost blocks.
    private func removeBlocks(before cutoff: Timestamp) throws(StorageError) -> Set<UInt32> {
        var buckets: Set<UInt32> = []
        while true {
            let removed = try removeOldestBlocks(before: cutoff.milliseconds, byteCount: .max)
            buckets.formUnion(removed)
            if removed.count < RetentionPolicy.blocksPerSlice { return buckets }
        }
    }

    /// - Parameter byteCount: Stops when so many bytes of payload are gone.
    /// - Returns: The bucket of each block that was removed.
    private func removeOldestBlocks(
        before cutoff: Int64, byteCount: Int
    ) throws(StorageError) -> [UInt32] {
        try write("removing old samples", isDurable: false) { db in
            let select = try db.cachedStatement(
                sql: """
                    SELECT id, bucket, length(payload) FROM block
                    WHERE last_at < ? ORDER BY last_at LIMIT ?
                    """)
            let rows = try Row.fetchAll(
                select, arguments: [cutoff, RetentionPolicy.blocksPerSlice])
            return try db.removeOldest(rows, of: "block", byteCount: byteCount)
        }
    }

    /// - Parameter buckets: Gains those that lost something.
    private func removeOverSize(_ buckets: inout Set<UInt32>) throws(StorageError) -> SizeCut? {
        guard let limit = options.maximumByteCount, try usedByteCount() > limit else { return nil }
        let target = Int(Double(limit) * RetentionPolicy.targetFraction)
        var cut = SizeCut(byteLimit: limit)
        while true {
            let excess = try usedByteCount() - target
            guard excess > 0 else { break }
            let removed = try removeOldest(byteCount: excess, &cut)
            buckets.formUnion(removed)
            let isAllRemoved = try removeGroundTruthWithoutSamples()
            if removed.isEmpty, isAllRemoved, try !removeOldestJournalRows() { break }
        }
        return cut.rowCount > 0 ? cut : nil
    }

    /// Removes some of what is oldest: roll-ups that end before the first samples, else samples.
    private func removeOldest(
        byteCount: Int, _ cut: inout SizeCut
    ) throws(StorageError) -> [UInt32] {
        let samples = try read("looking for the oldest samples") { db in
            try Int64.fetchOne(db, sql: "SELECT min(last_at) FROM block")
        }
        var removed: [UInt32] = []
        var through = samples ?? .max
        for resolution in RollupResolution.allCases.reversed() {
            guard let end = try oldestRollup(resolution), end <= samples ?? .max else { continue }
            through = end
            removed = try removeOldestRollups(
                resolution, before: end - resolution.periodLength + 1, byteCount: byteCount)
            break
        }
        if removed.isEmpty { removed = try removeOldestBlocks(before: .max, byteCount: byteCount) }
        cut.rowCount += removed.count
        if through < .max { cut.throughMilliseconds = max(cut.throughMilliseconds, through) }
        return removed
    }

    /// Removes predictions from before the oldest samples, or the oldest where there are none.
    ///
    /// - Returns: True where nothing was removed.
    private func removeGroundTruthWithoutSamples() throws(StorageError) -> Bool {
        let cutoff = try read("finding the oldest samples") { db -> Int64? in
            let oldest = try Int64.fetchOne(db, sql: "SELECT min(at) FROM prediction")
            guard let oldest else { return nil }
            let samples = try Int64.fetchOne(db, sql: "SELECT min(last_at) FROM block")
            return max(samples ?? 0, samples == nil ? oldest + 3_600_000 : 0)
        }
        guard let cutoff else { return true }
        let before = try usedByteCount()
        try removeGroundTruth(before: Timestamp(milliseconds: cutoff))
        return try usedByteCount() >= before
    }

    /// - Returns: False where there are none left.
    private func removeOldestJournalRows() throws(StorageError) -> Bool {
        try write("removing old samples", isDurable: false) { db in
            try db.execute(
                sql: """
                    DELETE FROM journal WHERE id IN (SELECT id FROM journal ORDER BY id LIMIT ?)
                    """,
                arguments: [RetentionPolicy.journalRowsPerSlice])
            return db.changesCount > 0
        }
    }

    /// Of the file, without free pages.
    private func usedByteCount() throws(StorageError) -> Int {
        try read("measuring the file") { db in
            let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            let free = try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0
            return (pages - free) * (try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 0)
        }
    }

    /// Cuts free pages off the file.
    ///
    /// - Parameter pageLimit: At most so many, and some stay for the next rows; nil is all.
    func vacuum(pageLimit: Int?) throws(StorageError) {
        try Self.wrapping("removing free pages", path: options.path) {
            try database.writeWithoutTransaction { db in
                let free = try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0
                let spare = pageLimit == nil ? 0 : RetentionPolicy.sparePageCount
                let count = min(free - spare, pageLimit ?? free)
                guard count > 0 else { return }
                _ = try Row.fetchAll(db, sql: "PRAGMA incremental_vacuum(\(count))")
            }
        }
    }
}

// MARK: Series without samples

extension Store {
    /// Removes the series of those buckets that have neither blocks nor roll-ups nor a layout that
    /// names them.
    func forgetSeries(of buckets: Set<UInt32>) throws(StorageError) {
        if buckets.isEmpty { return }
        let failure = journalWriter.withLock { writer -> StorageError? in
            do throws(StorageError) {
                try write("removing series without samples", isDurable: false) { db in
                    let dead = try deadBuckets(of: buckets, in: db)
                    if dead.isEmpty { return }
                    for bucket in dead.sorted() {
                        try SeriesRegistry.remove(bucket, in: db)
                        try RollupProgress.forget(bucket, in: db)
                    }
                    // Removed labels must not be given to new series.
                    writer.forgetLabels()
                }
                return nil
            } catch {
                writer = JournalWriter()
                return error
            }
        }
        if let failure { throw failure }
    }

    private func deadBuckets(of buckets: Set<UInt32>, in db: Database) throws -> Set<UInt32> {
        let select = try db.cachedStatement(
            sql: """
                SELECT 1 WHERE EXISTS (SELECT 1 FROM block WHERE bucket = ?)
                    OR EXISTS (SELECT 1 FROM rollup WHERE bucket = ?)
                """)
        var dead = try buckets.filter { try Int.fetchOne(select, arguments: [$0, $0]) == nil }
        if dead.isEmpty { return [] }
        let layouts = try catalog.withLock { try $0.allLayouts(in: db) }
        for (layout, _) in layouts {
            for series in layout.series { dead.remove(series / Block.width) }
        }
        return dead
    }
}

extension Database {
    /// Removes rows of packed series, until so many bytes are gone.
    ///
    /// - Parameter rows: Id, bucket and length in bytes of each, the oldest first.
    /// - Returns: The bucket of each row that was removed.
    func removeOldest(
        _ rows: [Row], of table: String, byteCount: Int
    ) throws -> [UInt32] {
        let delete = try cachedStatement(sql: "DELETE FROM \(table) WHERE id = ?")
        var rest = byteCount
        var removed: [UInt32] = []
        for row in rows where rest > 0 {
            try delete.execute(arguments: [row[0] as Int64])
            removed.append(row[1])
            rest -= row[2] as Int
        }
        return removed
    }
}
