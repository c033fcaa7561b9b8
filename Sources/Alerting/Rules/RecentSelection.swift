import Querying
import TimeSeries

/// The newest samples of the series of one selector.
struct RecentSelection {
    /// The series of one table that are selected: a row a batch.
    private struct Strip {
        let table: SeriesTable
        /// Places in the table and its batches.
        let positions: [UInt32]
        /// Ascending.
        var times: [Int64] = []
        /// Row after row.
        var values = RecentValues()

        mutating func append(_ batch: [Double], at time: Int64, droppingRowsBefore start: Int64) {
            makeRoom(droppingRowsBefore: start)
            times.append(time)
            values.append(batch, at: positions)
        }

        func labels(of column: Int) -> LabelSet { table.labels[Int(positions[column])] }

        /// The values of one series in some of the rows.
        func column(_ column: Int, rows: Range<Int>) -> [Double] {
            let width = positions.count
            return [Double](unsafeUninitializedCapacity: rows.count) { buffer, count in
                for row in rows {
                    buffer.initializeElement(
                        at: row - rows.lowerBound, to: values[row * width + column])
                }
                count = rows.count
            }
        }

        /// Makes room for a row: where rows are over by moving the rest, else by growing a little,
        /// since most strips soon have the size that they keep.
        private mutating func makeRoom(droppingRowsBefore start: Int64) {
            let width = positions.count
            guard values.count + width > values.capacity else { return }
            let count = times.partitioningIndex { $0 >= start }
            times.removeFirst(count)
            values.removeFirst(count * width)
            if count * 8 < times.count {
                values.reserveCapacity(values.count + max(values.count / 4, width * 8))
            }
        }
    }

    /// A series, and where it lies.
    private struct Place {
        /// Among the strips.
        let strip: Int32
        let column: Int32
    }

    /// The rows of a strip that a question is about.
    private struct Window {
        let rows: Range<Int>
        let times: [Int64]
    }

    private let matchers: [LabelMatcher]
    /// The one that all series have; nil where there may be several.
    let metricName: String?
    /// Milliseconds before the newest sample that are kept, and `slack`.
    private var reach: Int64
    private var newest: Int64
    /// How far behind the newest sample a question may lie: that of a minute comes some ten seconds
    /// after it.
    private static let slack: Int64 = 15_000
    /// Every sample after it is here.
    private var coveredSince: Int64
    private var strips: [Strip] = []
    /// Among the strips, by table.
    private var stripIndices: [UInt64: Int] = [:]
    /// What the store had of the time before, while questions reach back there.
    private var history: History?
    /// By labels; nil where strips came or went.
    private var order: [Place]?
    private var isGivenUp = false

    init(matchers: [LabelMatcher], reach: Int64, coveredSince: Int64) {
        self.matchers = matchers
        let name = matchers.first { $0.name == LabelSet.metricNameLabel && $0.operation == .equal }
        metricName = name?.value.isEmpty == false ? name?.value : nil
        self.reach = reach
        self.coveredSince = coveredSince
        newest = coveredSince
    }

    var valueCount: Int {
        strips.reduce(history?.valueCount ?? 0) { $0 + $1.values.count }
    }

    /// Leaves the selector to the store for good.
    mutating func giveUp() {
        isGivenUp = true
        empty()
    }

    /// - Parameters:
    ///   - candidates: Where in the table its series can lie, ascending.
    ///   - before: What was written of a table that is new here, ascending in time.
    /// - Returns: The strip of the table's series; nil where it has none of the selection.
    mutating func adopt(
        _ table: SeriesTable, among candidates: some Sequence<Int>,
        writtenBefore before: [SampleBatch] = []
    ) -> Int? {
        if isGivenUp { return nil }
        if let known = stripIndices[table.id] { return known }
        let positions = candidates.filter { index in
            let set = table.labels[index]
            return matchers.allSatisfy { $0.matches(set) }
        }
        if positions.isEmpty { return nil }
        stripIndices[table.id] = strips.count
        strips.append(Strip(table: table, positions: positions.map { UInt32($0) }))
        order = nil
        let index = strips.count - 1
        for batch in before { append(batch, expectedStrip: index) }
        return index
    }

