import Foundation
import GRDB
import Querying

/// Roll-ups of one bucket and resolution, as rows of the table `rollup`: one a statistic and
/// period, whose payload is that of a block with the ends of the windows as timestamps.
struct RollupRow {
    let bucket: UInt32
    let resolution: RollupResolution
    let statistic: RollupStatistic
    let period: Int64
    let payload: Data

    func insert(in db: Database) throws {
        let insert = try db.cachedStatement(
            sql: """
                INSERT INTO rollup (bucket, resolution, statistic, period, payload)
                VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (bucket, resolution, statistic, period)
                    DO UPDATE SET payload = excluded.payload
                """)
        try insert.execute(
            arguments: [bucket, resolution.rawValue, statistic.rawValue, period, payload])
    }

    /// Every statistic that is kept for the windows of one period.
    ///
    /// - Parameter rollups: By slot.
    static func rows(
        _ rollups: [Rollup], bucket: UInt32, resolution: RollupResolution, period: Int64
    ) -> [RollupRow] {
        let end = period + resolution.periodLength
        return RollupStatistic.allCases.compactMap { statistic in
            let parts = rollups.enumerated().compactMap { slot, rollup -> Block.Part? in
                if rollup.lacks(statistic) { return nil }
                let low = rollup.ends.upperBound(period)
                let high = rollup.ends.upperBound(end)
                if low >= high { return nil }
                return Block.Part(
                    slot: slot, timestamps: Array(rollup.ends[low..<high]),
                    values: Array(rollup[statistic][low..<high]))
            }
            if parts.isEmpty { return nil }
            return RollupRow(
                bucket: bucket, resolution: resolution, statistic: statistic, period: period,
                payload: Data(Block.encode(parts)))
        }
    }

    /// Reads what is kept of some series of a bucket.
    ///
    /// - Parameters:
    ///   - slots: Those to read.
    ///   - from, through: The windows read end in (from, through].
    ///   - result: As long as `slots`; windows are appended, which must be later than those there.
    /// - Returns: How many rows were read.
    @discardableResult
    static func read(
        _ slots: [Int], of bucket: UInt32, _ resolution: RollupResolution,
        _ statistics: [RollupStatistic], from: Int64, through: Int64, in db: Database,
        into result: inout [Rollup]
    ) throws -> Int {
        guard from < through else { return 0 }
        var rowCount = 0
        let select = try db.cachedStatement(
            sql: """
                SELECT id, payload FROM rollup
                WHERE bucket = ? AND resolution = ? AND statistic = ? AND period BETWEEN ? AND ?
                ORDER BY period
                """)
        for statistic in statistics {
            let rows = try Row.fetchCursor(
                select,
                arguments: [
                    bucket, resolution.rawValue, statistic.rawValue,
                    resolution.period(ofEnd: from + 1), resolution.period(ofEnd: through),
                ])
            while let row = try rows.next() {
                rowCount += 1
                try row.withUnsafeData(atIndex: 1) { data in
                    try (data ?? Data()).withUnsafeBytes { (bytes: UnsafeRawBufferPointer) in
                        do throws(Damage) {
                            try append(
                                bytes, slots, statistic, from: from, through: through, to: &result)
                        } catch {
                            throw Damage("row \(row[0] as Int64) of table rollup: \(error.reason)")
                        }
                    }
                }
            }
        }
        return rowCount
    }

    private static func append(
        _ payload: UnsafeRawBufferPointer, _ slots: [Int], _ statistic: RollupStatistic,
        from: Int64, through: Int64, to result: inout [Rollup]
    ) throws(Damage) {
        var block = try BlockReader(payload)
        for (index, slot) in slots.enumerated() {
            guard let part = try block.part(slot: slot) else { continue }
            let range = part.timestamps.upperBound(from)..<part.timestamps.upperBound(through)
            if range.isEmpty { continue }
            if statistic == .count { result[index].ends += part.timestamps[range] }
            result[index][statistic] += part.values[range]
        }
    }
}
