/// What a repetition can stand behind: literals, classes, groups, escapes.
extension PatternParser {
    /// nil where what was read only sets flags.
    mutating func atom() throws(QueryError) -> PatternNode? {
        guard let scalar = next else { return nil }
        switch scalar {
        case "(": return try group()
        case "[": return .scalars(try bracketExpression())
        case ".":
            index += 1
            return .scalars(flags.dotMatchesNewline ? .all : .allButNewline)
        case "^":
            index += 1
            return .assertion(flags.isMultiline ? .lineStart : .textStart)
        case "$":
            index += 1
            return .assertion(flags.isMultiline ? .lineEnd : .textEnd)
        case "\\": return try escape()
        case "*", "+", "?":
            throw error("missing argument to repetition operator: `\(scalar)`")
        default:
            index += 1
            return literal(scalar)
        }
    }

    private mutating func group() throws(QueryError) -> PatternNode? {
        let outer = flags
        index += 1
        var capture: Int?
        if isNext("?P<") || isNext("?<") {
            let name = try groupName()
            captureCount += 1
            capture = captureCount
            guard captureNames.updateValue(captureCount, forKey: name) == nil else {
                throw error("duplicate capture group name: `\(name)`")
            }
        } else if skip("?") {
            if try readFlags() == .flagsOnly { return nil }
        } else {
            captureCount += 1
            capture = captureCount
        }
        let inner = try alternatives()
        guard skip(")") else { throw error("missing closing ): `\(rest(from: 0))`") }
        flags = outer
        return capture.map { .capture($0, inner) } ?? inner
    }

    private mutating func groupName() throws(QueryError) -> String {
        while let scalar = next, scalar != "<" { index += 1 }
        index += 1
        let start = index
        while let scalar = next, ScalarSet.word.contains(scalar.value) { index += 1 }
        let name = text(start..<index)
        guard !name.isEmpty, skip(">") else { throw error("invalid named capture") }
        return name
    }

    private enum GroupKind { case group, flagsOnly }

    private mutating func readFlags() throws(QueryError) -> GroupKind {
        var value = true
        let start = index
        while let scalar = next {
            index += 1
            switch scalar {
            case "i": flags.foldsCase = value
            case "s": flags.dotMatchesNewline = value
            case "m": flags.isMultiline = value
            case "U": flags.isUngreedy = value
            case "-" where value: value = false
            case ":": return .group
            case ")": return .flagsOnly
            default:
                throw error("invalid or unsupported Perl syntax: `(?\(text(start..<index))`")
            }
        }
        throw error("missing closing ): `\(rest(from: 0))`")
    }

    private mutating func escape() throws(QueryError) -> PatternNode {
        let start = index
        index += 1
        guard let scalar = next else { throw error("trailing backslash at end of expression: ``") }
        switch scalar {
        case "A", "z", "b", "B":
            index += 1
            switch scalar {
            case "A": return .assertion(.textStart)
            case "z": return .assertion(.textEnd)
            case "b": return .assertion(.wordBoundary)
            default: return .assertion(.notWordBoundary)
            }
        default:
            index = start
            if let set = try classEscape() { return .scalars(set) }
            let value = try scalarEscape()
            let set = ScalarSet(value)
            return .scalars(flags.foldsCase ? set.foldingCase : set)
        }
    }

    /// `\d`, `\pL`, `\P{Lu}` and the like; nil, with nothing read, where it is another escape.
    private mutating func classEscape() throws(QueryError) -> ScalarSet? {
        guard index + 1 < scalars.count, scalars[index] == "\\" else { return nil }
        let scalar = scalars[index + 1]
        let set: ScalarSet
        switch scalar {
        case "d": set = .digits
        case "D": set = ScalarSet.digits.inverted
        case "w": set = .word
        case "W": set = ScalarSet.word.inverted
        case "s": set = .space
        case "S": set = ScalarSet.space.inverted
        case "p", "P":
            index += 2
            return try unicodeClass(isNegated: scalar == "P")
        default: return nil
        }
        index += 2
        return set
    }

