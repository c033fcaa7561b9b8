/// Recursive descent with precedence climbing over PromQL's grammar.
///
/// Nesting is bounded, so that neither parsing nor evaluation, which follows the tree, can
/// exhaust the stack. Each rule checks the types of what it joins.
struct Parser {
    var lexer: Lexer
    private(set) var current: Token
    private var nesting = 0
    /// Of the next selector, which is given to `info`.
    var mayMatchEmpty = false

    static let maximumDepth = 250
    static let maximumByteCount = 256 * 1024

    /// A node with what its parent must know.
    struct Parsed {
        var node: Node
        var type: ValueType
        var offset: Int
        var depth: Int
    }

    init(_ text: String) throws(QueryError) {
        guard text.utf8.count <= Self.maximumByteCount else {
            throw QueryError(
                .badData,
                "expression has \(text.utf8.count) bytes, at most "
                    + "\(Self.maximumByteCount) are allowed")
        }
        lexer = Lexer(text)
        current = try lexer.next()
    }

    mutating func parse() throws(QueryError) -> Node {
        if current.kind == .end {
            throw lexer.error("no expression found in input", at: 0)
        }
        let parsed = try expression()
        if current.isSymbol(")") {
            throw lexer.error("unexpected right parenthesis ')'", at: current.offset)
        }
        guard current.kind == .end else { throw unexpected("", expected: nil) }
        return parsed.node
    }

    // MARK: Tokens

    mutating func advance() throws(QueryError) {
        current = try lexer.next()
    }

    mutating func skip(_ symbol: String) throws(QueryError) -> Bool {
        guard current.isSymbol(symbol) else { return false }
        try advance()
        return true
    }

    mutating func expect(_ symbol: String, in context: String) throws(QueryError) {
        guard try skip(symbol) else { throw unexpected(context, expected: quoted(symbol)) }
    }

    func unexpected(_ context: String, expected: String?) -> QueryError {
        var message = "unexpected \(current.description)"
        if !context.isEmpty { message += " in \(context)" }
        if let expected { message += ", expected \(expected)" }
        return lexer.error(message, at: current.offset)
    }

    func position(_ offset: Int) -> SourcePosition {
        SourcePosition(value: lexer.position(of: offset))
    }

    func parsed(
        _ node: Node, _ type: ValueType, at offset: Int, over depths: Int...
    ) throws(QueryError) -> Parsed {
        let depth = 1 + (depths.max() ?? 0)
        guard depth <= Self.maximumDepth else { throw tooDeep(offset) }
        return Parsed(node: node, type: type, offset: offset, depth: depth)
    }

    private func tooDeep(_ offset: Int) -> QueryError {
        lexer.error("expression nests more than \(Self.maximumDepth) deep", at: offset)
    }

    /// Counts one level more while it reads.
    mutating func nested<T>(
        _ read: (inout Parser) throws(QueryError) -> T
    ) throws(QueryError) -> T {
        nesting += 1
        defer { nesting -= 1 }
        guard nesting <= Self.maximumDepth else { throw tooDeep(current.offset) }
        return try read(&self)
    }

    // MARK: Expressions

    mutating func expression(minimumPrecedence: Int = 0) throws(QueryError) -> Parsed {
        nesting += 1
        defer { nesting -= 1 }
        guard nesting <= Self.maximumDepth else { throw tooDeep(current.offset) }
        var left = try operand()
        while let operation = currentOperator, operation.precedence >= minimumPrecedence {
            let offset = current.offset
            try advance()
            let modifiers = try binaryModifiers(operation)
            // Only the power associates to the right.
            let right = try expression(
                minimumPrecedence: operation == .power
                    ? operation.precedence : operation.precedence + 1)
            left = try join(left, operation, modifiers, right, at: offset)
        }
        return left
    }

    private var currentOperator: BinaryOperator? {
        switch current.kind {
        case .symbol(let symbol): BinaryOperator(rawValue: symbol)
        case .identifier:
            current.word.flatMap(BinaryOperator.init(rawValue:))
        default: nil
        }
    }

