import TimeSeries

extension Parser {
    mutating func selector(named name: String?, at offset: Int) throws(QueryError) -> Parsed {
        var matchers: [LabelMatcher] = []
        var name = name
        let mayMatchEmpty = mayMatchEmpty
        self.mayMatchEmpty = false
        if try skip("{") { try readMatchers(into: &matchers, name: &name) }
        if let name {
            for matcher in matchers where matcher.name == LabelSet.metricNameLabel {
                throw lexer.error(
                    "metric name must not be set twice: \(quoted(name)) or "
                        + quoted(matcher.value), at: offset)
            }
            matchers.insert(
                try LabelMatcher(name: LabelSet.metricNameLabel, .equal, value: name), at: 0)
        }
        guard mayMatchEmpty || matchers.contains(where: { !$0.matchesEmpty }) else {
            throw lexer.error(
                "vector selector must contain at least one non-empty matcher", at: offset)
        }
        let selector = Selector(matchers: matchers, position: position(offset))
        return try parsed(.selector(selector), .vector, at: offset)
    }

    private mutating func readMatchers(
        into matchers: inout [LabelMatcher], name: inout String?
    ) throws(QueryError) {
        while !current.isSymbol("}") {
            let label = current
            let labelName: String
            switch current.kind {
            case .identifier(let text) where !text.contains(":"): labelName = text
            case .number where isPlainLabelName(label.text): labelName = label.text  // inf, nan
            case .string(let text): labelName = text
            default: throw unexpected("label matching", expected: "identifier or \"}\"")
            }
            try advance()
            if case .string = label.kind, current.isSymbol(",") || current.isSymbol("}") {
                if let name {
                    throw lexer.error(
                        "metric name must not be set twice: \(quoted(name)) or "
                            + quoted(labelName), at: label.offset)
                }
                name = labelName
            } else {
                matchers.append(try matcher(named: labelName, at: label.offset))
            }
            if current.isSymbol("}") { break }
            guard try skip(",") else {
                throw unexpected("label matching", expected: "\",\" or \"}\"")
            }
        }
        try advance()
    }

    private mutating func matcher(
        named name: String, at offset: Int
    ) throws(QueryError) -> LabelMatcher {
        guard case .symbol(let symbol) = current.kind,
            let operation = MatchOperation(rawValue: symbol)
        else { throw unexpected("label matching", expected: "label matching operator") }
        try advance()
        let value = current
        guard case .string(let text) = current.kind else {
            throw unexpected("label matching", expected: "string")
        }
        try advance()
        do {
            return try LabelMatcher(name: name, operation, value: text)
        } catch {
            throw lexer.error(error.message, at: value.offset)
        }
    }

    /// `[5m]` behind a selector, or `[5m:1m]` behind any instant vector.
    mutating func ranged(_ operand: Parsed) throws(QueryError) -> Parsed {
        let bracket = current.offset
        try advance()
        let range = try duration(in: "range or subquery selector", isPositive: true)
        if current.isSymbol("]") {
            try advance()
            guard case .selector(var selector) = operand.node else {
                throw lexer.error("ranges only allowed for vector selectors", at: bracket)
            }
            if selector.shift.hasOffset {
                throw lexer.error("no offset modifiers allowed before range", at: bracket)
            }
            if selector.shift.at != nil {
                throw lexer.error("no @ modifiers allowed before range", at: bracket)
            }
            selector.openRange = range.open
            return try parsed(
                .range(selector, range.milliseconds), .matrix, at: operand.offset,
                over: operand.depth)
        }
        try expect(":", in: "range or subquery selector")
        var step: ParsedDuration?
        if !current.isSymbol("]") {
            step = try duration(in: "subquery selector", isPositive: true)
        }
        try expect("]", in: "subquery selector")
        guard operand.type == .vector else {
            throw lexer.error(
                "subquery is only allowed on instant vector, got \(operand.type.rawValue)",
                at: operand.offset)
        }
        let subquery = Subquery(
            expression: operand.node, range: range.milliseconds,
            step: step?.open == nil ? step?.milliseconds : nil, openRange: range.open,
            openStep: step?.open)
        return try parsed(.subquery(subquery), .matrix, at: operand.offset, over: operand.depth)
    }

    mutating func offset(_ operand: Parsed) throws(QueryError) -> Parsed {
        let keyword = current.offset
        try advance()
        let duration = try duration(in: "offset", isPositive: false, isOperand: true)
        return try shifting(operand) { shift throws(QueryError) in
            guard let shift else {
                throw lexer.error(
                    "offset modifier must be preceded by an instant vector selector or range "
                        + "vector selector or a subquery", at: keyword)
            }
            guard !shift.hasOffset else {
                throw lexer.error("offset may not be set multiple times", at: keyword)
            }
            return TimeShift(
                offset: duration.open == nil ? duration.milliseconds : nil, at: shift.at,
                openOffset: duration.open)
        }
    }

    mutating func anchored(_ operand: Parsed) throws(QueryError) -> Parsed {
        let symbol = current.offset
        try advance()
        let anchor = try self.anchor()
        return try shifting(operand) { shift throws(QueryError) in
            guard let shift else {
                throw lexer.error(
                    "@ modifier must be preceded by an instant vector selector or range vector "
                        + "selector or a subquery", at: symbol)
            }
            guard shift.at == nil else {
                throw lexer.error("@ <timestamp> may not be set multiple times", at: symbol)
            }
            return TimeShift(offset: shift.offset, at: anchor, openOffset: shift.openOffset)
        }
    }

    private mutating func anchor() throws(QueryError) -> TimeShift.Anchor {
        if let word = current.word, word == "start" || word == "end" {
            try advance()
            for symbol in ["(", ")"] {
                guard try skip(symbol) else { throw unexpected("@", expected: "timestamp") }
            }
            return word == "start" ? .start : .end
        }
        let start = current.offset
        var sign = 1.0
        if try skip("-") { sign = -1 } else { _ = try skip("+") }
        let seconds: Double
        switch current.kind {
        case .number(let value): seconds = value
        case .duration(let milliseconds): seconds = Double(milliseconds) / 1000
        default: throw unexpected("@", expected: "timestamp")
        }
        try advance()
        let milliseconds = (sign * seconds * 1000).rounded()
        guard abs(milliseconds) < 9e15 else {
            throw lexer.error(
                "timestamp out of bounds for @ modifier: \(formatted(sign * seconds))", at: start)
        }
        return .timestamp(Int64(milliseconds))
    }

    /// The operand with its modifiers replaced; the closure is given nil where it cannot have any.
    private func shifting(
        _ operand: Parsed, _ change: (TimeShift?) throws(QueryError) -> TimeShift
    ) throws(QueryError) -> Parsed {
        var result = operand
        switch operand.node {
        case .selector(var selector):
            selector.shift = try change(selector.shift)
            result.node = .selector(selector)
        case .range(var selector, let range):
            selector.shift = try change(selector.shift)
            result.node = .range(selector, range)
        case .subquery(var subquery):
            subquery.shift = try change(subquery.shift)
            result.node = .subquery(subquery)
        default: _ = try change(nil)
        }
        return result
    }
}
