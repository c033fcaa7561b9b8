import GRDB
import Querying
import TimeSeries

/// Reads windows of chosen series: rolled up as far as they are, the rest from samples.
struct RollupReader {
    let db: Database
    let samples: SampleReader

    /// How far back the sample before a window is looked for, milliseconds.
    static let lookbehind: Int64 = 3_600_000

    /// Windows over (from, through], one rollup for each wanted series.
    ///
    /// - Parameter wanted: Ascending.
    func rollups(
        of wanted: [UInt32], _ resolution: RollupResolution, _ statistics: [RollupStatistic],
        from: Int64, through: Int64
    ) throws -> [Rollup] {
        let unit = resolution.milliseconds
        let low = Rollup.windowEnd(of: from, unit)
        let high = Timestamp(milliseconds: through).aligned(to: .milliseconds(unit)).milliseconds
        var result = [Rollup](repeating: Rollup(), count: wanted.count)
        // From where on the windows of each series have to be made of samples.
        var samplesFrom = [Int64](repeating: from, count: wanted.count)
        if low < high {
            for (bucket, indices) in BucketRuns(wanted) {
                let rolled = try read(
                    wanted[indices], of: bucket, resolution, statistics, from: low, through: high)
                let progress = try RollupProgress.through(of: bucket, in: db) ?? from
                for (index, rollup) in zip(indices, rolled) {
                    guard let rollup else { continue }
                    result[index] = rollup
                    samplesFrom[index] = max(min(progress, high), low)
                }
            }
        }
        try addHeads(of: wanted, samplesFrom, unit, from: from, through: low, to: &result)
        let ends = Set(samplesFrom).filter { $0 < through }
        for start in ends {
            let indices = wanted.indices.filter { samplesFrom[$0] == start }
            let tails = try windows(
                of: indices.map { wanted[$0] }, unit, from: start, through: through)
            for (index, tail) in zip(indices, tails) { result[index].merge(tail) }
        }
        return result
    }

    /// nil for a series that lacks a statistic in some windows.
    private func read(
        _ wanted: ArraySlice<UInt32>, of bucket: UInt32, _ resolution: RollupResolution,
        _ statistics: [RollupStatistic], from: Int64, through: Int64
    ) throws -> [Rollup?] {
        var rolled = [Rollup](repeating: Rollup(), count: wanted.count)
        let rowCount = try RollupRow.read(
            wanted.map { Int($0 % Block.width) }, of: bucket, resolution, statistics, from: from,
            through: through, in: db, into: &rolled)
        samples.counter?.add(rowCount)
        return rolled.map { rollup in
            statistics.contains { rollup.lacks($0) } ? nil : rollup
        }
    }

    /// Puts the window that `from` cuts short in front.
    private func addHeads(
        of wanted: [UInt32], _ samplesFrom: [Int64], _ unit: Int64, from: Int64, through: Int64,
        to result: inout [Rollup]
    ) throws {
        let indices = wanted.indices.filter { samplesFrom[$0] > from }
        guard from < through, !indices.isEmpty else { return }
        let heads = try windows(
            of: indices.map { wanted[$0] }, unit, from: from, through: through)
        for (index, head) in zip(indices, heads) {
            var whole = head
            whole.merge(result[index])
            result[index] = whole
        }
    }

    private func windows(
        of wanted: [UInt32], _ unit: Int64, from: Int64, through: Int64
    ) throws -> [Rollup] {
        try samples.columns(of: wanted, from: from - Self.lookbehind, through: through).map {
            Rollup(
                timestamps: $0.timestamps, values: $0.values, resolution: unit, from: from,
                through: through)
        }
    }
}

extension Store {
    package func rollupOffer() throws -> RollupOffer {
        // What lies under the file has samples alone.
        if options.keptResolutions.isEmpty || underlay != nil { return RollupOffer() }
        return try read("looking for roll-ups") { db in
            let select = try db.cachedStatement(
                sql: "SELECT min(period) FROM rollup WHERE resolution = ?")
            let levels = try options.keptResolutions.map { resolution in
                RollupOffer.Level(
                    resolution: resolution.milliseconds,
                    oldest: try Int64.fetchOne(select, arguments: [resolution.rawValue]),
                    periodLength: resolution.periodLength)
            }
            let block = try db.cachedStatement(
                sql: "SELECT first_at FROM block ORDER BY last_at LIMIT 1")
            let journal = try db.cachedStatement(sql: "SELECT at FROM journal ORDER BY id LIMIT 1")
            return RollupOffer(
                levels: levels,
                oldestSample: try Int64.fetchOne(block) ?? Int64.fetchOne(journal))
        }
    }

    /// - Throws: `StorageError`.
    package func rollups(
        matching matchers: [LabelMatcher], resolution: Int64, statistics: [RollupStatistic],
        from: Timestamp, through: Timestamp
    ) throws -> [RolledSeries] {
        guard let level = RollupResolution.allCases.first(where: { $0.milliseconds == resolution })
        else { return [] }
        let limit = RollupProgress.timeLimit
        let first = max(from.milliseconds, -limit)
        let last = min(through.milliseconds, limit)
        return try read("reading roll-ups") { db in
            let wanted = try MatcherResolution(db: db).series(matching: matchers)
            if last <= first { return [] }
            let realised = try realisedRollups(
                matching: matchers, resolution: resolution, from: first, through: last, in: db)
            if wanted.isEmpty { return realised }
            let rolled = try RollupReader(db: db, samples: sampleReader(db)).rollups(
                of: wanted, level, statistics, from: first, through: last)
            var result: [RolledSeries] = []
            try catalog.withLock { catalog in
                for (id, rollup) in zip(wanted, rolled) where !rollup.ends.isEmpty {
                    guard let labels = try catalog.labelSet(of: id, in: db) else { continue }
                    result.append(RolledSeries(labels: labels, rollup: rollup))
                }
            }
            return (result + realised).sorted { $0.labels < $1.labels }
        }
    }
}
