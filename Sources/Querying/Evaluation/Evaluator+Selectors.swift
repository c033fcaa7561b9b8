import TimeSeries

extension Evaluator {
    /// When a selector is evaluated: at each step, moved by its offset or fixed by its `@`.
    func instants(_ shift: TimeShift, on grid: StepGrid) -> StepGrid {
        let offset = shift.offset ?? 0
        let anchor: Int64
        switch shift.at {
        case nil: return StepGrid(start: grid.start - offset, step: grid.step, count: grid.count)
        case .timestamp(let time): anchor = time
        case .start: anchor = queryTimes.start
        case .end: anchor = queryTimes.end
        }
        return StepGrid(start: anchor - offset, step: 0, count: grid.count)
    }

    /// An instant selector: the newest sample of each series within the look-back, unless the
    /// series ended before.
    ///
    /// - Parameter wantsTimes: Gives when each sample was taken, in seconds, not its value.
    func newest(
        _ selector: Selector, on grid: StepGrid, wantsTimes: Bool = false
    ) throws(QueryError) -> Frame {
        let instants = self.instants(selector.shift, on: grid)
        if !wantsTimes, let rolled = try newestRolledUp(selector, at: instants) { return rolled }
        let found = try series(
            matching: selector.matchers, from: instants.start - lookback + 1,
            through: instants.end)
        let lookback = lookback
        return try rows(of: found, on: grid) { series, cells in
            appendNewest(
                series.timestamps.span, series.values.span, at: instants, lookback: lookback,
                wantsTimes: wantsTimes, to: &cells)
        }
    }

    /// One row a series, whose cells the body appends; large selections on every core.
    func rows(
        of found: [Series], on grid: StepGrid,
        _ body: @Sendable (Series, inout [Double]) -> Void
    ) throws(QueryError) -> Frame {
        try charge(rows: found.count, steps: grid.count)
        let sampleCount = found.reduce(0) { $0 + $1.values.count }
        let workOfEach = sampleCount / max(found.count, 1) + grid.count
        let isCancelled = limits.isCancelled
        let size = max(1, Self.workOfPart / workOfEach)
        let parts = try inParts(of: found.count, size: size) { range throws(QueryError) in
            var cells: [Double] = []
            cells.reserveCapacity(range.count * grid.count)
            for series in found[range] {
                if isCancelled() { throw QueryError.timedOut }
                body(series, &cells)
            }
            return cells
        }
        try checkCancellation()
        return Frame(
            labels: found.map(\.labels), values: parts.count == 1 ? parts[0] : parts.flatMap { $0 },
            stepCount: grid.count)
    }

    /// Samples and cells that one thread takes at a time.
    private static var workOfPart: Int { 65_536 }

    /// The samples of a range selector or subquery over all windows of the grid.
    func windows(_ node: Node, on grid: StepGrid) throws(QueryError) -> Windows {
        switch node {
        case .parentheses(let inner): return try windows(inner, on: grid)
        case .range, .subquery:
            guard let profile else { return try measuredWindows(node, on: grid) }
            return try profile.measure(
                node.description,
                size: { (windows: Windows) in
                    (windows.series.count, windows.series.reduce(0) { $0 + $1.values.count })
                }
            ) { () throws(QueryError) in try measuredWindows(node, on: grid) }
        default: throw QueryError(.execution, "expected a range vector: \(node)")
        }
    }

    private func measuredWindows(
        _ node: Node, on grid: StepGrid
    ) throws(QueryError) -> Windows {
        switch node {
        case .range(let selector, let range):
            let ends = instants(selector.shift, on: grid)
            let found = try series(
                matching: selector.matchers, from: ends.start - range + 1, through: ends.end)
            return Windows(
                series: found.withoutStaleMarkers, ends: ends, range: range,
                isCancelled: limits.isCancelled)
        case .subquery(let subquery):
            let ends = instants(subquery.shift, on: grid)
            return Windows(
                series: try series(of: subquery, windowsEndingAt: ends), ends: ends,
                range: subquery.range, isCancelled: limits.isCancelled)
        default: throw QueryError(.execution, "expected a range vector: \(node)")
        }
    }

    /// Evaluates once over all windows, at multiples of the subquery's step since the epoch.
    private func series(
        of subquery: Subquery, windowsEndingAt ends: StepGrid
    ) throws(QueryError) -> [Series] {
        let step = subquery.step ?? defaultSubqueryStep
        let before = ends.start - subquery.range
        let remainder = before % step
        let first = before - (remainder < 0 ? remainder + step : remainder) + step
        let inner = StepGrid(start: first, through: ends.end, step: step)
        try charge(inner.count)
        guard inner.count > 0 else { return [] }
        let frame = try vector(subquery.expression, on: inner)
        var result: [Series] = []
        for row in 0..<frame.rowCount where frame.isOccupied(row) {
            var timestamps: [Int64] = []
            var values: [Double] = []
            for step in 0..<inner.count {
                let value = frame.values[row * inner.count + step]
                if value.isAbsent { continue }
                timestamps.append(inner.time(step))
                values.append(value)
            }
            result.append(
                Series(labels: frame.labels[row], timestamps: timestamps, values: values))
        }
        return result
    }

    /// A range vector at one instant.
    func samples(of node: Node, on grid: StepGrid) throws(QueryError) -> [Series] {
        let windows = try self.windows(node.unwrapped, on: grid)
        let end = windows.ends.start
        return windows.series.compactMap { series in
            let first = series.timestamps.partitioningIndex { $0 > end - windows.range }
            let last = series.timestamps.partitioningIndex { $0 > end }
            guard first < last else { return nil }
            return Series(
                labels: series.labels, timestamps: Array(series.timestamps[first..<last]),
                values: Array(series.values[first..<last]))
        }
    }
}

extension [Series] {
    /// Copies only the series that have any.
    fileprivate var withoutStaleMarkers: [Series] {
        var result = self
        for index in indices where self[index].hasStaleMarker {
            let series = self[index]
            let kept = series.values.indices.filter { !series.values[$0].isAbsent }
            result[index].timestamps = kept.map { series.timestamps[$0] }
            result[index].values = kept.map { series.values[$0] }
        }
        return result
    }
}

extension Series {
    fileprivate var hasStaleMarker: Bool {
        let values = values.span
        for index in values.indices where values[index].isAbsent { return true }
        return false
    }
}

/// Appends one cell an instant: the newest sample of (instant − lookback, instant], absent where
/// there is none or it marks the end of the series.
///
/// - Complexity: O(samples + instants).
private func appendNewest(
    _ timestamps: Span<Int64>, _ values: Span<Double>, at instants: StepGrid, lookback: Int64,
    wantsTimes: Bool, to cells: inout [Double]
) {
    var next = 0
    for step in 0..<instants.count {
        let instant = instants.time(step)
        while next < timestamps.count, timestamps[next] <= instant { next += 1 }
        guard next > 0, timestamps[next - 1] > instant - lookback, !values[next - 1].isAbsent else {
            cells.append(.absent)
            continue
        }
        cells.append(wantsTimes ? Double(timestamps[next - 1]) / 1000 : values[next - 1])
    }
}
