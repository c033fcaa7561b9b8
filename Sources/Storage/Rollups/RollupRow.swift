import Foundation
import GRDB
import Querying

/// Roll-ups of one bucket and resolution over one period: a row of the table `rollup`.
struct RollupRow {
    let bucket: UInt32
    let resolution: RollupResolution
    let period: Int64
    let payload: Data

    /// In the column `statistic`. Files of version 2 have a row for each statistic instead, whose
    /// payload is that of a block with the ends of the windows as timestamps.
    static let everyStatistic = 7

    /// Replaces what there is of the period.
    func insert(in db: Database) throws {
        let delete = try db.cachedStatement(
            sql: """
                DELETE FROM rollup
                WHERE bucket = ? AND resolution = ? AND period = ? AND statistic <> ?
                """)
        try delete.execute(
            arguments: [bucket, resolution.rawValue, period, Self.everyStatistic])
        let insert = try db.cachedStatement(
            sql: """
                INSERT INTO rollup (bucket, resolution, statistic, period, payload)
                VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (bucket, resolution, period, statistic)
                    DO UPDATE SET payload = excluded.payload
                """)
        try insert.execute(
            arguments: [bucket, resolution.rawValue, Self.everyStatistic, period, payload])
    }

    /// nil where there are no windows in the period.
    ///
    /// - Parameter rollups: By slot.
    init?(
        _ rollups: [Rollup], bucket: UInt32, resolution: RollupResolution, period: Int64
    ) {
        let end = period + resolution.periodLength
        let parts = rollups.enumerated().compactMap { slot, rollup in
            let part = rollup.within(period, end)
            let isWhole = !part.lacks(.count) && !part.lacks(.last)
            return part.ends.isEmpty || !isWhole ? nil : (slot: slot, rollup: part)
        }
        if parts.isEmpty { return nil }
        self.bucket = bucket
        self.resolution = resolution
        self.period = period
        payload = Data(RollupPayload.encode(parts, Self.grid(resolution, period)))
    }

    private static func grid(
        _ resolution: RollupResolution, _ period: Int64
    ) -> RollupPayload.Grid {
        RollupPayload.Grid(period: period, resolution: resolution.milliseconds)
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
                SELECT id, statistic, period, payload FROM rollup
                WHERE bucket = ? AND resolution = ? AND period BETWEEN ? AND ?
                ORDER BY period, statistic
                """)
        let rows = try Row.fetchCursor(
            select,
            arguments: [
                bucket, resolution.rawValue, resolution.period(ofEnd: from + 1),
                resolution.period(ofEnd: through),
            ])
        let wanted = Wanted(slots: slots, statistics: statistics, from: from, through: through)
        while let row = try rows.next() {
            let statistic: Int = row[1]
            guard statistic == everyStatistic || wanted.includes(statistic) else { continue }
            rowCount += 1
            try decoding(row) { bytes throws(Damage) in
                try wanted.append(
                    bytes, statistic: statistic, grid(resolution, row[2]), to: &result)
            }
        }
        return rowCount
    }

    /// - Parameter row: Identifier, statistic, period and payload.
    private static func decoding(
        _ row: Row, _ body: (UnsafeRawBufferPointer) throws(Damage) -> Void
    ) throws {
        try row.withUnsafeData(atIndex: 3) { data in
            try (data ?? Data()).withUnsafeBytes { (bytes: UnsafeRawBufferPointer) in
                do throws(Damage) {
                    try body(bytes)
                } catch {
                    throw Damage("row \(row[0] as Int64) of table rollup: \(error.reason)")
                }
            }
        }
    }

    /// Decodes a whole payload.
    ///
    /// - Throws: Where it is damaged.
    static func check(
        _ payload: UnsafeRawBufferPointer, statistic: Int, resolution: Int64, period: Int64
    ) throws(Damage) {
        guard statistic == everyStatistic else {
            return try BlockReader.check(payload)
        }
        let grid = RollupPayload.Grid(period: period, resolution: resolution * 1000)
        let reader = try RollupPayloadReader(payload, grid)
        for slot in reader.slots { _ = try reader.rollup(slot: slot, RollupStatistic.allCases) }
    }
}

/// What is read of a bucket.
private struct Wanted {
    let slots: [Int]
    let statistics: [RollupStatistic]
    let from: Int64
    let through: Int64

    /// - Parameter statistic: A raw value.
    func includes(_ statistic: Int) -> Bool { statistics.contains { $0.rawValue == statistic } }

    func append(
        _ payload: UnsafeRawBufferPointer, statistic: Int, _ grid: RollupPayload.Grid,
        to result: inout [Rollup]
    ) throws(Damage) {
        if let statistic = RollupStatistic(rawValue: statistic) {
            return try append(payload, statistic, to: &result)
        }
        let reader = try RollupPayloadReader(payload, grid)
        for (index, slot) in slots.enumerated() {
            guard let rollup = try reader.rollup(slot: slot, statistics) else { continue }
            let range = rollup.ends.upperBound(from)..<rollup.ends.upperBound(through)
            if range.isEmpty { continue }
            if statistics.contains(.count) { result[index].ends += rollup.ends[range] }
            for statistic in statistics where !rollup.lacks(statistic) {
                result[index][statistic] += rollup[statistic][range]
            }
        }
    }

    /// One statistic, as files of version 2 have it.
    private func append(
        _ payload: UnsafeRawBufferPointer, _ statistic: RollupStatistic, to result: inout [Rollup]
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

extension Rollup {
    /// The windows that end in (from, through].
    func within(_ from: Int64, _ through: Int64) -> Rollup {
        let range = ends.upperBound(from)..<ends.upperBound(through)
        var result = Rollup()
        result.ends = Array(ends[range])
        for statistic in RollupStatistic.allCases where !lacks(statistic) {
            result[statistic] = Array(self[statistic][range])
        }
        return result
    }
}
