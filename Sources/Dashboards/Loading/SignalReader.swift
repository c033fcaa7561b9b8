import Querying
import TimeSeries

/// Runs the pages' queries, and evaluates of each range only what is new.
///
/// Points lie on a grid of their step, so that a window that moved on shares all but its newest
/// points with the last one. Used by one thread at a time.
struct SignalReader {
    private struct Range {
        var grid: TimeGrid
        var series: [LabelSet: Series]
        var isUsed = true
    }

    private let source: any SeriesSource
    private let engine: QueryEngine
    private var expressions: [String: QueryExpression] = [:]
    private var ranges: [String: Range] = [:]

    init(source: any SeriesSource, engine: QueryEngine) {
        self.source = source
        self.engine = engine
    }

    /// - Throws: `QueryError`.
    mutating func instant(_ query: String, at now: Timestamp) throws -> [VectorElement] {
        switch try engine.instant(try expression(query), at: now, over: source) {
        case .vector(let elements): return elements
        case .scalar(let value): return [VectorElement(labels: LabelSet(), value: value)]
        case .string, .matrix: return []
        }
    }

    /// One series a label set, with points at instants of the grid.
    ///
    /// - Throws: `QueryError`.
    mutating func range(_ query: String, _ grid: TimeGrid) throws -> [Series] {
        let expression = try expression(query)
        if var known = ranges[query], known.grid.step == grid.step,
            known.grid.start <= grid.start, known.grid.end <= grid.end,
            known.grid.end >= grid.start
        {
            if known.grid.end < grid.end {
                // The last points may have been read before all of their samples were there.
                let settled = known.grid.end - .milliseconds(2 * grid.step.milliseconds)
                let from = max(grid.start, settled)
                let fresh = try engine.range(
                    expression, start: from, end: grid.end, step: grid.step, over: source)
                known.series = Self.joined(known.series, fresh, from: from, start: grid.start)
            }
            known.grid = grid
            known.isUsed = true
            ranges[query] = known
            return Array(known.series.values)
        }
        let series = try engine.range(
            expression, start: grid.start, end: grid.end, step: grid.step, over: source)
        ranges[query] = Range(
            grid: grid,
            series: Dictionary(series.map { ($0.labels, $0) }, uniquingKeysWith: { $1 }))
        return series
    }

    /// Forgets what was not asked for since the last call.
    mutating func sweep() {
        ranges = ranges.filter(\.value.isUsed).mapValues { range in
            var range = range
            range.isUsed = false
            return range
        }
        if expressions.count > 1_000 { expressions.removeAll() }
    }

    private mutating func expression(_ query: String) throws -> QueryExpression {
        if let known = expressions[query] { return known }
        let expression = try QueryExpression(parsing: query)
        expressions[query] = expression
        return expression
    }

    /// Old points of [start, from) and fresh ones from there on.
    private static func joined(
        _ old: [LabelSet: Series], _ fresh: [Series], from: Timestamp, start: Timestamp
    ) -> [LabelSet: Series] {
        var result: [LabelSet: Series] = [:]
        for (labels, series) in old {
            var kept = Series(labels: labels)
            for (time, value) in zip(series.timestamps, series.values)
            where time >= start.milliseconds && time < from.milliseconds {
                kept.timestamps.append(time)
                kept.values.append(value)
            }
            if !kept.timestamps.isEmpty { result[labels] = kept }
        }
        for series in fresh {
            var whole = result[series.labels] ?? Series(labels: series.labels)
            whole.timestamps += series.timestamps
            whole.values += series.values
            result[series.labels] = whole
        }
        return result
    }
}
