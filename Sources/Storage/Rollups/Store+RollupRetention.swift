import GRDB
import TimeSeries

extension Store {
    private static var rowsPerSlice: Int { 512 }

    /// Removes roll-ups older than the retention of their resolution.
    ///
    /// - Returns: The buckets that lost some.
    func removeRollups(now: Timestamp) throws(StorageError) -> Set<UInt32> {
        var buckets: Set<UInt32> = []
        for resolution in RollupResolution.allCases {
            let cutoff = (now - options.retention(of: resolution)).milliseconds
            while true {
                let removed = try removeOldestRollups(
                    resolution, before: cutoff - resolution.periodLength, byteCount: .max)
                buckets.formUnion(removed)
                if removed.count < Self.rowsPerSlice { break }
            }
        }
        return buckets
    }

    /// - Parameters:
    ///   - cutoff: Of the beginning of a period, milliseconds, exclusive.
    ///   - byteCount: Stops when so many bytes of payload are gone.
    /// - Returns: The bucket of each row that was removed.
    func removeOldestRollups(
        _ resolution: RollupResolution, before cutoff: Int64, byteCount: Int
    ) throws(StorageError) -> [UInt32] {
        try write("removing old roll-ups", isDurable: false) { db in
            let select = try db.cachedStatement(
                sql: """
                    SELECT id, bucket, length(payload) FROM rollup
                    WHERE resolution = ? AND period < ? ORDER BY period LIMIT ?
                    """)
            let rows = try Row.fetchAll(
                select, arguments: [resolution.rawValue, cutoff, Self.rowsPerSlice])
            return try db.removeOldest(rows, of: "rollup", byteCount: byteCount)
        }
    }

    /// The end of the oldest period that there are roll-ups of, milliseconds; nil where there are
    /// none.
    func oldestRollup(_ resolution: RollupResolution) throws(StorageError) -> Int64? {
        try read("looking for the oldest roll-up") { db in
            try Int64.fetchOne(
                db, sql: "SELECT min(period) FROM rollup WHERE resolution = ?",
                arguments: [resolution.rawValue])
        }.map { $0 + resolution.periodLength }
    }
}