    private mutating func operand() throws(QueryError) -> Parsed {
        let start = current
        guard current.isSymbol("-") || current.isSymbol("+") else { return try postfix() }
        try advance()
        // Unary operators bind as tightly as multiplication, so only a power binds tighter.
        let inner = try expression(minimumPrecedence: BinaryOperator.power.precedence)
        let isNegative = start.isSymbol("-")
        if case .number(let literal) = inner.node {
            let value = isNegative ? -literal.value : literal.value
            return try parsed(.number(NumberLiteral(value: value)), .scalar, at: start.offset)
        }
        guard inner.type == .scalar || inner.type == .vector else {
            throw lexer.error(
                "unary expression only allowed on expressions of type scalar or instant vector, "
                    + "got \(quoted(inner.type.rawValue))", at: start.offset)
        }
        return try parsed(
            .unary(isNegative: isNegative, inner.node), inner.type, at: start.offset,
            over: inner.depth)
    }

    private mutating func primary() throws(QueryError) -> Parsed {
        let start = current
        switch current.kind {
        case .number(let value):
            try advance()
            return try parsed(.number(NumberLiteral(value: value)), .scalar, at: start.offset)
        case .duration(let milliseconds):
            try advance()
            let seconds = NumberLiteral(value: Double(milliseconds) / 1000)
            return try parsed(.number(seconds), .scalar, at: start.offset)
        case .string(let text):
            try advance()
            return try parsed(.string(text), .string, at: start.offset)
        case .symbol("("):
            try advance()
            let inner = try expression()
            guard try skip(")") else { throw unexpected("", expected: quoted(")")) }
            return try parsed(
                .parentheses(inner.node), inner.type, at: start.offset, over: inner.depth)
        case .symbol("{"): return try selector(named: nil, at: start.offset)
        case .identifier(let name) where !Token.reserved.contains(name.lowercased()):
            try advance()
            if let aggregator = Aggregator(rawValue: name.lowercased()), beginsAggregation {
                return try aggregation(aggregator, at: start.offset)
            }
            if current.isSymbol("(") { return try call(name, at: start.offset) }
            return try selector(named: name, at: start.offset)
        default: throw unexpected("", expected: nil)
        }
    }

    private var beginsAggregation: Bool {
        current.isSymbol("(") || current.word == "by" || current.word == "without"
    }

    /// An operand with what may follow it: a range, a subquery, `offset`, `@`.
    private mutating func postfix() throws(QueryError) -> Parsed {
        var operand = try primary()
        while true {
            if current.isSymbol("[") {
                operand = try ranged(operand)
            } else if current.word == "offset" {
                operand = try offset(operand)
            } else if current.isSymbol("@") {
                operand = try anchored(operand)
            } else {
                return operand
            }
        }
    }
}

// MARK: - Calls and aggregations

extension Parser {
    private mutating func call(_ name: String, at offset: Int) throws(QueryError) -> Parsed {
        guard let function = Function.named(name) else {
            let hint = Function.suggestion(for: name).map { "; did you mean \(quoted($0))?" } ?? ""
            throw lexer.error("unknown function with name \(quoted(name))\(hint)", at: offset)
        }
        let arguments = try self.arguments(of: "function call", ofInfo: name == Function.info)
        try check(arguments, of: function, at: offset)
        let node = FunctionCall(
            function: function, arguments: arguments.map(\.node), position: position(offset))
        let depth = arguments.map(\.depth).max() ?? 0
        return try parsed(.call(node), function.returns, at: offset, over: depth)
    }

    private mutating func arguments(
        of context: String, ofInfo: Bool = false
    ) throws(QueryError) -> [Parsed] {
        try expect("(", in: context)
        var arguments: [Parsed] = []
        if try skip(")") { return arguments }
        while true {
            let isMatchers = ofInfo && arguments.count == 1
            arguments.append(isMatchers ? try infoMatchers() : try expression())
            if try skip(")") { return arguments }
            try expect(",", in: context)
            if current.isSymbol(")") {
                throw lexer.error(
                    "trailing commas not allowed in function call args", at: current.offset)
            }
        }
    }

