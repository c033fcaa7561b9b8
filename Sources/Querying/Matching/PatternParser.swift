/// Reads RE2's syntax: no back-references, no look-around, so that matching is linear.
struct PatternParser {
    let scalars: [Unicode.Scalar]
    var index = 0
    var flags = Flags()
    private var depth = 0
    var captureCount = 0
    var captureNames: [String: Int] = [:]

    struct Flags {
        var foldsCase = false
        var dotMatchesNewline = true  // Prometheus wraps every pattern in (?s:…)
        var isMultiline = false
        var isUngreedy = false
    }

    static let maximumRepeat = 1000
    private static let maximumDepth = 200

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
    }

    mutating func parse() throws(QueryError) -> PatternNode {
        let node = try alternatives()
        if index < scalars.count { throw error("unexpected ): `\(rest(from: 0))`") }
        return node
    }

    func error(_ message: String) -> QueryError {
        QueryError(.badData, "error parsing regexp: \(message)")
    }

    func rest(from start: Int) -> String {
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars[min(start, scalars.count)...])
        return text
    }

    func text(_ range: Range<Int>) -> String {
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars[range])
        return text
    }

    var next: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        index += 1
        return true
    }

    func isNext(_ literal: String) -> Bool {
        var i = index
        for scalar in literal.unicodeScalars {
            guard i < scalars.count, scalars[i] == scalar else { return false }
            i += 1
        }
        return true
    }

    mutating func alternatives() throws(QueryError) -> PatternNode {
        depth += 1
        defer { depth -= 1 }
        if depth > Self.maximumDepth { throw error("expression nests too deeply") }
        var branches = [try sequence()]
        while skip("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .alternatives(branches)
    }

    private mutating func sequence() throws(QueryError) -> PatternNode {
        var items: [PatternNode] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            if isNext("\\Q") {
                index += 2
                items += quotedLiteral()
                continue
            }
            let start = index
            guard let atom = try atom() else { continue }
            items.append(try repeated(atom, from: start))
        }
        return items.isEmpty ? .empty : items.count == 1 ? items[0] : .sequence(items)
    }

    private mutating func quotedLiteral() -> [PatternNode] {
        var items: [PatternNode] = []
        while let scalar = next {
            if isNext("\\E") {
                index += 2
                break
            }
            index += 1
            items.append(literal(scalar))
        }
        return items
    }

    func literal(_ scalar: Unicode.Scalar) -> PatternNode {
        let set = ScalarSet(scalar.value)
        return .scalars(flags.foldsCase ? set.foldingCase : set)
    }

    private mutating func repeated(
        _ atom: PatternNode, from start: Int
    ) throws(QueryError) -> PatternNode {
        var node = atom
        var isRepeated = false
        while let bounds = try repetition() {
            if isRepeated {
                throw error("invalid nested repetition operator: `\(text(start..<index))`")
            }
            isRepeated = true
            let isLazy = skip("?")
            node = .repetition(
                node, minimum: bounds.minimum, maximum: bounds.maximum,
                isGreedy: isLazy == flags.isUngreedy)
        }
        return node
    }

    private mutating func repetition() throws(QueryError) -> (minimum: Int, maximum: Int?)? {
        if skip("*") { return (0, nil) }
        if skip("+") { return (1, nil) }
        if skip("?") { return (0, 1) }
        let start = index
        guard skip("{"), let minimum = number() else {
            index = start
            return nil
        }
        var maximum: Int? = minimum
        if skip(",") { maximum = number() }
        guard skip("}") else {
            index = start
            return nil
        }
        guard minimum <= Self.maximumRepeat, (maximum ?? 0) <= Self.maximumRepeat,
            minimum <= maximum ?? .max
        else { throw error("invalid repeat count: `\(text(start..<index))`") }
        return (minimum, maximum)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let scalar = next, let digit = Self.digitValue(scalar), digit < 10 {
            value = min((value ?? 0) * 10 + digit, 100_000)
            index += 1
        }
        return value
    }

    static func digitValue(_ scalar: Unicode.Scalar) -> Int? {
        switch scalar.value {
        case 48...57: Int(scalar.value) - 48
        case 65...70: Int(scalar.value) - 55
        case 97...102: Int(scalar.value) - 87
        default: nil
        }
    }
}
