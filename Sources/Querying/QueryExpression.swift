import TimeSeries

/// A PromQL expression, parsed and checked.
package struct QueryExpression: Sendable {
    let root: Node

    /// - Throws: `badData` with line and column: what was found there and what was expected.
    /// - Complexity: Linear in the text, apart from regular expressions, which are bounded.
    package init(parsing text: String) throws(QueryError) {
        try self.init(parsing: text, mayMatchEmpty: false)
    }

    /// - Parameter mayMatchEmpty: Whether the first selector may select any series, for callers
    ///   that have their own word for it.
    package init(parsing text: String, mayMatchEmpty: Bool) throws(QueryError) {
        var parser = try Parser(text)
        parser.mayMatchEmpty = mayMatchEmpty
        root = try parser.parse()
    }

    /// The matchers of every selector, in the order of the text.
    package var selectors: [[LabelMatcher]] {
        var found: [[LabelMatcher]] = []
        root.forEachSelector { found.append($0.matchers) }
        return found
    }

    /// Whether it is one instant selector, without offset and `@`, as `match[]` takes it.
    package var isSelector: Bool {
        guard case .selector(let selector) = root else { return false }
        return !selector.shift.hasOffset && selector.shift.at == nil
    }

    /// How far before the time of an instant, at most, samples are read; nil where the expression
    /// names a fixed time with `@`.
    package func reach(lookback: Duration = .seconds(300)) -> Duration? {
        let atInstant = QueryTimes(start: 0, end: 0, step: 0)
        guard let root = try? root.closed(in: atInstant) else { return .zero }
        return root.reach(lookback: min(lookback.milliseconds, StepGrid.maximumTime)).map {
            .milliseconds($0)
        }
    }
}

extension QueryExpression: Equatable {}

extension QueryExpression: CustomStringConvertible {
    /// PromQL that parses to an equal expression.
    package var description: String { root.description }
}

extension Node {
    /// The nodes directly below.
    var children: [Node] {
        switch self {
        case .number, .string, .selector, .range: []
        case .subquery(let subquery): [subquery.expression]
        case .unary(_, let inner), .parentheses(let inner): [inner]
        case .binary(let operation): [operation.left, operation.right]
        case .aggregation(let node): (node.parameter.map { [$0] } ?? []) + [node.expression]
        case .call(let call): call.arguments
        }
    }

    func forEachSelector(_ body: (Selector) -> Void) {
        switch self {
        case .selector(let selector), .range(let selector, _): body(selector)
        case .call(let call) where call.function.name == Function.info:
            call.arguments[0].forEachSelector(body)
            body(call.infoSelector)
        default: for child in children { child.forEachSelector(body) }
        }
    }

    /// Milliseconds; see `QueryExpression.reach`.
    func reach(lookback: Int64) -> Int64? {
        switch self {
        case .selector(let selector):
            return selector.shift.at == nil ? lookback + (selector.shift.offset ?? 0) : nil
        case .range(let selector, let range):
            return selector.shift.at == nil ? range + (selector.shift.offset ?? 0) : nil
        case .subquery(let subquery):
            guard subquery.shift.at == nil,
                let inner = subquery.expression.reach(lookback: lookback)
            else { return nil }
            return inner + subquery.range + (subquery.shift.offset ?? 0)
        default:
            var furthest: Int64 = 0
            var children = children
            if case .call(let call) = self, call.function.name == Function.info {
                children[1...] = [.selector(call.infoSelector)]
            }
            for child in children {
                guard let reach = child.reach(lookback: lookback) else { return nil }
                furthest = max(furthest, reach)
            }
            return furthest
        }
    }
}
