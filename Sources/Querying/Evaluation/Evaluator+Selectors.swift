import TimeSeries

extension Evaluator {
    /// When a selector is evaluated: at each step, moved by its offset or fixed by its `@`.
    func instants(_ shift: TimeShift, on grid: StepGrid) -> StepGrid {
        let offset = shift.offset ?? 0
        let anchor: Int64
        switch shift.at {
        case nil: return StepGrid(start: grid.start - offset, step: grid.step, count: grid.count)
        case .timestamp(let time): anchor = time
        case .start: anchor = queryStart
        case .end: anchor = queryEnd
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
        try charge(rows: found.count, steps: grid.count)
        var frame = Frame(stepCount: grid.count)
        frame.labels.reserveCapacity(found.count)
        frame.values.reserveCapacity(found.count * grid.count)
        for (index, series) in found.enumerated() {
            if index & 1023 == 1023 { try checkCancellation() }
            frame.labels.append(series.labels)
            appendNewest(
                series.timestamps.span, series.values.span, at: instants, lookback: lookback,
                wantsTimes: wantsTimes, to: &frame.values)
        }
        return frame
    }

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
                series: found.map(\.withoutStaleMarkers), ends: ends, range: range,
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

extension Series {
    fileprivate var withoutStaleMarkers: Series {
        guard values.contains(where: \.isAbsent) else { return self }
        let kept = values.indices.filter { !values[$0].isAbsent }
        return Series(
            labels: labels, timestamps: kept.map { timestamps[$0] }, values: kept.map { values[$0] }
        )
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
