import TimeSeries

/// What a node gives on a grid.
enum Evaluated {
    /// One value a step.
    case scalar([Double])
    case string(String)
    case vector(Frame)
}

/// One evaluation: walks the tree once, computing every step of a node before its parent.
final class Evaluator<Source: SeriesSource> {
    let source: Source
    let limits: QueryLimits
    /// Milliseconds, positive.
    let lookback: Int64
    /// Milliseconds, positive.
    let defaultSubqueryStep: Int64
    /// What `@ start()`, `@ end()` and the functions of these names stand for.
    let queryTimes: QueryTimes
    let profile: QueryProfile?
    let notes: QueryNotes?
    /// Whether anything depends on the order of series: what ranks them, and the elements of an
    /// instant, which are shown as they come.
    private(set) var needsOrder: Bool
    private var cellCount = 0
    private var fetched: [FetchKey: [Series]] = [:]
    private var fetchedRollups: [FetchKey: [RolledSeries]] = [:]
    private var knownOffer: RollupOffer?

    private struct FetchKey: Hashable {
        var matchers: [LabelMatcher]
        var from: Int64
        var through: Int64
        var isOrdered = true
        /// Of roll-ups, milliseconds, with what is read of them.
        var resolution: Int64?
        var statistics: [RollupStatistic] = []
    }

    init(
        source: Source, limits: QueryLimits, times: QueryTimes,
        profile: QueryProfile? = nil, notes: QueryNotes? = nil
    ) {
        self.source = source
        self.notes = notes
        self.profile = profile
        self.limits = limits
        lookback = Self.bounded(limits.lookback)
        defaultSubqueryStep = Self.bounded(limits.defaultSubqueryStep)
        queryTimes = times
        needsOrder = times.start == times.end
    }

    /// Evaluates a body that depends on the order of series, or does not.
    func ordered<T>(
        _ isOrdered: Bool, _ body: () throws(QueryError) -> T
    ) throws(QueryError) -> T {
        let before = needsOrder
        needsOrder = isOrdered
        defer { needsOrder = before }
        return try body()
    }

    private static func bounded(_ duration: Duration) -> Int64 {
        min(max(duration.milliseconds, 1), StepGrid.maximumTime)
    }

    // MARK: Limits

    /// Adds to what this query has used.
    func charge(_ count: Int) throws(QueryError) {
        let (sum, overflow) = cellCount.addingReportingOverflow(count)
        guard !overflow, sum <= limits.maximumSamples else {
            throw QueryError(
                .execution,
                "query processing would load too many samples into memory in query "
                    + "execution: more than \(limits.maximumSamples)")
        }
        cellCount = sum
    }

    func charge(rows: Int, steps: Int) throws(QueryError) {
        let (product, overflow) = rows.multipliedReportingOverflow(by: steps)
        try charge(overflow ? .max : product)
    }

    /// To be called every few thousand values.
    func checkCancellation() throws(QueryError) {
        if limits.isCancelled() { throw QueryError.timedOut }
    }

    // MARK: Series

    /// The series of a selector with samples of the closed range, fetched once a query.
    func series(
        matching matchers: [LabelMatcher], from: Int64, through: Int64
    ) throws(QueryError) -> [Series] {
        try checkCancellation()
        let key = FetchKey(
            matchers: matchers, from: from, through: through, isOrdered: needsOrder)
        if let known = fetched[key] { return known }
        let found = try fetching {
            let (from, through) = (Timestamp(milliseconds: from), Timestamp(milliseconds: through))
            return needsOrder
                ? try source.series(matching: matchers, from: from, through: through)
                : try source.unorderedSeries(matching: matchers, from: from, through: through)
        }
        try checkCount(found.count, of: matchers)
        try charge(found.reduce(0) { $0 + $1.values.count })
        fetched[key] = found
        return found
    }

    /// The series of a selector in windows over (from, through], fetched once a query.
    func rollups(
        matching matchers: [LabelMatcher], resolution: Int64, statistics: [RollupStatistic],
        from: Int64, through: Int64
    ) throws(QueryError) -> [RolledSeries] {
        try checkCancellation()
        let key = FetchKey(
            matchers: matchers, from: from, through: through, resolution: resolution,
            statistics: statistics)
        if let known = fetchedRollups[key] { return known }
        let found = try fetching {
            try source.rollups(
                matching: matchers, resolution: resolution, statistics: statistics,
                from: Timestamp(milliseconds: from), through: Timestamp(milliseconds: through))
        }
        try checkCount(found.count, of: matchers)
        try charge(found.reduce(0) { $0 + $1.rollup.ends.count })
        fetchedRollups[key] = found
        return found
    }

    /// Asked once a query.
    func rollupOffer() throws(QueryError) -> RollupOffer {
        if let knownOffer { return knownOffer }
        let offer = try fetching { try source.rollupOffer() }
        knownOffer = offer
        return offer
    }

