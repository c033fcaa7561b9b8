import Foundation
import GRDB
import TimeSeries

/// Folds journal rows into blocks, and small blocks into larger ones.
///
/// Reads and encodes without a transaction, so that commits and readers never wait for it; each
/// slice of work is then written in one short transaction. Holds what it must remember between
/// calls; one call at a time.
struct Compactor {
    /// When and how much is folded and merged.
    enum Policy {
        /// Journal rows of one layout that make a block.
        static let rowsPerFold = 120
        /// Older rows are folded even where there are fewer.
        static let longestInJournal = Duration.seconds(600)
        /// Samples held in memory at a time.
        static let samplesPerSlice = 500_000
        /// Samples folded in one call; the rest waits for the next, which spreads the work.
        static let samplesPerCall = 4_000_000
        /// Blocks of one level in one bucket that are merged.
        static let blocksPerMerge = 4
        /// Samples of a block's longest series from which it has level 1, and 2.
        static let levelSampleCounts = [400, 1600]
        static let topLevel = 2
        static let bucketsPerSlice = 64
        static let journalRowsPerDelete = 4000
    }

    var backlog = JournalBacklog()
    /// Buckets that gained blocks since they were last looked at; nil before the first look.
    var bucketsToMerge: Set<UInt32>?
    /// Newest sample seen by the last removal of unused layouts.
    var lastLayoutSweep: Timestamp?

    static func level(sampleCount: Int) -> Int {
        Policy.levelSampleCounts.count { sampleCount >= $0 }
    }
}

/// A block ready to be written.
struct NewBlock {
    let bucket: UInt32
    let level: Int
    let firstAt: Int64
    let lastAt: Int64
    let payload: Data

    /// - Parameter parts: By ascending slot, none empty; nil where there are none.
    init?(bucket: UInt32, parts: [Block.Part]) {
        guard !parts.isEmpty else { return nil }
        self.bucket = bucket
        level = Compactor.level(sampleCount: parts.map(\.timestamps.count).max() ?? 0)
        firstAt = parts.compactMap(\.timestamps.first).min() ?? 0
        lastAt = parts.compactMap(\.timestamps.last).max() ?? 0
        payload = Data(Block.encode(parts))
    }

    /// Writes a block of samples that no other block held before.
    func insertNew(in db: Database) throws {
        try insert(in: db)
        try RollupProgress.note(self, in: db)
    }

    /// Blocks of one level have neighbouring identifiers, so that those which live equally long
    /// share pages of the file.
    func insert(in db: Database) throws {
        let base = Int64(level) << 48
        let insert = try db.cachedStatement(
            sql: """
                INSERT INTO block (id, bucket, level, first_at, last_at, payload) VALUES (
                    (SELECT ifnull(max(id), ?) + 1 FROM block WHERE id BETWEEN ? AND ?),
                    ?, ?, ?, ?, ?)
                """)
        try insert.execute(
            arguments: [
                base, base, base + (1 << 48) - 1, bucket, level, firstAt, lastAt, payload,
            ])
    }
}

extension Store {
    /// Folds journal rows that are many or old into blocks, merges small blocks, and rolls up.
    ///
    /// To be called every few seconds; does a bounded amount of work.
    package func compact(now: Timestamp) throws(StorageError) {
        try compact(now: now, everything: false)
    }

    /// Folds and merges whatever there is, and gives free pages back to the file system.
    package func compactFully(now: Timestamp) throws(StorageError) {
        try compact(now: now, everything: true)
        try vacuum(pageLimit: nil)
        try truncateLog()
    }

    private func compact(now: Timestamp, everything: Bool) throws(StorageError) {
        try boundLog()
        let failure = compactor.withLock { compactor -> StorageError? in
            do throws(StorageError) {
                try fold(now: now, everything: everything, &compactor)
                try merge(everything: everything, &compactor)
                try rollUp(now: now, everything: everything)
                try sweepLayouts(now: now, &compactor)
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw failure }
        if walByteCount > CommitLog.walByteLimit { try truncateLog() }
    }

    /// - Throws: Where the log is over its bound and cannot be emptied, because a reader still
    ///   looks at what is in it; nothing may be written then.
    func boundLog() throws(StorageError) {
        guard walByteCount > options.logByteLimit else { return }
        try truncateLog()
        let byteCount = walByteCount
        guard byteCount > options.logByteLimit else { return }
        throw StorageError(
            code: ResultCode.SQLITE_BUSY.rawValue, activity: "bounding the write-ahead log",
            message:
                "'\(options.path)-wal' has \(byteCount >> 20) MiB and cannot be emptied while "
                + "another process reads; end that transaction: samples wait in memory until then")
    }

    /// Empties the write-ahead log where no reader needs it; else leaves it for the next time,
    /// so that commits do not wait for a reader.
    func truncateLog() throws(StorageError) {
        try Self.wrapping("checkpointing", path: options.path) {
            try database.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA busy_timeout = 50")
                defer {
                    let milliseconds = Int(Self.busyTimeoutSeconds * 1000)
                    try? db.execute(sql: "PRAGMA busy_timeout = \(milliseconds)")
                }
                do {
                    _ = try db.checkpoint(.truncate)
                } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
                    return
                }
            }
        }
    }
}

// MARK: Layouts

extension Store {
    private static var layoutSweepInterval: Duration { .seconds(600) }

    /// Removes layouts that have no rows and were not written lately: pages whose series change
    /// leave one behind each time.
    private func sweepLayouts(
        now: Timestamp, _ compactor: inout Compactor
    ) throws(StorageError) {
        guard let last = compactor.lastLayoutSweep else {
            compactor.lastLayoutSweep = now
            return
        }
        guard now - last >= Self.layoutSweepInterval || now < last else { return }
        compactor.lastLayoutSweep = now
        typealias Swept = (layouts: [Int64], buckets: Set<UInt32>)
        let result = journalWriter.withLock { writer -> Result<Swept, StorageError> in
            let recent = writer.takeRecentLayouts()
            do throws(StorageError) {
                return .success(
                    try write("removing unused layouts", isDurable: false) { db in
                        let empty = try Int64.fetchAll(
                            db,
                            sql: """
                                SELECT id FROM layout WHERE NOT EXISTS
                                    (SELECT 1 FROM journal WHERE journal.layout = layout.id)
                                """)
                        let unused = empty.filter { !recent.contains($0) }
                        return (unused, try removeLayouts(unused, in: db))
                    })
            } catch {
                return .failure(error)
            }
        }
        let (removed, buckets) = try result.get()
        catalog.withLock { $0.forget(layouts: removed) }
        try forgetSeries(of: buckets)
    }

    /// - Returns: The buckets of the layouts' series.
    private func removeLayouts(_ ids: [Int64], in db: Database) throws -> Set<UInt32> {
        var buckets: Set<UInt32> = []
        let delete = try db.cachedStatement(sql: "DELETE FROM layout WHERE id = ?")
        for id in ids {
            if let layout = try catalog.withLock({ try $0.layout(id, in: db) }) {
                buckets.formUnion(layout.series.map { $0 / Block.width })
            }
            try delete.execute(arguments: [id])
        }
        return buckets
    }
}