    private mutating func unicodeClass(isNegated: Bool) throws(QueryError) -> ScalarSet {
        var isNegated = isNegated
        var name = ""
        if skip("{") {
            if skip("^") { isNegated.toggle() }
            let start = index
            while let scalar = next, scalar != "}" { index += 1 }
            name = text(start..<index)
            guard skip("}") else { throw error("invalid character class range: `\\p{\(name)`") }
        } else if let scalar = next {
            index += 1
            name = String(Character(scalar))
        }
        guard let set = ScalarSet.category(name) else {
            throw error("invalid character class range: `\\p{\(name)}`")
        }
        return isNegated ? set.inverted : set
    }

    private mutating func scalarEscape() throws(QueryError) -> UInt32 {
        let start = index
        index += 1
        guard let scalar = next else { throw error("trailing backslash at end of expression: ``") }
        index += 1
        switch scalar {
        case "a": return 7
        case "f": return 12
        case "t": return 9
        case "n": return 10
        case "r": return 13
        case "v": return 11
        case "x":
            if let value = hexadecimal() { return value }
        case "0"..."7":
            if let value = octal(scalar) { return value }
        default:
            if scalar.isASCII, !ScalarSet.word.contains(scalar.value) { return scalar.value }
        }
        throw error("invalid escape sequence: `\(text(start..<min(index, scalars.count)))`")
    }

    private mutating func hexadecimal() -> UInt32? {
        var value: UInt32 = 0
        var digitCount = 0
        let isBraced = skip("{")
        while let scalar = next, let digit = Self.digitValue(scalar), isBraced || digitCount < 2 {
            value = value * 16 + UInt32(digit)
            guard value <= ScalarSet.maximum else { return nil }
            digitCount += 1
            index += 1
        }
        guard digitCount >= (isBraced ? 1 : 2), !isBraced || skip("}") else { return nil }
        return value
    }

    private mutating func octal(_ first: Unicode.Scalar) -> UInt32? {
        var value = first.value - 48
        var digitCount = 1
        while digitCount < 3, let scalar = next, let digit = Self.digitValue(scalar), digit < 8 {
            value = value * 8 + UInt32(digit)
            digitCount += 1
            index += 1
        }
        // One digit other than 0 would be a back-reference, which linear matching excludes.
        return digitCount == 1 && first != "0" ? nil : value
    }

    private mutating func bracketExpression() throws(QueryError) -> ScalarSet {
        let start = index
        index += 1
        let isNegated = skip("^")
        var set = ScalarSet([])
        var isFirst = true
        while let scalar = next, scalar != "]" || isFirst {
            isFirst = false
            if isNext("[:"), let posix = try posixClass() {
                set = set.union(posix)
                continue
            }
            if let known = try classEscape() {
                set = set.union(known)
                continue
            }
            let lower = try classScalar()
            var upper = lower
            if next == "-", index + 1 < scalars.count, scalars[index + 1] != "]" {
                index += 1
                upper = try classScalar()
            }
            guard lower <= upper else {
                throw error("invalid character class range: `\(text(start..<index))`")
            }
            set = set.union(ScalarSet([lower...upper]))
        }
        guard skip("]") else { throw error("missing closing ]: `\(rest(from: start))`") }
        if flags.foldsCase { set = set.foldingCase }
        return isNegated ? set.inverted : set
    }

    private mutating func classScalar() throws(QueryError) -> UInt32 {
        guard let scalar = next else { throw error("missing closing ]: `\(rest(from: 0))`") }
        if scalar == "\\" { return try scalarEscape() }
        index += 1
        return scalar.value
    }

    private mutating func posixClass() throws(QueryError) -> ScalarSet? {
        var end = index + 2
        while end + 1 < scalars.count, scalars[end] != ":" || scalars[end + 1] != "]" { end += 1 }
        guard end + 1 < scalars.count else { return nil }
        var name = text(index + 2..<end)
        let isNegated = name.hasPrefix("^")
        if isNegated { name.removeFirst() }
        guard let set = ScalarSet.posix(name) else {
            throw error("invalid character class range: `[:\(name):]`")
        }
        index = end + 2
        return isNegated ? set.inverted : set
    }
}
