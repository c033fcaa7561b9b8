import TimeSeries

extension Evaluator {
    /// A function of a range selector from roll-ups; nil where samples have to be read.
    func rolledUp(
        _ function: RangeFunction, of argument: Node, on grid: StepGrid
    ) throws(QueryError) -> Frame? {
        guard case .range(let selector, let range) = argument.unwrapped,
            let statistics = function.rollupStatistics
        else { return nil }
        let ends = instants(selector.shift, on: grid)
        guard let plan = RollupPlan(range: range, ends: ends, offer: try rollupOffer()) else {
            return nil
        }
        var frame = try rolledUp(selector, plan, statistics) { rollup, windows in
            windows.isEmpty
                ? .absent
                : function.value(rollup, windows, wanted: range, length: plan.range)
        }
        if !function.keepsName { try frame.dropNames(.refuse) }
        return frame
    }

    /// An instant selector over many steps from roll-ups; nil where samples have to be read.
    func newestRolledUp(_ selector: Selector, at instants: StepGrid) throws(QueryError) -> Frame? {
        guard instants.count > 1, instants.step > 0 else { return nil }
        let plan = RollupPlan(
            range: lookback, ends: instants, offer: try rollupOffer(), isRounding: false)
        guard let plan else { return nil }
        return try rolledUp(selector, plan, [.count, .last]) { rollup, windows in
            windows.last.map { rollup[.last][$0] } ?? .absent
        }
    }

    private func rolledUp(
        _ selector: Selector, _ plan: RollupPlan, _ statistics: [RollupStatistic],
        _ value: (Rollup, Range<Int>) -> Double
    ) throws(QueryError) -> Frame {
        let found = try rollups(
            matching: selector.matchers, resolution: plan.resolution, statistics: statistics,
            from: plan.from, through: plan.through)
        try charge(rows: found.count, steps: plan.ends.count)
        var frame = Frame(stepCount: plan.ends.count)
        frame.labels.reserveCapacity(found.count)
        frame.values.reserveCapacity(found.count * plan.ends.count)
        for (index, series) in found.enumerated() {
            if index & 255 == 255 { try checkCancellation() }
            frame.labels.append(series.labels)
            plan.forEachStep(series.rollup.ends) { _, windows in
                frame.values.append(value(series.rollup, windows))
            }
        }
        return frame
    }
}
