/// Cuts a template into text and actions, and parses the actions.
struct TemplateParser {
    private let source: [Character]
    private var position = 0

    init(_ source: String) {
        self.source = Array(source)
    }

    mutating func parts() throws(TemplateError) -> [Template.Part] {
        var parts: [Template.Part] = []
        var text = ""
        var trimsNext = false
        while position < source.count {
            guard take("{{") else {
                let character = source[position]
                position += 1
                if trimsNext, character.isWhitespace { continue }
                trimsNext = false
                text.append(character)
                continue
            }
            if peek("- ") || peek("-\n") {
                position += 1
                while text.last?.isWhitespace == true { text.removeLast() }
            }
            skipSpace()
            if !text.isEmpty { parts.append(.text(text)) }
            text = ""
            if try !skipComment() { parts.append(.action(try pipeline())) }
            skipSpace()
            trimsNext = take("-}}")
            guard trimsNext || take("}}") else { throw unexpected(expecting: "'}}'") }
        }
        if !text.isEmpty { parts.append(.text(text)) }
        return parts
    }

    // MARK: Grammar

    private mutating func pipeline() throws(TemplateError) -> TemplateExpression {
        var expression = try command(piped: nil)
        skipSpace()
        while take("|") {
            expression = try command(piped: expression)
            skipSpace()
        }
        return expression
    }

    /// An operand alone, or a function and its operands; what was piped becomes the last of them.
    private mutating func command(
        piped: TemplateExpression?
    ) throws(TemplateError) -> TemplateExpression {
        skipSpace()
        guard let first = current else { throw unexpected(expecting: "a value or a function") }
        guard first.isLetter else {
            let operand = try operand()
            if piped != nil { throw TemplateError("a pipe leads to a value; expected a function") }
            skipSpace()
            guard
                current == nil || current == "|" || current == ")" || current == "}"
                    || current == "-"
            else { throw unexpected(expecting: "'|' or '}}'") }
            return operand
        }
        let name = identifier()
        guard let function = TemplateFunction(rawValue: name) else { throw unknown(name) }
        var arguments: [TemplateExpression] = []
        skipSpace()
        while let next = current, next != "|", next != ")", next != "}", !peek("-}}") {
            arguments.append(try operand())
            skipSpace()
        }
        if let piped { arguments.append(piped) }
        guard function.argumentCounts.contains(arguments.count) else {
            throw TemplateError(
                "\(name) is given \(arguments.count) values, expected "
                    + "\(function.argumentCounts.lowerBound)"
                    + (function.argumentCounts.count > 1 ? " or more" : ""))
        }
        return .call(function, arguments)
    }

    private mutating func operand() throws(TemplateError) -> TemplateExpression {
        guard let first = current else { throw unexpected(expecting: "a value") }
        switch first {
        case "(":
            position += 1
            let inner = try pipeline()
            skipSpace()
            guard take(")") else { throw unexpected(expecting: "')'") }
            return try fields(of: inner)
        case "\"", "`":
            return .literal(.string(try quoted(by: first)))
        case "$", ".":
            return try variable()
        case _ where first.isNumber || first == "-" || first == "+":
            return .literal(.number(try number()))
        default:
            if first.isLetter {
                let name = identifier()
                guard let function = TemplateFunction(rawValue: name) else { throw unknown(name) }
                throw TemplateError("'\(function.rawValue)' with values needs parentheses here")
            }
            throw unexpected(expecting: "a value")
        }
    }

    private mutating func variable() throws(TemplateError) -> TemplateExpression {
        let sigil = source[position]
        position += 1
        let name = identifier()
        switch (sigil, name) {
        case ("$", "labels"), (".", "Labels"): return try fields(of: .labels)
        case ("$", "value"), (".", "Value"): return .value
        default:
            throw TemplateError(
                "unknown variable '\(sigil)\(name)', expected $labels.name or $value")
        }
    }

    private mutating func fields(
        of base: TemplateExpression
    ) throws(TemplateError) -> TemplateExpression {
        guard current == "." else { return base }
        position += 1
        let name = identifier()
        if name.isEmpty { throw unexpected(expecting: "the name of a label") }
        if current == "." {
            throw TemplateError("a label has no fields, found '.' after '\(name)'")
        }
        return .field(base, name: name)
    }

    // MARK: Tokens

    private var current: Character? { position < source.count ? source[position] : nil }

    private func peek(_ text: String) -> Bool {
        source[position...].starts(with: text)
    }

    private mutating func take(_ text: String) -> Bool {
        guard peek(text) else { return false }
        position += text.count
        return true
    }

    private mutating func skipSpace() {
        while current?.isWhitespace == true { position += 1 }
    }

    private mutating func skipComment() throws(TemplateError) -> Bool {
        guard take("/*") else { return false }
        while position < source.count {
            if take("*/") { return true }
            position += 1
        }
        throw TemplateError("a comment is not closed, expected '*/'")
    }

    private mutating func identifier() -> String {
        let start = position
        while let next = current, next.isLetter || next.isNumber || next == "_" { position += 1 }
        return String(source[start..<position])
    }

    private mutating func number() throws(TemplateError) -> Double {
        let start = position
        while let next = current, next.isHexDigit || "+-.xeEInf".contains(next) { position += 1 }
        let text = String(source[start..<position])
        guard let value = Double(text) else { throw TemplateError("'\(text)' is not a number") }
        return value
    }

    private mutating func quoted(by quote: Character) throws(TemplateError) -> String {
        position += 1
        var text = ""
        while let next = current {
            position += 1
            if next == quote { return text }
            guard next == "\\", quote == "\"", let escaped = current else {
                text.append(next)
                continue
            }
            position += 1
            switch escaped {
            case "n": text.append("\n")
            case "t": text.append("\t")
            default: text.append(escaped)
            }
        }
        throw TemplateError("a string is not closed, expected \(quote)")
    }

    // MARK: Messages

    private func unknown(_ name: String) -> TemplateError {
        switch name {
        case "if", "else", "end", "range", "with", "define", "template", "block":
            return TemplateError("'\(name)' is not supported in templates")
        default:
            return TemplateError(
                "unknown function '\(name)', expected one of "
                    + TemplateFunction.allCases.map(\.rawValue).joined(separator: ", "))
        }
    }

    private func unexpected(expecting expected: String) -> TemplateError {
        guard let current else { return TemplateError("the template ends, expected \(expected)") }
        return TemplateError("found '\(current)', expected \(expected)")
    }
}
