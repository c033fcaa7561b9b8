import TimeSeries

/// Cuts PromQL into tokens, one at a time, so that the first mistake in the text is the first
/// that is reported.
struct Lexer {
    let bytes: [UInt8]
    private var index = 0
    private var isInBrackets = false
    private var isInBraces = false
    private var parenthesisDepth = 0

    /// Byte offsets, ascending.
    private let lineStarts: [Int]

    init(_ text: String) {
        let bytes = Array(text.utf8)
        self.bytes = bytes
        let newlines = bytes.indices.filter { bytes[$0] == UInt8(ascii: "\n") }
        lineStarts = [0] + newlines.map { $0 + 1 }
    }

    /// Line and column of a byte offset, from 1.
    func position(of offset: Int) -> QueryError.Position {
        let line = lineStarts.partitioningIndex { $0 > offset }
        return QueryError.Position(line: line, column: offset - lineStarts[line - 1] + 1)
    }

    func error(_ message: String, at offset: Int) -> QueryError {
        QueryError(.badData, message, at: position(of: offset))
    }

    mutating func next() throws(QueryError) -> Token {
        skipSpaceAndComments()
        let start = index
        guard index < bytes.count else {
            if let unclosed { throw error(unclosed, at: start) }
            return Token(kind: .end, offset: start, text: "")
        }
        let kind: Token.Kind
        switch bytes[index] {
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"): kind = .string(try string())
        case UInt8(ascii: "0")...UInt8(ascii: "9"): kind = try number()
        case UInt8(ascii: ".") where isDigit(index + 1): kind = try number()
        case UInt8(ascii: ":") where isInBrackets:
            index += 1
            kind = .symbol(":")
        case UInt8(ascii: ":"), UInt8(ascii: "_"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            kind = identifier()
        default: kind = .symbol(try symbol())
        }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        return Token(kind: kind, offset: start, text: text)
    }

    private mutating func skipSpaceAndComments() {
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                index += 1
            case UInt8(ascii: "#"):
                while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { index += 1 }
            default: return
            }
        }
    }

    private func isDigit(_ i: Int) -> Bool { i < bytes.count && (48...57).contains(bytes[i]) }

    private func isWord(_ i: Int) -> Bool {
        i < bytes.count && ScalarSet.word.contains(UInt32(bytes[i]))
    }

    private mutating func identifier() -> Token.Kind {
        let start = index
        while isWord(index)
            || (index < bytes.count && bytes[index] == UInt8(ascii: ":") && !isInBrackets)
        {
            index += 1
        }
        let name = String(decoding: bytes[start..<index], as: UTF8.self)
        switch name.lowercased() {
        case "inf": return .number(.infinity)
        case "nan": return .number(.nan)
        default: return .identifier(name)
        }
    }

    private mutating func symbol() throws(QueryError) -> String {
        let two = String(decoding: bytes[index..<min(index + 2, bytes.count)], as: UTF8.self)
        if ["==", "!=", "<=", ">=", "=~", "!~"].contains(two) {
            index += 2
            return two
        }
        let one = String(decoding: bytes[index..<index + 1], as: UTF8.self)
        guard "+-*/%^<>=(){}[],@".contains(one) else {
            let scalar = String(decoding: bytes[index..<min(index + 4, bytes.count)], as: UTF8.self)
                .unicodeScalars.first
            if one == "!" {
                throw error("unexpected character after '!'", at: index)
            }
            throw error("unexpected character: '\(scalar.map(shown) ?? "?")'", at: index)
        }
        switch one {
        case "[": isInBrackets = true
        case "]": isInBrackets = false
        case "{": isInBraces = true
        case "}": isInBraces = false
        case "(": parenthesisDepth += 1
        case ")": parenthesisDepth -= 1
        default: break
        }
        index += 1
        return one
    }

    /// What the end of the text leaves open, whatever else would be missing.
    private var unclosed: String? {
        if isInBraces { return "unexpected end of input inside braces" }
        if parenthesisDepth > 0 { return "unclosed left parenthesis" }
        return isInBrackets ? "unclosed left bracket" : nil
    }

    private func shown(_ scalar: Unicode.Scalar) -> String {
        scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
            ? "\\x\(String(scalar.value, radix: 16))" : String(Character(scalar))
    }
}

// MARK: - Numbers and durations

extension Lexer {
    /// A number (`1`, `.5`, `1e3`, `0x1F`, `017`, `1_000`) or a duration (`1h30m`).
    private mutating func number() throws(QueryError) -> Token.Kind {
        let start = index
        while isWord(index) || isPoint(index) || isExponentSign(index, from: start) { index += 1 }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        if let value = Self.number(text) {
            guard value.isFinite else { throw error("number out of range: \(text)", at: start) }
            return .number(value)
        }
        if let duration = Duration(parsingPrometheus: text) {
            return .duration(duration.milliseconds)
        }
        throw error("bad number or duration syntax: \(quoted(text))", at: start)
    }

    private func isPoint(_ i: Int) -> Bool { i < bytes.count && bytes[i] == UInt8(ascii: ".") }

    private func isExponentSign(_ i: Int, from start: Int) -> Bool {
        guard i < bytes.count, i > start,
            bytes[i] == UInt8(ascii: "+") || bytes[i] == UInt8(ascii: "-"),
            bytes[i - 1] | 0x20 == UInt8(ascii: "e"), isDigit(i + 1)
        else { return false }
        // Of 0xE-1 the E is a digit.
        return !(start + 1 < bytes.count && bytes[start + 1] | 0x20 == UInt8(ascii: "x"))
    }

