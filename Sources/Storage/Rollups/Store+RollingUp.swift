import Foundation
import GRDB
import Querying
import TimeSeries

/// Makes roll-ups of the blocks of one bucket, a piece of time at a time.
private struct RollupStep {
    /// When and how much is rolled up.
    enum Policy {
        /// Samples stay out of the roll-ups for so long: what is younger may not be in blocks yet.
        static let settling = Duration.seconds(1200)
        /// Rolled up in one piece, milliseconds.
        static let pieceLength: Int64 = 86_400_000
        static let bucketsPerSlice = 64
        /// Samples rolled up in one call; the rest waits for the next.
        static let samplesPerCall = 4_000_000
        /// A series that falls more often than once in so many samples is no counter.
        static let samplesPerFall = 10
        static let counterSuffixes = ["_total", "_count", "_bucket", "_sum"]
    }

    let bucket: UInt32
    let rows: [RollupRow]
    let sampleCount: Int
    /// How far the bucket is rolled up once the rows are written.
    let through: Int64

    /// - Parameter target: A multiple of an hour, after `from`.
    init(
        _ bucket: UInt32, from: Int64, target: Int64, _ resolutions: [RollupResolution],
        names: (UInt32) throws -> String?, in db: Database
    ) throws {
        self.bucket = bucket
        let select = try db.cachedStatement(
            sql: "SELECT min(first_at) FROM block WHERE bucket = ? AND last_at > ?")
        guard let next = try Int64.fetchOne(select, arguments: [bucket, from]), next < target else {
            (rows, sampleCount, through) = ([], 0, target)
            return
        }
        // From here on all arithmetic is among bounded numbers.
        let start = max(from, RollupProgress.hour(notAfter: max(next, from) - 1))
        let end = min(target, start + Policy.pieceLength)
        let ids = (0..<Block.width).map { bucket * Block.width + $0 }
        let columns = try SampleReader(db: db, layouts: []).columns(
            of: ids, from: start - RollupReader.lookbehind, through: end)
        sampleCount = columns.reduce(0) { $0 + $1.values.count }
        through = end
        var fine = columns.map {
            Rollup(
                timestamps: $0.timestamps, values: $0.values,
                resolution: RollupResolution.fiveMinutes.milliseconds, from: start, through: end)
        }
        for (slot, id) in ids.enumerated() where !fine[slot].ends.isEmpty {
            let name = try names(id) ?? ""
            for statistic in Self.dropped(name, columns[slot].values) {
                fine[slot][statistic] = []
            }
        }
        rows = try resolutions.flatMap { resolution in
            let fresh =
                resolution == .fiveMinutes
                ? fine : fine.map { $0.coarsened(to: resolution.milliseconds) }
            return try Self.rows(fresh, bucket, resolution, from: start, through: end, in: db)
        }
    }

    /// What is not kept of a series: of a counter the statistics of its values, of what is none the
    /// increase.
    private static func dropped(_ name: String, _ values: [Double]) -> [RollupStatistic] {
        if Policy.counterSuffixes.contains(where: name.hasSuffix) {
            return [.sum, .minimum, .maximum]
        }
        var fallCount = 0
        var previous = Double.nan
        for value in values where !value.isNaN {
            if value < previous { fallCount += 1 }
            previous = value
        }
        return fallCount * Policy.samplesPerFall > values.count ? [.increase, .gap] : []
    }

    /// The rows of every period that fresh windows lie in, with the windows that are there.
    private static func rows(
        _ fresh: [Rollup], _ bucket: UInt32, _ resolution: RollupResolution, from: Int64,
        through: Int64, in db: Database
    ) throws -> [RollupRow] {
        var result: [RollupRow] = []
        var period = resolution.period(ofEnd: from + 1)
        while period < through {
            let end = period + resolution.periodLength
            var rollups = [Rollup](repeating: Rollup(), count: fresh.count)
            try RollupRow.read(
                Array(fresh.indices), of: bucket, resolution, RollupStatistic.allCases,
                from: period, through: end, in: db, into: &rollups)
            for slot in fresh.indices { rollups[slot].merge(fresh[slot].within(period, end)) }
            if let row = RollupRow(
                rollups, bucket: bucket, resolution: resolution, period: period)
            {
                result.append(row)
            }
            period = end
        }
        return result
    }
}

extension Store {
    /// Through when samples may be rolled up now: whole hours that lie back far enough, and that no
    /// journal row reaches into.
    func rollupTarget(now: Timestamp) throws(StorageError) -> Int64 {
        let settled = (now - RollupStep.Policy.settling).milliseconds
        let journal = try read("looking for the oldest journal row") { db in
            try Int64.fetchOne(db, sql: "SELECT at FROM journal ORDER BY id LIMIT 1")
        }
        return RollupProgress.hour(notAfter: min(settled, journal ?? .max))
    }

    /// Rolls up what is folded and settled, in every resolution that is kept.
    ///
    /// Roll-ups and how far they go change in one transaction, and are made of what is in the file
    /// alone, so that an end at any moment leaves nothing half done or done twice.
    func rollUp(now: Timestamp, everything: Bool) throws(StorageError) {
        if options.keptResolutions.isEmpty { return }
        let target = try rollupTarget(now: now)
        var budget = everything ? Int.max : RollupStep.Policy.samplesPerCall
        while budget > 0 {
            let due = try read("looking for samples to roll up") { db in
                try UInt32.fetchAll(
                    db,
                    sql: """
                        SELECT bucket FROM rollup_progress WHERE through < ?
                        ORDER BY through LIMIT ?
                        """, arguments: [target, RollupStep.Policy.bucketsPerSlice])
            }
            if due.isEmpty { return }
            budget -= try rollUp(due, to: target)
        }
    }

    /// Rolls up the next piece of each bucket.
    ///
    /// - Returns: How many samples those were.
    private func rollUp(_ buckets: [UInt32], to target: Int64) throws(StorageError) -> Int {
        var sampleCount = 0
        var steps: [RollupStep] = []
        for bucket in buckets {
            let step = try read("rolling up") { db -> RollupStep? in
                guard let from = try RollupProgress.through(of: bucket, in: db), from < target
                else { return nil }
                return try RollupStep(
                    bucket, from: from, target: target, options.keptResolutions,
                    names: { id in
                        try catalog.withLock { try $0.labelSet(of: id, in: db) }?.metricName
                    }, in: db)
            }
            guard let step else { continue }
            steps.append(step)
            sampleCount += step.sampleCount
        }
        try write("rolling up \(sampleCount) samples", isDurable: false) { db in
            for step in steps {
                for row in step.rows { try row.insert(in: db) }
                try RollupProgress.set(step.through, of: step.bucket, in: db)
            }
        }
        return sampleCount
    }

    /// Rolls up the samples that are about to be removed, which may be many after an import.
    func rollUp(before cutoff: Int64, target: Int64) throws(StorageError) {
        let end = min(RollupProgress.hour(notAfter: cutoff) + 3_600_000, target)
        while true {
            let due = try read("looking for samples to roll up") { db in
                try UInt32.fetchAll(
                    db,
                    sql: """
                        SELECT bucket FROM rollup_progress AS progress
                        WHERE through < ? AND EXISTS (
                            SELECT 1 FROM block
                            WHERE block.bucket = progress.bucket AND last_at < ?)
                        LIMIT ?
                        """, arguments: [end, cutoff, RollupStep.Policy.bucketsPerSlice])
            }
            if due.isEmpty { return }
            _ = try rollUp(due, to: end)
        }
    }
}
