/// A duration as it is written: what it is, or what says how long it is in a query.
struct ParsedDuration {
    /// Milliseconds; 0 where it is open.
    var milliseconds: Int64 = 0
    var open: OpenDuration?
}

extension Parser {
    /// A duration or a number of seconds, or what is computed of them.
    ///
    /// - Parameters:
    ///   - context: Where it stands, for messages.
    ///   - isOperand: Only a sign with what follows it belongs to it, as behind `offset`, where an
    ///     operator may follow; what is computed stands in parentheses there.
    mutating func duration(
        in context: String, isPositive: Bool, isOperand: Bool = false
    ) throws(QueryError) -> ParsedDuration {
        let start = current.offset
        let expression =
            isOperand
            ? try durationOperand(in: context, isPowered: false)
            : try durationExpression(in: context)
        let open = OpenDuration(expression: expression, position: position(start))
        guard expression.isConstant else { return ParsedDuration(open: open) }
        // Of one instant or another: it is the same in all.
        let times = QueryTimes(start: 0, end: 0, step: 0)
        return ParsedDuration(milliseconds: try open.value(in: times, isPositive: isPositive))
    }

    private mutating func durationExpression(
        in context: String, minimumPrecedence: Int = 0
    ) throws(QueryError) -> DurationExpression {
        try nested { parser throws(QueryError) in
            var left = try parser.durationOperand(in: context, isPowered: true)
            while let operation = parser.durationOperator,
                operation.precedence >= minimumPrecedence
            {
                try parser.advance()
                // Only the power associates to the right.
                let right = try parser.durationExpression(
                    in: context,
                    minimumPrecedence: operation == .power
                        ? operation.precedence : operation.precedence + 1)
                left = .binary(operation, left, right)
            }
            return left
        }
    }

    private var durationOperator: BinaryOperator? {
        guard case .symbol(let symbol) = current.kind,
            let operation = BinaryOperator(rawValue: symbol),
            DurationExpression.operators.contains(operation)
        else { return nil }
        return operation
    }

    /// - Parameter isPowered: A power binds tighter than a sign.
    private mutating func durationOperand(
        in context: String, isPowered: Bool
    ) throws(QueryError) -> DurationExpression {
        let isNegative = current.isSymbol("-")
        guard isNegative || current.isSymbol("+") else { return try durationTerm(in: context) }
        try advance()
        let inner =
            isPowered
            ? try durationExpression(
                in: context, minimumPrecedence: BinaryOperator.power.precedence)
            : try durationTerm(in: context)
        return .unary(isNegative: isNegative, inner)
    }

    private mutating func durationTerm(
        in context: String
    ) throws(QueryError) -> DurationExpression {
        switch current.kind {
        case .duration(let milliseconds):
            try advance()
            return .duration(milliseconds)
        case .number(let seconds):
            try advance()
            return .number(NumberLiteral(value: seconds))
        case .symbol("("):
            try advance()
            let inner = try durationExpression(in: context)
            try expect(")", in: context)
            return .parentheses(inner)
        case .identifier:
            let word = current.word
            guard ["step", "range", "min", "max"].contains(word) else { break }
            try advance()
            try expect("(", in: context)
            if word == "step" || word == "range" {
                try expect(")", in: context)
                return word == "step" ? .step : .range
            }
            let first = try durationExpression(in: context)
            try expect(",", in: context)
            let second = try durationExpression(in: context)
            try expect(")", in: context)
            return word == "min" ? .least(first, second) : .greatest(first, second)
        default: break
        }
        throw unexpected(context, expected: "number or duration")
    }
}