    private static func number(_ text: String) -> Double? {
        guard let plain = withoutSeparators(text) else { return nil }
        let lower = plain.lowercased()
        if lower.hasPrefix("0x") {
            let digits = lower.dropFirst(2)
            guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 != 43 && $0 != 45 }) else {
                return nil
            }
            return Int64(digits, radix: 16).map(Double.init)
                ?? (digits.utf8.allSatisfy(isHexadecimal) ? Double("0x\(digits)") : nil)
        }
        let isAllDigits = lower.utf8.allSatisfy { (48...57).contains($0) }
        if isAllDigits, lower.hasPrefix("0"), let octal = Int64(lower, radix: 8) {
            return Double(octal)
        }
        guard lower.utf8.allSatisfy({ (48...57).contains($0) || ".e+-".utf8.contains($0) }) else {
            return nil
        }
        guard lower.utf8.count(where: { $0 == UInt8(ascii: ".") }) <= 1 else { return nil }
        let point = lower.hasPrefix(".") ? "0" + lower : lower
        // Swift's Double reads "1." and "1.e3" only with a digit behind the point.
        let whole = point.hasSuffix(".") ? String(point.dropLast()) : point
        if let range = whole.firstIndex(of: "."), whole[whole.index(after: range)...].hasPrefix("e")
        {
            return Double(whole[..<range] + whole[whole.index(after: range)...])
        }
        return Double(whole)
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (97...102).contains(byte)
    }

    /// Without the underscores between digits; nil where one stands elsewhere.
    private static func withoutSeparators(_ text: String) -> String? {
        let underscore = UInt8(ascii: "_")
        let bytes = Array(text.utf8)
        guard bytes.contains(underscore) else { return text }
        let isPrefixed = bytes.count > 1 && bytes[1] | 0x20 == UInt8(ascii: "x")
        for index in bytes.indices where bytes[index] == underscore {
            guard index > 0, index + 1 < bytes.count else { return nil }
            let before = bytes[index - 1] | 0x20
            let after = bytes[index + 1] | 0x20
            let isAfterPrefix = isPrefixed && index == 2
            let isDigit: (UInt8) -> Bool = { byte in
                (48...57).contains(byte) || (isPrefixed && isHexadecimal(byte))
            }
            guard isDigit(before) || isAfterPrefix, isDigit(after) else { return nil }
        }
        return String(decoding: bytes.filter { $0 != underscore }, as: UTF8.self)
    }
}

// MARK: - Strings

extension Lexer {
    private mutating func string() throws(QueryError) -> String {
        let start = index
        let quote = bytes[index]
        index += 1
        var result: [UInt8] = []
        while index < bytes.count {
            let byte = bytes[index]
            if byte == quote {
                index += 1
                return String(decoding: result, as: UTF8.self)
            }
            if quote == UInt8(ascii: "`") {
                index += 1
                result.append(byte)
            } else if byte == UInt8(ascii: "\n") {
                break
            } else if byte == UInt8(ascii: "\\") {
                try escape(into: &result, quote: quote)
            } else {
                index += 1
                result.append(byte)
            }
        }
        throw error(
            quote == UInt8(ascii: "`") ? "unterminated raw string" : "unterminated quoted string",
            at: start)
    }

    private mutating func escape(into result: inout [UInt8], quote: UInt8) throws(QueryError) {
        let start = index
        index += 1
        guard index < bytes.count else { throw error("escape sequence not terminated", at: start) }
        let byte = bytes[index]
        index += 1
        switch byte {
        case UInt8(ascii: "a"): result.append(7)
        case UInt8(ascii: "b"): result.append(8)
        case UInt8(ascii: "f"): result.append(12)
        case UInt8(ascii: "n"): result.append(10)
        case UInt8(ascii: "r"): result.append(13)
        case UInt8(ascii: "t"): result.append(9)
        case UInt8(ascii: "v"): result.append(11)
        case UInt8(ascii: "\\"), quote: result.append(byte)
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            index -= 1
            let value = try digits(3, radix: 8, from: start)
            guard value <= 255 else { throw error("escape sequence is no byte", at: start) }
            result.append(UInt8(value))
        case UInt8(ascii: "x"): result.append(UInt8(try digits(2, radix: 16, from: start)))
        case UInt8(ascii: "u"): try append(digits(4, radix: 16, from: start), to: &result, start)
        case UInt8(ascii: "U"): try append(digits(8, radix: 16, from: start), to: &result, start)
        default:
            let scalar = String(
                decoding: bytes[(index - 1)..<min(index + 3, bytes.count)], as: UTF8.self
            )
            .unicodeScalars.first
            throw error(
                "unknown escape sequence U+\(hexadecimal(scalar?.value ?? 0)) '\(scalar.map(shown) ?? "")'",
                at: start)
        }
    }

    private func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    private mutating func digits(
        _ count: Int, radix: UInt32, from start: Int
    ) throws(QueryError) -> UInt32 {
        guard index + count <= bytes.count,
            let value = UInt32(
                String(decoding: bytes[index..<index + count], as: UTF8.self), radix: Int(radix)),
            bytes[index] != UInt8(ascii: "+")
        else { throw error("illegal character in escape sequence", at: start) }
        index += count
        return value
    }

    private func append(
        _ value: UInt32, to result: inout [UInt8], _ start: Int
    ) throws(QueryError) {
        guard let scalar = Unicode.Scalar(value) else {
            throw error("escape sequence is an invalid Unicode code point", at: start)
        }
        result += Array(String(Character(scalar)).utf8)
    }
}
