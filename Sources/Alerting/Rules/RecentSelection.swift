import Querying
import TimeSeries

/// The newest samples of the series of one selector.
struct RecentSelection {
    /// The series of one table that are selected: a row a batch.
    private struct Strip {
        let labels: [LabelSet]
        /// Places in the table's batches.
        let positions: [Int]
        /// Ascending.
        var times: [Int64] = []
        /// Row after row.
        var values: [Double] = []

        mutating func dropRows(before start: Int64) {
            let count = times.partitioningIndex { $0 >= start }
            // Moving the rest is worth it once for many rows.
            guard count * 4 > times.count else { return }
            times.removeFirst(count)
            values.removeFirst(count * positions.count)
        }
    }

    /// A series, and where it lies.
    private struct Place {
        let labels: LabelSet
        let table: UInt64
        let column: Int
    }

    private let matchers: [LabelMatcher]
    /// Milliseconds before the newest sample that are kept, and `slack`.
    private var reach: Int64
    private var newest: Int64
    /// How far behind the newest sample a question may lie.
    private static let slack: Int64 = 10_000
    /// Every sample after it is here.
    private var coveredSince: Int64
    private var strips: [UInt64: Strip] = [:]
    /// By labels; nil where strips came or went.
    private var order: [Place]?
    private var isGivenUp = false

    init(matchers: [LabelMatcher], reach: Int64, coveredSince: Int64) {
        self.matchers = matchers
        self.reach = reach
        self.coveredSince = coveredSince
        newest = coveredSince
    }

    var valueCount: Int { strips.values.reduce(0) { $0 + $1.values.count } }

    /// Leaves the selector to the store for good.
    mutating func giveUp() {
        isGivenUp = true
        strips = [:]
        order = nil
    }

    /// - Returns: Whether the table has series of the selection.
    mutating func adopt(_ table: SeriesTable) -> Bool {
        if isGivenUp { return false }
        if strips[table.id] != nil { return true }
        let positions = table.labels.indices.filter { index in
            matchers.allSatisfy { $0.matches(table.labels[index]) }
        }
        if positions.isEmpty { return false }
        strips[table.id] = Strip(
            labels: positions.map { table.labels[$0] }, positions: positions)
        order = nil
        return true
    }

    mutating func append(_ batch: SampleBatch) {
        if isGivenUp { return }
        // Rows share one time; samples that bring their own are rare, and the store's.
        guard batch.timestamps == nil else { return giveUp() }
        let at = batch.at.milliseconds
        guard var strip = strips.removeValue(forKey: batch.table.id) ?? newStrip(batch.table) else {
            return
        }
        if let last = strip.times.last, at <= last {
            if at < last { forget(through: last) } else { strips[batch.table.id] = strip }
            return
        }
        newest = max(newest, at)
        strip.dropRows(before: at - reach - Self.slack)
        strip.times.append(at)
        for position in strip.positions { strip.values.append(batch.values[position]) }
        strips[batch.table.id] = strip
    }

    private mutating func newStrip(_ table: SeriesTable) -> Strip? {
        adopt(table) ? strips.removeValue(forKey: table.id) : nil
    }

    /// The clock was set back: until it catches up, the store answers.
    private mutating func forget(through time: Int64) {
        strips = [:]
        order = nil
        coveredSince = max(coveredSince, time)
    }

    /// The samples of the closed range, ascending by labels; nil where some may be missing.
    mutating func series(from: Int64, through: Int64) -> [Series]? {
        guard !isGivenUp else { return nil }
        if through - from > reach {
            coveredSince = max(coveredSince, max(newest, through) - reach)
            reach = through - from
        }
        guard from > coveredSince, through >= newest - Self.slack else { return nil }
        dropOldStrips()
        let order = self.order ?? sortedPlaces()
        self.order = order
        let windows = strips.mapValues { strip in
            let low = strip.times.partitioningIndex { $0 >= from }
            let high = strip.times.partitioningIndex { $0 > through }
            return (rows: low..<high, times: Array(strip.times[low..<high]))
        }
        var result: [Series] = []
        result.reserveCapacity(order.count)
        for place in order {
            guard let window = windows[place.table], let strip = strips[place.table],
                !window.rows.isEmpty
            else { continue }
            let series = Series(
                labels: place.labels, timestamps: window.times,
                values: Self.column(
                    place.column, of: strip.values, rows: window.rows,
                    width: strip.positions.count))
            if let last = result.last, last.labels == place.labels {
                result[result.count - 1] = last.merged(with: series)
            } else {
                result.append(series)
            }
        }
        return result
    }

    /// Tables that nobody writes any more.
    private mutating func dropOldStrips() {
        let oldest = newest - reach - Self.slack
        let over = strips.filter { $0.value.times.last.map { $0 < oldest } ?? false }
        if over.isEmpty { return }
        for id in over.keys { strips[id] = nil }
        order = nil
    }

    private func sortedPlaces() -> [Place] {
        strips.flatMap { id, strip in
            strip.labels.enumerated().map { Place(labels: $1, table: id, column: $0) }
        }.sorted { ($0.labels, $0.table) < ($1.labels, $1.table) }
    }

    private static func column(
        _ column: Int, of values: [Double], rows: Range<Int>, width: Int
    ) -> [Double] {
        [Double](unsafeUninitializedCapacity: rows.count) { buffer, count in
            for row in rows {
                buffer.initializeElement(
                    at: row - rows.lowerBound, to: values[row * width + column])
            }
            count = rows.count
        }
    }
}

extension Series {
    /// The samples of both; of two at one time the first one's.
    fileprivate func merged(with other: Series) -> Series {
        var times: [Int64] = []
        var merged: [Double] = []
        var (i, j) = (0, 0)
        while i < timestamps.count || j < other.timestamps.count {
            let isOwn =
                j == other.timestamps.count
                || (i < timestamps.count && timestamps[i] <= other.timestamps[j])
            if isOwn, j < other.timestamps.count, timestamps[i] == other.timestamps[j] { j += 1 }
            times.append(isOwn ? timestamps[i] : other.timestamps[j])
            merged.append(isOwn ? values[i] : other.values[j])
            if isOwn { i += 1 } else { j += 1 }
        }
        return Series(labels: labels, timestamps: times, values: merged)
    }
}
