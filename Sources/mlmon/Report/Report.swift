import Querying
import TimeSeries

/// Reads the series block by block and hands out rows in the order of time, service, model, version.
///
/// Counters count exactly: the increase of a step is the sum of the differences of the samples in
/// it, without PromQL's extrapolation, so that the rows of a report add up to what was counted.
struct Report {
    /// How far before the first step the value that a counter had is looked for.
    private static let baseLookback = Duration.seconds(3600)
    /// Bounds what is in memory at a time.
    private static let maximumBlock = Duration.seconds(6 * 3600)
    private static let maximumBlockStepCount: Int64 = 360

    let source: any SeriesSource
    let start: Timestamp
    let end: Timestamp
    let step: Duration
    let service: String?

    /// - Parameters:
    ///   - emit: Takes each row; what it throws ends the report.
    ///   - progress: Called with the share done, 0...1, after each block.
    func write(_ emit: (ReportRow) throws -> Void, progress: (Double) -> Void) throws {
        var memory = ReportMemory()
        let blockLength = Duration.milliseconds(
            max(
                1,
                min(
                    Self.maximumBlockStepCount,
                    Self.maximumBlock.milliseconds / step.milliseconds)) * step.milliseconds)
        var blockStart = start
        while blockStart < end {
            let blockEnd = min(blockStart + blockLength, end)
            try rows(from: blockStart, to: blockEnd, &memory).forEach(emit)
            blockStart = blockEnd
            progress(
                Double((blockStart - start).milliseconds) / Double((end - start).milliseconds))
        }
    }

    /// The rows of one span, which is held in memory.
    ///
    /// - Parameters:
    ///   - to: Exclusive.
    ///   - memory: Of the spans before, which end where this one begins.
    func rows(
        from blockStart: Timestamp, to blockEnd: Timestamp, _ memory: inout ReportMemory
    ) throws -> [ReportRow] {
        var block = ReportBlock(start: blockStart, end: blockEnd, step: step)
        let from = memory.isFresh ? blockStart - Self.baseLookback : blockStart
        for series in try read(from: from, through: blockEnd - .milliseconds(1)) {
            take(series, into: &block, &memory)
        }
        memory.isFresh = false
        return block.rows(&memory)
    }

    private func read(from: Timestamp, through: Timestamp) throws -> [Series] {
        let names = (ReportColumn.metricNames + ["ALERTS", "up"]).joined(separator: "|")
        var matchers = [try LabelMatcher(name: "__name__", .matches, value: names)]
        if let service {
            matchers.append(try LabelMatcher(name: "service", .equal, value: service))
        }
        return try source.unorderedSeries(matching: matchers, from: from, through: through)
    }

    private func take(
        _ series: Series, into block: inout ReportBlock, _ memory: inout ReportMemory
    ) {
        guard let name = series.labels.metricName else { return }
        if let column = ReportColumn(series.labels, metricName: name) {
            if column.isCounter {
                block.add(series, to: column, since: memory.lastValue(of: series.labels))
                memory.note(series)
            } else {
                block.set(series, of: column)
            }
        } else if name == "up" {
            block.markWatched(series)
        } else if series.labels["alertstate"] == "firing" {
            for (timestamp, value) in zip(series.timestamps, series.values) where value == 1 {
                block.markFiring(series.labels, at: timestamp)
            }
        }
    }
}