    /// - Parameter expectedStrip: That of the batch's table, unless strips came or went.
    mutating func append(_ batch: SampleBatch, expectedStrip: Int) {
        if isGivenUp { return }
        // Rows share one time; samples that bring their own are rare, and the store's.
        guard batch.timestamps == nil else { return giveUp() }
        let at = batch.at.milliseconds
        guard let index = stripIndex(of: batch.table, expected: expectedStrip) else { return }
        if let last = strips[index].times.last, at <= last {
            if at < last { forget() }
            return
        }
        newest = max(newest, at)
        strips[index].append(batch.values, at: at, droppingRowsBefore: at - reach - Self.slack)
    }

    private mutating func stripIndex(of table: SeriesTable, expected: Int) -> Int? {
        if expected < strips.count, strips[expected].table === table { return expected }
        return adopt(table, among: table.labels.indices)
    }

    /// The clock was set back: until it catches up, the store answers.
    private mutating func forget() {
        empty()
        coveredSince = max(coveredSince, newest)
    }

    private mutating func empty() {
        strips = []
        stripIndices = [:]
        history = nil
        order = nil
    }

    /// The samples of the closed range, ascending by labels; nil where some may be missing.
    mutating func series(from: Int64, through: Int64) -> [Series]? {
        guard !isGivenUp, through >= newest - Self.slack else { return nil }
        if through - from > reach {
            coveredSince = max(coveredSince, max(newest, through) - reach)
            reach = through - from
            history = nil
        }
        if from > coveredSince {
            history = nil
        } else if history.map({ from < $0.since }) ?? true {
            return nil
        }
        let written = seriesOfStrips(from: from, through: through)
        return history?.followed(by: written, from: from, through: through) ?? written
    }

    /// Through when the store must be asked, so that with its answer nothing is missing of a range.
    ///
    /// - Returns: nil where that is not enough.
    func gapEnd(from: Int64, through: Int64) -> Int64? {
        guard !isGivenUp, through >= newest - Self.slack, from <= coveredSince,
            coveredSince <= through
        else { return nil }
        return coveredSince
    }

    /// Takes over what the store answered of a gap, so that it is not asked again while strips do
    /// not reach back as far as questions do.
    ///
    /// - Parameter answer: The samples of the closed range, ascending by labels.
    mutating func remember(_ answer: [Series], from: Int64, through: Int64) {
        guard !isGivenUp, from <= coveredSince, coveredSince <= through else { return }
        history = History(of: answer, since: from, through: coveredSince)
    }

    private mutating func seriesOfStrips(from: Int64, through: Int64) -> [Series] {
        dropOldStrips()
        let order = self.order ?? sortedPlaces()
        self.order = order
        let windows = strips.map { strip in
            let low = strip.times.partitioningIndex { $0 >= from }
            let high = strip.times.partitioningIndex { $0 > through }
            return Window(rows: low..<high, times: Array(strip.times[low..<high]))
        }
        var result: [Series] = []
        result.reserveCapacity(order.count)
        for place in order {
            let (index, column) = (Int(place.strip), Int(place.column))
            let rows = windows[index].rows
            if rows.isEmpty { continue }
            let series = Series(
                labels: strips[index].labels(of: column), timestamps: windows[index].times,
                values: strips[index].column(column, rows: rows))
            if let last = result.last, last.labels == series.labels {
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
        func isOver(_ strip: Strip) -> Bool { strip.times.last.map { $0 < oldest } ?? false }
        guard strips.contains(where: isOver) else { return }
        strips.removeAll(where: isOver)
        stripIndices = Dictionary(
            uniqueKeysWithValues: strips.enumerated().map { ($0.element.table.id, $0.offset) })
        order = nil
    }

    private func sortedPlaces() -> [Place] {
        strips.enumerated().flatMap { index, strip in
            strip.positions.indices.map { column in
                (
                    labels: strip.labels(of: column), table: strip.table.id,
                    place: Place(strip: Int32(index), column: Int32(column))
                )
            }
        }.sorted { ($0.labels, $0.table) < ($1.labels, $1.table) }.map(\.place)
    }
}
