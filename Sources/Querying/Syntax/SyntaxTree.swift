/// An expression as nested values, under the names of Prometheus's `/api/v1/parse_query`.
///
/// Source: https://github.com/prometheus/prometheus/blob/main/web/api/v1/translate_ast.go
package indirect enum SyntaxTree: Sendable {
    case null
    case text(String)
    case number(Int64)
    case flag(Bool)
    case list([SyntaxTree])
    case object([(key: String, value: SyntaxTree)])
}

extension QueryExpression {
    /// The expression, node by node.
    package var tree: SyntaxTree { root.tree }
}

extension Node {
    fileprivate var tree: SyntaxTree {
        switch self {
        case .number(let literal):
            Self.object("numberLiteral", [("val", .text(formatted(literal.value)))])
        case .string(let text): Self.object("stringLiteral", [("val", .text(text))])
        case .selector(let selector): Self.object("vectorSelector", selector.members)
        case .range(let selector, let range):
            Self.object("matrixSelector", selector.members + [("range", .number(range))])
        case .subquery(let subquery): Self.object("subquery", subquery.members)
        case .unary(let isNegative, let inner):
            Self.object(
                "unaryExpr", [("op", .text(isNegative ? "-" : "+")), ("expr", inner.tree)])
        case .binary(let operation): Self.object("binaryExpr", operation.members)
        case .aggregation(let aggregation): Self.object("aggregation", aggregation.members)
        case .call(let call):
            Self.object(
                "call",
                [("func", call.function.tree), ("args", .list(call.arguments.map(\.tree)))])
        case .parentheses(let inner): Self.object("parenExpr", [("expr", inner.tree)])
        }
    }

    private static func object(
        _ type: String, _ members: [(key: String, value: SyntaxTree)]
    ) -> SyntaxTree {
        .object([("type", .text(type))] + members)
    }
}

extension SyntaxTree {
    fileprivate static func list(_ texts: [String]) -> SyntaxTree {
        .list(texts.map { .text($0) })
    }
}

extension Selector {
    fileprivate var members: [(key: String, value: SyntaxTree)] {
        let matchers = matchers.map { matcher in
            SyntaxTree.object([
                ("name", .text(matcher.name)), ("value", .text(matcher.value)),
                ("type", .text(matcher.operation.rawValue)),
            ])
        }
        return [("name", .text(plainName ?? "")), ("matchers", .list(matchers))] + shift.members
    }
}

extension TimeShift {
    /// Milliseconds; null where there is no `@`.
    fileprivate var members: [(key: String, value: SyntaxTree)] {
        var timestamp = SyntaxTree.null
        var edge = SyntaxTree.null
        switch at {
        case .timestamp(let milliseconds): timestamp = .number(milliseconds)
        case .start: edge = .text("start")
        case .end: edge = .text("end")
        case nil: break
        }
        return [("offset", .number(offset ?? 0)), ("timestamp", timestamp), ("startOrEnd", edge)]
    }
}

extension Subquery {
    fileprivate var members: [(key: String, value: SyntaxTree)] {
        [
            ("expr", expression.tree), ("range", .number(range)), ("step", .number(step ?? 0)),
        ] + shift.members
    }
}

extension Aggregation {
    fileprivate var members: [(key: String, value: SyntaxTree)] {
        let (labels, isWithout) =
            switch grouping {
            case .by(let labels): (labels, false)
            case .without(let labels): (labels, true)
            }
        return [
            ("op", .text(aggregator.rawValue)), ("expr", expression.tree),
            ("param", parameter?.tree ?? .null), ("grouping", .list(labels)),
            ("without", .flag(isWithout)),
        ]
    }
}

extension BinaryOperation {
    fileprivate var members: [(key: String, value: SyntaxTree)] {
        [
            ("op", .text(operation.rawValue)), ("lhs", left.tree), ("rhs", right.tree),
            ("matching", matching?.tree ?? .null), ("bool", .flag(returnsBool)),
        ]
    }
}

extension VectorMatching {
    private static func value(_ fill: NumberLiteral?) -> SyntaxTree {
        fill.map { .text(formatted($0.value)) } ?? .null
    }

    fileprivate var tree: SyntaxTree {
        let card =
            switch cardinality {
            case .oneToOne: "one-to-one"
            case .manyToOne: "many-to-one"
            case .oneToMany: "one-to-many"
            case .manyToMany: "many-to-many"
            }
        var members: [(key: String, value: SyntaxTree)] = [
            ("card", .text(card)), ("labels", .list(labels)), ("on", .flag(isOn)),
            ("include", .list(included)),
        ]
        if isFilling {
            let values = [("lhs", Self.value(leftFill)), ("rhs", Self.value(rightFill))]
            members.append(("fillValues", .object(values)))
        }
        return .object(members)
    }
}

extension Function {
    /// `variadic` is the number of arguments that may be left out or added, −1 for any number of
    /// the last.
    fileprivate var tree: SyntaxTree {
        .object([
            ("name", .text(name)), ("argTypes", .list(arguments.map(\.shortName))),
            ("variadic", .number(variadicCount)),
            ("returnType", .text(returns.shortName)),
        ])
    }

    private var variadicCount: Int64 {
        guard isVariadic else { return Int64(optionalCount) }
        return largestCount.map { Int64($0 - arguments.count) } ?? -1
    }
}

extension ValueType {
    fileprivate var shortName: String {
        switch self {
        case .scalar: "scalar"
        case .vector: "vector"
        case .matrix: "matrix"
        case .string: "string"
        }
    }
}
