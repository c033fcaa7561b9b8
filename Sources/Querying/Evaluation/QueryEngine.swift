import TimeSeries

/// Evaluates PromQL over any source of series. Holds no data; each evaluation is bounded by the
/// limits.
package struct QueryEngine: Sendable {
    package let limits: QueryLimits

    package init(limits: QueryLimits = .init()) {
        self.limits = limits
    }

    /// The expression's value at one instant.
    ///
    /// - Parameters:
    ///   - profile: Told what each part cost.
    ///   - notes: Told what is odd.
    /// - Throws: `badData` for a time out of range, `execution` where the data or a limit does
    ///   not allow an answer or the source failed, `timeout` where it was cancelled.
    package func instant(
        _ expression: QueryExpression, at time: Timestamp, over source: some SeriesSource,
        profile: QueryProfile? = nil, notes: QueryNotes? = nil
    ) throws(QueryError) -> QueryValue {
        let grid = StepGrid(instant: try checked(time))
        let times = QueryTimes(start: grid.start, end: grid.start, step: 0)
        let root = try Self.closed(expression, in: times)
        let evaluator = Evaluator(
            source: source, limits: limits, times: times, profile: profile, notes: notes)
        switch root.unwrapped {
        case .range, .subquery: return .matrix(try evaluator.samples(of: root, on: grid))
        default: break
        }
        switch try evaluator.evaluate(root, on: grid) {
        case .scalar(let values): return .scalar(values.first ?? .nan)
        case .string(let text): return .string(text)
        case .vector(let frame):
            return .vector(
                frame.labels.indices.compactMap { row in
                    let value = frame.values[row]
                    return value.isAbsent
                        ? nil : VectorElement(labels: frame.labels[row], value: value)
                })
        }
    }

    /// The expression's values at `start`, `start + step`… while not after `end`: one series a
    /// label set, sorted by labels, with samples only where the expression had an element.
    ///
    /// - Throws: As `instant`; `badData` also for a range without steps or with too many, and
    ///   for an expression that is a range vector or a string.
    package func range(
        _ expression: QueryExpression, start: Timestamp, end: Timestamp, step: Duration,
        over source: some SeriesSource, profile: QueryProfile? = nil, notes: QueryNotes? = nil
    ) throws(QueryError) -> [Series] {
        let grid = try grid(start, end, step)
        let times = QueryTimes(start: grid.start, end: end.milliseconds, step: grid.step)
        let root = try Self.closed(expression, in: times)
        let evaluator = Evaluator(
            source: source, limits: limits, times: times, profile: profile, notes: notes)
        switch root.unwrapped {
        case .range, .subquery: throw Self.notForRange("range vector")
        case .string: throw Self.notForRange("string")
        default: break
        }
        switch try evaluator.evaluate(root, on: grid) {
        case .string: throw Self.notForRange("string")
        case .scalar(let values):
            return Self.series(
                Frame(labels: [LabelSet()], values: values, stepCount: grid.count), grid)
        case .vector(let frame): return Self.series(frame, grid)
        }
    }

    private static func closed(
        _ expression: QueryExpression, in times: QueryTimes
    ) throws(QueryError) -> Node {
        expression.root.hasOpenDurations
            ? try expression.root.closed(in: times) : expression.root
    }

    private func checked(_ time: Timestamp) throws(QueryError) -> Int64 {
        guard abs(time.seconds) * 1000 <= Double(StepGrid.maximumTime) else {
            throw QueryError(.badData, "time is out of range")
        }
        return time.milliseconds
    }

    private func grid(
        _ start: Timestamp, _ end: Timestamp, _ step: Duration
    ) throws(QueryError) -> StepGrid {
        let first = try checked(start)
        let last = try checked(end)
        guard first <= last else {
            throw QueryError(.badData, "end timestamp must not be before start time")
        }
        guard step.milliseconds > 0 else {
            throw QueryError(
                .badData,
                "zero or negative query resolution step widths are not accepted. "
                    + "Try a positive integer")
        }
        let grid = StepGrid(start: first, through: last, step: step.milliseconds)
        // As many steps as there may be, and the instant at which they begin.
        guard grid.count - 1 <= limits.maximumSteps else {
            throw QueryError(
                .badData,
                "exceeded maximum resolution of \(Self.grouped(limits.maximumSteps)) points per "
                    + "timeseries. Try decreasing the query resolution (?step=XX)")
        }
        return grid
    }

    /// `11,000`.
    private static func grouped(_ number: Int) -> String {
        let digits = Array(String(number))
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return text
    }

    private static func notForRange(_ type: String) -> QueryError {
        QueryError(
            .badData,
            "invalid expression type \(quoted(type)) for range query, must be Scalar or "
                + "instant Vector")
    }

    private static func series(_ frame: Frame, _ grid: StepGrid) -> [Series] {
        var result: [Series] = []
        for row in 0..<frame.rowCount {
            var timestamps: [Int64] = []
            var values: [Double] = []
            for step in 0..<grid.count {
                let value = frame.values[row * grid.count + step]
                if value.isAbsent { continue }
                timestamps.append(grid.time(step))
                values.append(value)
            }
            if values.isEmpty { continue }
            result.append(
                Series(labels: frame.labels[row], timestamps: timestamps, values: values))
        }
        return result.sorted { precedes($0.labels, $1.labels) }
    }

    /// By the names and values in turn, as Prometheus sorts: the separator comes first.
    private static func precedes(_ a: LabelSet, _ b: LabelSet) -> Bool {
        a.canonicalBytes.lexicographicallyPrecedes(b.canonicalBytes) { ($0 &+ 1) < ($1 &+ 1) }
    }
}
