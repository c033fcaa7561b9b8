import GRDB
import Querying

/// Which series have samples in a closed range of times: in the journal, in blocks, or, where
/// samples are gone, in roll-ups.
///
/// A stale marker is a sample, as it is for Prometheus.
struct SeriesPresence {
    let db: Database
    let from: Int64
    let through: Int64
    /// From here on samples are kept, before it roll-ups alone.
    private let oldestSample: Int64
    /// Of whom the journal has samples.
    private var journal = SeriesBits()

    /// - Parameters:
    ///   - layouts: Every layout of the snapshot, with how far its rows are folded.
    ///   - from, through: Milliseconds.
    /// - Complexity: O(layouts · log(rows) + their series).
    init(
        db: Database, layouts: [(layout: Layout, foldedThrough: Int64)], from: Int64,
        through: Int64
    ) throws {
        self.db = db
        self.from = max(from, -RollupProgress.timeLimit)
        self.through = min(through, RollupProgress.timeLimit)
        let oldest = try RowScan(
            """
            SELECT coalesce(
                (SELECT first_at FROM block ORDER BY last_at LIMIT 1),
                (SELECT at FROM journal ORDER BY id LIMIT 1))
            """, in: db)
        try oldest.start()
        oldestSample =
            try oldest.next() && !oldest.isNull(0) ? oldest.integer(0) : RollupProgress.timeLimit
        let scan = try RowScan(
            "SELECT 1 FROM journal WHERE layout = ? AND at BETWEEN ? AND ? AND id > ? LIMIT 1",
            in: db)
        for (layout, foldedThrough) in layouts {
            if layout.hasTimestamps {
                for id in try timedSeries(of: layout, after: foldedThrough) { journal.insert(id) }
                continue
            }
            try scan.start(layout.id, self.from, self.through, foldedThrough)
            if try scan.next() { for id in layout.series { journal.insert(id) } }
        }
    }

    /// Those of the series that have samples in the range.
    ///
    /// - Parameter series: Ascending.
    /// - Complexity: Reads the blocks of the range of those series that the journal has not.
    func present(of series: [UInt32]) throws -> [UInt32] {
        var found = series.filter(journal.contains)
        if found.count == series.count { return series }
        let others = series.filter { !journal.contains($0) }
        for (bucket, indices) in BucketRuns(others) {
            found += try inBlocks(Array(others[indices]), of: bucket)
        }
        return found.sorted()
    }

    /// Whether any of the series has samples in the range.
    func containsAny(of series: [UInt32]) throws -> Bool {
        if series.contains(where: journal.contains) { return true }
        for (bucket, indices) in BucketRuns(series)
        where try !inBlocks(Array(series[indices]), of: bucket).isEmpty {
            return true
        }
        return false
    }

    // MARK: The journal

    /// Rows with timestamps of their own may hold any time, so that all are read.
    private func timedSeries(of layout: Layout, after: Int64) throws -> Set<UInt32> {
        let scan = try RowScan(
            "SELECT id, at, payload FROM journal WHERE layout = ? AND id > ?", in: db)
        try scan.start(layout.id, after)
        var found: Set<UInt32> = []
        while try scan.next() {
            var values: [Double] = []
            var times: [Int64] = []
            do {
                try JournalRow.decode(
                    scan.bytes(2), count: layout.series.count, hasTimestamps: true,
                    at: scan.integer(1), values: &values, timestamps: &times)
            } catch {
                throw JournalPayload.damage(error.reason, scan.integer(0))
            }
            for (id, time) in zip(layout.series, times) where time >= from && time <= through {
                found.insert(id)
            }
        }
        return found
    }

    // MARK: Blocks and roll-ups

    private func inBlocks(_ series: [UInt32], of bucket: UInt32) throws -> [UInt32] {
        let blocks = try RowScan(
            """
            SELECT id, payload FROM block WHERE bucket = ? AND last_at >= ? AND first_at <= ?
            """, in: db)
        try blocks.start(Int64(bucket), from, through)
        var (found, missing) = try sift(series, blocks)
        let end = min(through, oldestSample)
        if missing.isEmpty || end < from { return found }
        for resolution in RollupResolution.allCases {
            // A window is kept under the time at which it ends, and does not hold its beginning.
            var rollups = [Rollup](repeating: Rollup(), count: missing.count)
            _ = try RollupRow.read(
                missing.map { Int($0 % Block.width) }, of: bucket, resolution, [.count],
                from: from - 1, through: end + resolution.milliseconds - 1, in: db, into: &rollups)
            let isThere = rollups.map { !$0.ends.isEmpty }
            found += zip(missing, isThere).filter(\.1).map(\.0)
            missing = zip(missing, isThere).filter { !$0.1 }.map(\.0)
        }
        return found
    }

    /// Looks into one payload after the other until all are found.
    private func sift(
        _ series: [UInt32], _ scan: borrowing RowScan
    ) throws -> (found: [UInt32], missing: [UInt32]) {
        var found: [UInt32] = []
        var missing = series
        while !missing.isEmpty, try scan.next() {
            do throws(Damage) {
                var block = try BlockReader(scan.bytes(1))
                for (index, id) in missing.enumerated().reversed()
                where try block.hasSamples(
                    slot: Int(id % Block.width), from: from, through: through)
                {
                    found.append(id)
                    missing.remove(at: index)
                }
            } catch {
                throw Damage("row \(scan.integer(0)) of table block: \(error.reason)")
            }
        }
        return (found, missing)
    }
}