    /// `{…}` without a metric's name in front and without modifiers.
    private mutating func infoMatchers() throws(QueryError) -> Parsed {
        mayMatchEmpty = current.isSymbol("{")
        let isBraced = mayMatchEmpty
        let argument = try expression()
        mayMatchEmpty = false
        if argument.type != .vector { return argument }
        guard isBraced, case .selector(let selector) = argument.node,
            selector.shift == TimeShift()
        else {
            throw lexer.error(
                "expected label selectors only, got vector selector instead", at: argument.offset)
        }
        return argument
    }

    private func check(
        _ arguments: [Parsed], of function: Function, at offset: Int
    ) throws(QueryError) {
        let count = function.arguments.count
        let minimum = count - function.optionalCount
        let name = quoted(function.name)
        if function.optionalCount == 0, !function.isVariadic, arguments.count != count {
            throw lexer.error(
                "expected \(count) argument(s) in call to \(name), got \(arguments.count)",
                at: offset)
        }
        if arguments.count < minimum {
            throw lexer.error(
                "expected at least \(minimum) argument(s) in call to \(name), got "
                    + "\(arguments.count)", at: offset)
        }
        let largest = function.isVariadic ? function.largestCount ?? .max : count
        if arguments.count > largest {
            throw lexer.error(
                "expected at most \(largest) argument(s) in call to \(name), got "
                    + "\(arguments.count)", at: offset)
        }
        for (index, argument) in arguments.enumerated() {
            let wanted = function.arguments[min(index, count - 1)]
            try expect(argument, wanted, in: "call to function \(name)")
        }
    }

    private func expect(
        _ parsed: Parsed, _ type: ValueType, in context: String
    ) throws(QueryError) {
        guard parsed.type == type else {
            throw lexer.error(
                "expected type \(type.rawValue) in \(context), got \(parsed.type.rawValue)",
                at: parsed.offset)
        }
    }

    private mutating func aggregation(
        _ aggregator: Aggregator, at offset: Int
    ) throws(QueryError) -> Parsed {
        var grouping = try self.grouping()
        let arguments = try self.arguments(of: "aggregation")
        if grouping == nil { grouping = try self.grouping() }
        guard !arguments.isEmpty else {
            throw lexer.error("no arguments for aggregate expression provided", at: offset)
        }
        let wanted = aggregator.parameterType == nil ? 1 : 2
        guard arguments.count == wanted else {
            throw lexer.error(
                "wrong number of arguments for aggregate expression provided, expected "
                    + "\(wanted), got \(arguments.count)", at: offset)
        }
        let expression = arguments[wanted - 1]
        try expect(expression, .vector, in: "aggregation expression")
        if let type = aggregator.parameterType {
            try expect(arguments[0], type, in: "aggregation parameter")
        }
        let node = Aggregation(
            aggregator: aggregator, parameter: wanted == 2 ? arguments[0].node : nil,
            expression: expression.node, grouping: grouping ?? .by([]),
            position: position(offset))
        return try parsed(
            .aggregation(node), .vector, at: offset, over: arguments.map(\.depth).max() ?? 0)
    }

    private mutating func grouping() throws(QueryError) -> Grouping? {
        switch current.word {
        case "by":
            try advance()
            return .by(try labelNames(in: "grouping opts"))
        case "without":
            try advance()
            return .without(try labelNames(in: "grouping opts"))
        default: return nil
        }
    }

    mutating func labelNames(in context: String) throws(QueryError) -> [String] {
        try expect("(", in: context)
        var names: [String] = []
        while !current.isSymbol(")") {
            switch current.kind {
            case .identifier(let name) where !name.contains(":"): names.append(name)
            case .string(let name) where !name.isEmpty: names.append(name)
            default: throw unexpected(context, expected: "label")
            }
            try advance()
            if current.isSymbol(")") { break }
            guard try skip(",") else { throw unexpected(context, expected: "\",\" or \")\"") }
        }
        try advance()
        return names
    }
}