    private func fetching<T>(_ body: () throws -> T) throws(QueryError) -> T {
        do {
            return try body()
        } catch let error as QueryError {
            throw error
        } catch {
            throw QueryError(.execution, "expanding series: \(error)")
        }
    }

    private func checkCount(_ count: Int, of matchers: [LabelMatcher]) throws(QueryError) {
        guard count <= limits.maximumSeries else {
            throw QueryError(
                .execution,
                "selector \(Selector(matchers).text) selects \(count) series, at "
                    + "most \(limits.maximumSeries) are allowed")
        }
    }

    // MARK: Nodes

    func evaluate(_ node: Node, on grid: StepGrid) throws(QueryError) -> Evaluated {
        switch node {
        case .number, .string, .parentheses: return try value(of: node, on: grid)
        default: break
        }
        guard let profile else { return try value(of: node, on: grid) }
        return try profile.measure(
            node.description,
            size: { (value: Evaluated) in
                switch value {
                case .scalar(let values): (1, values.count)
                case .string: (0, 0)
                case .vector(let frame): (frame.rowCount, frame.elementCounts().reduce(0, +))
                }
            }
        ) { () throws(QueryError) in try value(of: node, on: grid) }
    }

    private func value(of node: Node, on grid: StepGrid) throws(QueryError) -> Evaluated {
        try checkCancellation()
        switch node {
        case .number(let literal):
            try charge(grid.count)
            return .scalar(Array(repeating: literal.value, count: grid.count))
        case .string(let text): return .string(text)
        case .parentheses(let inner): return try evaluate(inner, on: grid)
        default: break
        }
        if grid.count > 1, node.isStepInvariant {
            return try broadcast(evaluate(node, on: StepGrid(instant: grid.start)), to: grid.count)
        }
        switch node {
        case .selector(let selector): return .vector(try newest(selector, on: grid))
        case .unary(let isNegative, let inner):
            return try negated(evaluate(inner, on: grid), isNegative: isNegative)
        case .binary(let operation): return try evaluate(operation, on: grid)
        case .aggregation(let aggregation):
            return .vector(try evaluate(aggregation, on: grid))
        case .call(let call): return try evaluate(call, on: grid)
        case .number, .string, .parentheses, .range, .subquery:
            throw QueryError(.execution, "a range vector has no value at an instant")
        }
    }

    func vector(_ node: Node, on grid: StepGrid) throws(QueryError) -> Frame {
        guard case .vector(let frame) = try evaluate(node, on: grid) else {
            throw QueryError(.execution, "expected an instant vector: \(node)")
        }
        return frame
    }

    /// One value a step.
    func scalar(_ node: Node, on grid: StepGrid) throws(QueryError) -> [Double] {
        guard case .scalar(let values) = try evaluate(node, on: grid) else {
            throw QueryError(.execution, "expected a scalar: \(node)")
        }
        return values
    }

    func string(_ node: Node) throws(QueryError) -> String {
        guard case .string(let text) = node.unwrapped else {
            throw QueryError(.execution, "expected a string: \(node)")
        }
        return text
    }

    private func broadcast(_ value: Evaluated, to count: Int) throws(QueryError) -> Evaluated {
        switch value {
        case .string: return value
        case .scalar(let values):
            try charge(count)
            return .scalar(Array(repeating: values.first ?? .nan, count: count))
        case .vector(let frame):
            try charge(rows: frame.rowCount, steps: count)
            return .vector(frame.broadcast(to: count))
        }
    }

    private func negated(_ value: Evaluated, isNegative: Bool) throws(QueryError) -> Evaluated {
        guard isNegative else { return value }
        switch value {
        case .string: return value
        case .scalar(let values): return .scalar(values.map { -$0 })
        case .vector(var frame):
            frame.map { -$0 }
            try frame.dropNames(.refuse)
            return .vector(frame)
        }
    }
}

extension QueryError {
    static let timedOut = QueryError(.timeout, "query timed out in expression evaluation")
}

extension Selector {
    fileprivate init(_ matchers: [LabelMatcher]) {
        self.init(
            matchers: matchers,
            position: SourcePosition(value: QueryError.Position(line: 1, column: 1)))
    }
}

extension Node {
    /// Whether the value is the same at every step, because every selector is anchored by `@`.
    var isStepInvariant: Bool {
        switch self {
        case .number, .string: true
        case .selector(let selector), .range(let selector, _): selector.shift.at != nil
        case .subquery(let subquery): subquery.shift.at != nil
        case .call(let call): call.isStepInvariant
        default: children.allSatisfy(\.isStepInvariant)
        }
    }
}

extension FunctionCall {
    fileprivate var isStepInvariant: Bool {
        let dependsOnTime =
            switch function.name {
            case "time", "timestamp", "predict_linear": true
            default: Function.ofTime.contains(function.name) && arguments.isEmpty
            }
        return !dependsOnTime && arguments.allSatisfy(\.isStepInvariant)
    }
}
