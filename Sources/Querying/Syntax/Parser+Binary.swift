extension Parser {
    /// What may stand between an operator and its right side.
    struct BinaryModifiers {
        var returnsBool = false
        var matching: VectorMatching
        var groupOffset = 0
    }

    mutating func binaryModifiers(
        _ operation: BinaryOperator
    ) throws(QueryError) -> BinaryModifiers {
        var modifiers = BinaryModifiers(
            matching: VectorMatching(
                cardinality: operation.isSet ? .manyToMany : .oneToOne, isOn: false, labels: [],
                included: []))
        if current.word == "bool" {
            guard operation.isComparison else {
                throw lexer.error(
                    "bool modifier can only be used on comparison operators", at: current.offset)
            }
            modifiers.returnsBool = true
            try advance()
        }
        if current.word == "on" || current.word == "ignoring" {
            modifiers.matching.isOn = current.word == "on"
            try advance()
            modifiers.matching.labels = try labelNames(in: "grouping opts")
            try readGroup(operation, into: &modifiers)
        }
        try readFills(operation, into: &modifiers)
        return modifiers
    }

    /// `fill(0)`, or one for each side.
    private mutating func readFills(
        _ operation: BinaryOperator, into modifiers: inout BinaryModifiers
    ) throws(QueryError) {
        while let word = current.word, ["fill", "fill_left", "fill_right"].contains(word) {
            // Without a number it is a metric.
            var ahead = self
            try ahead.advance()
            guard ahead.current.isSymbol("(") else { return }
            let offset = current.offset
            guard !operation.isSet else {
                throw lexer.error(
                    "filling in missing series not allowed for set operators", at: offset)
            }
            let fillsLeft = word != "fill_right"
            let fillsRight = word != "fill_left"
            guard !(fillsLeft && modifiers.matching.leftFill != nil),
                !(fillsRight && modifiers.matching.rightFill != nil)
            else { throw unexpected("fill modifiers", expected: "one for each side") }
            self = ahead
            try advance()
            let value = NumberLiteral(value: try fillValue())
            try expect(")", in: "fill modifiers")
            if fillsLeft { modifiers.matching.leftFill = value }
            if fillsRight { modifiers.matching.rightFill = value }
        }
    }

    private mutating func fillValue() throws(QueryError) -> Double {
        let isNegative = current.isSymbol("-")
        if isNegative || current.isSymbol("+") { try advance() }
        let value: Double
        switch current.kind {
        case .number(let number): value = number
        case .duration(let milliseconds): value = Double(milliseconds) / 1000
        default: throw unexpected("fill modifiers", expected: "number")
        }
        try advance()
        return isNegative ? -value : value
    }

    private mutating func readGroup(
        _ operation: BinaryOperator, into modifiers: inout BinaryModifiers
    ) throws(QueryError) {
        guard current.word == "group_left" || current.word == "group_right" else { return }
        modifiers.groupOffset = current.offset
        guard !operation.isSet else {
            throw lexer.error(
                "no grouping allowed for \(quoted(operation.rawValue)) operation",
                at: current.offset)
        }
        modifiers.matching.cardinality = current.word == "group_left" ? .manyToOne : .oneToMany
        try advance()
        guard current.isSymbol("(") else { return }
        modifiers.matching.included = try labelNames(in: "grouping opts")
        guard modifiers.matching.isOn else { return }
        for label in modifiers.matching.included where modifiers.matching.labels.contains(label) {
            throw lexer.error(
                "label \(quoted(label)) must not occur in ON and GROUP clause at once",
                at: modifiers.groupOffset)
        }
    }

    func join(
        _ left: Parsed, _ operation: BinaryOperator, _ modifiers: BinaryModifiers,
        _ right: Parsed, at offset: Int
    ) throws(QueryError) -> Parsed {
        for side in [left, right] where side.type != .scalar && side.type != .vector {
            throw lexer.error(
                "binary expression must contain only scalar and instant vector types",
                at: side.offset)
        }
        let isVectors = left.type == .vector && right.type == .vector
        let isScalars = left.type == .scalar && right.type == .scalar
        if !isVectors {
            // That no labels matter may be said of a number, too.
            if !modifiers.matching.labels.isEmpty {
                throw lexer.error(
                    "vector matching only allowed between instant vectors", at: offset)
            }
            if modifiers.matching.isFilling {
                throw lexer.error(
                    "filling in missing series only allowed between instant vectors", at: offset)
            }
            if operation.isSet {
                throw lexer.error(
                    "set operator \(quoted(operation.rawValue)) not allowed in binary scalar "
                        + "expression", at: offset)
            }
        }
        if isScalars, operation.isComparison, !modifiers.returnsBool {
            throw lexer.error("comparisons between scalars must use BOOL modifier", at: offset)
        }
        let node = BinaryOperation(
            operation: operation, returnsBool: modifiers.returnsBool,
            matching: isVectors ? modifiers.matching : nil, left: left.node, right: right.node,
            position: position(offset))
        return try parsed(
            .binary(node), isScalars ? .scalar : .vector, at: left.offset,
            over: left.depth, right.depth)
    }
}
