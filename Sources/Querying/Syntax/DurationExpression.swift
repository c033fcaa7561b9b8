/// A duration that is computed: `5m * 2`, `step() + 1s`, `max(step(), 5s)`.
///
/// Source: https://prometheus.io/docs/prometheus/latest/feature_flags/#promql-arithmetic-expressions-in-time-durations
indirect enum DurationExpression: Equatable, Sendable {
    /// Seconds.
    case number(NumberLiteral)
    /// Milliseconds.
    case duration(Int64)
    /// The query's step, and how long its range is; 0 at an instant.
    case step
    case range
    case least(DurationExpression, DurationExpression)
    case greatest(DurationExpression, DurationExpression)
    case unary(isNegative: Bool, DurationExpression)
    case binary(BinaryOperator, DurationExpression, DurationExpression)
    case parentheses(DurationExpression)

    static let operators: Set<BinaryOperator> = [
        .add, .subtract, .multiply, .divide, .modulo, .power,
    ]

    /// Whether it is the same in every query.
    var isConstant: Bool {
        switch self {
        case .number, .duration: true
        case .step, .range: false
        case .unary(_, let inner), .parentheses(let inner): inner.isConstant
        case .least(let a, let b), .greatest(let a, let b), .binary(_, let a, let b):
            a.isConstant && b.isConstant
        }
    }

    /// Milliseconds, towards zero.
    ///
    /// - Throws: What is wrong, where it has no value or one that is out of range.
    func milliseconds(in times: QueryTimes) throws(DurationFailure) -> Int64 {
        let milliseconds = (try seconds(in: times) * 1000).rounded(.towardZero)
        guard abs(milliseconds) < Double(StepGrid.maximumTime) else {
            throw DurationFailure(message: "duration out of range")
        }
        return Int64(milliseconds)
    }

    private func seconds(in times: QueryTimes) throws(DurationFailure) -> Double {
        switch self {
        case .number(let literal): return literal.value
        case .duration(let milliseconds): return Double(milliseconds) / 1000
        case .step: return Double(times.step) / 1000
        case .range: return Double(times.end - times.start) / 1000
        case .parentheses(let inner): return try inner.seconds(in: times)
        case .unary(let isNegative, let inner):
            let value = try inner.seconds(in: times)
            return isNegative ? -value : value
        case .least(let a, let b): return min(try a.seconds(in: times), try b.seconds(in: times))
        case .greatest(let a, let b):
            return max(try a.seconds(in: times), try b.seconds(in: times))
        case .binary(let operation, let a, let b):
            let (left, right) = (try a.seconds(in: times), try b.seconds(in: times))
            if right == 0, operation == .divide || operation == .modulo {
                let name = operation == .divide ? "division" : "modulo"
                throw DurationFailure(message: "\(name) by zero")
            }
            return operation.apply(left, right)
        }
    }
}

/// Why a duration has no value.
struct DurationFailure: Error {
    let message: String
}

/// What a query is asked about; milliseconds.
struct QueryTimes {
    let start: Int64
    let end: Int64
    /// 0 at an instant.
    let step: Int64
}

/// A duration of which only the query tells how long it is.
struct OpenDuration: Equatable, Sendable {
    var expression: DurationExpression
    var position: SourcePosition

    /// Milliseconds.
    func value(in times: QueryTimes, isPositive: Bool) throws(QueryError) -> Int64 {
        let milliseconds: Int64
        do {
            milliseconds = try expression.milliseconds(in: times)
        } catch {
            throw QueryError(.badData, error.message, at: position.value)
        }
        if isPositive, milliseconds <= 0 {
            throw QueryError(
                .badData, "duration must be greater than 0", at: position.value)
        }
        return milliseconds
    }
}

extension DurationExpression: CustomStringConvertible {
    var description: String {
        switch self {
        case .number(let literal): literal.description
        case .duration(let milliseconds):
            Duration.prometheusDescription(milliseconds: milliseconds)
        case .step: "step()"
        case .range: "range()"
        case .least(let a, let b): "min(\(a), \(b))"
        case .greatest(let a, let b): "max(\(a), \(b))"
        case .unary(let isNegative, let inner): "\(isNegative ? "-" : "+")\(inner)"
        case .binary(let operation, let a, let b): "\(a) \(operation.rawValue) \(b)"
        case .parentheses(let inner): "(\(inner))"
        }
    }
}

// MARK: - In a query

extension Node {
    /// Whether a duration in it depends on the query.
    var hasOpenDurations: Bool {
        switch self {
        case .selector(let selector), .range(let selector, _): selector.isOpen
        case .subquery(let subquery):
            subquery.isOpen || subquery.expression.hasOpenDurations
        default: children.contains(where: \.hasOpenDurations)
        }
    }

    /// The same with the durations that it has in a query.
    func closed(in times: QueryTimes) throws(QueryError) -> Node {
        switch self {
        case .number, .string: return self
        case .selector(let selector): return .selector(try selector.closed(in: times))
        case .range(var selector, var range):
            if let open = selector.openRange {
                range = try open.value(in: times, isPositive: true)
                selector.openRange = nil
            }
            return .range(try selector.closed(in: times), range)
        case .subquery(let subquery): return .subquery(try subquery.closed(in: times))
        case .unary(let isNegative, let inner):
            return .unary(isNegative: isNegative, try inner.closed(in: times))
        case .parentheses(let inner): return .parentheses(try inner.closed(in: times))
        case .binary(var operation):
            operation.left = try operation.left.closed(in: times)
            operation.right = try operation.right.closed(in: times)
            return .binary(operation)
        case .aggregation(var aggregation):
            aggregation.parameter = try aggregation.parameter?.closed(in: times)
            aggregation.expression = try aggregation.expression.closed(in: times)
            return .aggregation(aggregation)
        case .call(var call):
            for index in call.arguments.indices {
                call.arguments[index] = try call.arguments[index].closed(in: times)
            }
            return .call(call)
        }
    }
}

extension TimeShift {
    fileprivate func closed(in times: QueryTimes) throws(QueryError) -> TimeShift {
        guard let openOffset else { return self }
        let offset = try openOffset.value(in: times, isPositive: false)
        return TimeShift(offset: offset, at: at)
    }
}

extension Selector {
    fileprivate var isOpen: Bool { openRange != nil || shift.openOffset != nil }

    fileprivate func closed(in times: QueryTimes) throws(QueryError) -> Selector {
        var selector = self
        selector.shift = try shift.closed(in: times)
        return selector
    }
}

extension Subquery {
    fileprivate var isOpen: Bool {
        openRange != nil || openStep != nil || shift.openOffset != nil
    }

    fileprivate func closed(in times: QueryTimes) throws(QueryError) -> Subquery {
        var subquery = self
        subquery.expression = try expression.closed(in: times)
        subquery.shift = try shift.closed(in: times)
        if let openRange { subquery.range = try openRange.value(in: times, isPositive: true) }
        if let openStep { subquery.step = try openStep.value(in: times, isPositive: true) }
        subquery.openRange = nil
        subquery.openStep = nil
        return subquery
    }
}
