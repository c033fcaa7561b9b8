import GRDB
import TimeSeries

/// The windows that samples are rolled up to, from fine to coarse.
enum RollupResolution: Int64, CaseIterable, Sendable {
    case fiveMinutes = 300
    case hour = 3600

    /// Length of a window.
    var milliseconds: Int64 { rawValue * 1000 }

    /// Milliseconds; windows that end in one period, (start, start + length], share their rows.
    var periodLength: Int64 {
        switch self {
        case .fiveMinutes: 6 * 3_600_000
        case .hour: 48 * 3_600_000
        }
    }

    /// Where the period begins that a window with this end belongs to.
    func period(ofEnd end: Int64) -> Int64 {
        Timestamp(milliseconds: end - 1).aligned(to: .milliseconds(periodLength)).milliseconds
    }
}

/// How far the samples of each bucket are rolled up, in the table `rollup_progress`.
///
/// What is rolled up is always whole hours, so that all resolutions reach equally far.
enum RollupProgress {
    /// Samples further from 1970 than this, in milliseconds, are not rolled up.
    static let timeLimit: Int64 = 9_000_000_000_000_000

    /// The end of the last whole hour that is not after an instant.
    static func hour(notAfter milliseconds: Int64) -> Int64 {
        let bounded = min(max(milliseconds, -timeLimit), timeLimit)
        return Timestamp(milliseconds: bounded).aligned(to: .seconds(3600)).milliseconds
    }

    /// Says that there are new samples in a bucket, which may be late: what they touch is rolled
    /// up again.
    static func note(_ block: NewBlock, in db: Database) throws {
        let upsert = try db.cachedStatement(
            sql: """
                INSERT INTO rollup_progress (bucket, through) VALUES (?, ?)
                ON CONFLICT (bucket) DO UPDATE SET through = excluded.through
                    WHERE excluded.through < through
                """)
        try upsert.execute(arguments: [
            block.bucket, hour(notAfter: max(block.firstAt, -timeLimit) - 1),
        ])
    }

    /// nil where the bucket has no samples that were ever folded.
    static func through(of bucket: UInt32, in db: Database) throws -> Int64? {
        let select = try db.cachedStatement(
            sql: "SELECT through FROM rollup_progress WHERE bucket = ?")
        return try Int64.fetchOne(select, arguments: [bucket])
    }

    static func set(_ through: Int64, of bucket: UInt32, in db: Database) throws {
        let update = try db.cachedStatement(
            sql: "UPDATE rollup_progress SET through = ? WHERE bucket = ?")
        try update.execute(arguments: [through, bucket])
    }

    static func forget(_ bucket: UInt32, in db: Database) throws {
        try db.execute(sql: "DELETE FROM rollup_progress WHERE bucket = ?", arguments: [bucket])
    }
}
