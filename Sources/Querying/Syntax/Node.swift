/// One node of a parsed expression. Types and arities are right by construction: the parser
/// lets nothing else pass.
indirect enum Node: Equatable, Sendable {
    case number(NumberLiteral)
    case string(String)
    case selector(Selector)
    /// A range selector; milliseconds, positive, or 0 where the selector has an open range.
    case range(Selector, Int64)
    case subquery(Subquery)
    case unary(isNegative: Bool, Node)
    case binary(BinaryOperation)
    case aggregation(Aggregation)
    case call(FunctionCall)
    case parentheses(Node)

    /// Without the parentheses around it.
    var unwrapped: Node {
        if case .parentheses(let inner) = self { return inner.unwrapped }
        return self
    }
}

/// What an expression gives.
enum ValueType: String, Sendable {
    case scalar
    case vector = "instant vector"
    case matrix = "range vector"
    case string
}

/// A number; two that are no number are equal here.
struct NumberLiteral: Equatable, Sendable {
    var value: Double

    static func == (a: NumberLiteral, b: NumberLiteral) -> Bool {
        a.value == b.value || (a.value.isNaN && b.value.isNaN)
    }
}

/// Where a node begins in the text. Equal to every other, since how an expression was spaced
/// says nothing about what it means.
struct SourcePosition: Equatable, Sendable {
    var value: QueryError.Position

    static func == (a: SourcePosition, b: SourcePosition) -> Bool { true }
}

/// `offset` and `@`.
struct TimeShift: Equatable, Sendable {
    /// Milliseconds back; negative looks ahead.
    var offset: Int64?
    var at: Anchor?
    /// Instead of `offset`.
    var openOffset: OpenDuration?

    var hasOffset: Bool { offset != nil || openOffset != nil }

    enum Anchor: Equatable, Sendable {
        /// Milliseconds since the epoch.
        case timestamp(Int64)
        case start
        case end
    }
}

struct Selector: Equatable, Sendable {
    /// All conditions, the one on the metric's name among them.
    var matchers: [LabelMatcher]
    var shift = TimeShift()
    /// How long the range is, where it has one of which only the query tells.
    var openRange: OpenDuration?
    var position: SourcePosition
}

struct Subquery: Equatable, Sendable {
    var expression: Node
    /// Milliseconds, positive, or 0 where it is open.
    var range: Int64
    /// Milliseconds, positive; nil for the default.
    var step: Int64?
    var shift = TimeShift()
    /// Instead of `range` and `step`.
    var openRange: OpenDuration?
    var openStep: OpenDuration?
}

struct FunctionCall: Equatable, Sendable {
    var function: Function
    var arguments: [Node]
    var position: SourcePosition
}

/// Which labels an aggregation keeps.
enum Grouping: Equatable, Sendable {
    case by([String])
    case without([String])
}

struct Aggregation: Equatable, Sendable {
    var aggregator: Aggregator
    /// The k of `topk`, φ of `quantile`, label of `count_values`.
    var parameter: Node?
    var expression: Node
    var grouping: Grouping
    var position: SourcePosition
}

enum Aggregator: String, Sendable, CaseIterable {
    case sum, min, max, avg, group, stddev, stdvar, count, quantile, topk, bottomk, limitk
    case countValues = "count_values"
    case limitRatio = "limit_ratio"

    /// nil where it takes no parameter.
    var parameterType: ValueType? {
        switch self {
        case .countValues: .string
        case .quantile, .topk, .bottomk, .limitk, .limitRatio: .scalar
        default: nil
        }
    }
}

struct BinaryOperation: Equatable, Sendable {
    var operation: BinaryOperator
    /// A comparison gives 0 or 1 instead of filtering.
    var returnsBool: Bool
    /// nil where one side is a scalar.
    var matching: VectorMatching?
    var left: Node
    var right: Node
    var position: SourcePosition
}

struct VectorMatching: Equatable, Sendable {
    enum Cardinality: Equatable, Sendable { case oneToOne, manyToOne, oneToMany, manyToMany }

    var cardinality: Cardinality
    /// `on`, else `ignoring`.
    var isOn: Bool
    var labels: [String]
    /// Labels copied from the "one" side.
    var included: [String]
    /// What stands for an element that a side lacks where the other has one.
    var leftFill: NumberLiteral?
    var rightFill: NumberLiteral?
}

extension VectorMatching {
    var isFilling: Bool { leftFill != nil || rightFill != nil }
}

enum BinaryOperator: String, Sendable, CaseIterable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case modulo = "%"
    case power = "^"
    case atan2
    case equal = "=="
    case notEqual = "!="
    case greater = ">"
    case less = "<"
    case greaterOrEqual = ">="
    case lessOrEqual = "<="
    case and, or, unless

    /// Higher binds tighter.
    var precedence: Int {
        switch self {
        case .or: 1
        case .and, .unless: 2
        case .equal, .notEqual, .greater, .less, .greaterOrEqual, .lessOrEqual: 3
        case .add, .subtract: 4
        case .multiply, .divide, .modulo, .atan2: 5
        case .power: 6
        }
    }

    var isComparison: Bool { precedence == 3 }
    var isSet: Bool { precedence <= 2 }
}
