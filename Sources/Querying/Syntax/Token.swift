/// A lexical element of PromQL.
struct Token: Equatable {
    enum Kind: Equatable {
        /// Includes keywords, which are names too in most places.
        case identifier(String)
        case number(Double)
        /// Milliseconds.
        case duration(Int64)
        case string(String)
        /// Operators and punctuation.
        case symbol(String)
        case end
    }

    var kind: Kind
    /// Byte offset of the first byte.
    var offset: Int
    /// As written.
    var text: String

    func isSymbol(_ symbol: String) -> Bool { kind == .symbol(symbol) }

    /// The lower-case word, where it is one.
    var word: String? {
        if case .identifier(let name) = kind { name.lowercased() } else { nil }
    }

    /// As parse errors name it.
    var description: String {
        switch kind {
        case .identifier(let name):
            if Self.wordOperators.contains(name.lowercased()) {
                "<op:\(name)>"
            } else if Self.keywords.contains(name.lowercased()) {
                "<\(name)>"
            } else {
                "identifier \(quoted(name))"
            }
        case .number: "number \(quoted(text))"
        case .duration: "duration \(quoted(text))"
        case .string: "string \(quoted(text))"
        case .symbol(let symbol):
            Self.operators.contains(symbol) ? "<op:\(symbol)>" : quoted(symbol)
        case .end: "end of input"
        }
    }

    private static let keywords: Set<String> = [
        "by", "without", "on", "ignoring", "group_left", "group_right", "bool", "offset",
    ]
    private static let wordOperators: Set<String> = ["and", "or", "unless", "atan2"]
    /// Keywords that are no names of metrics: where one could stand, they mean something else.
    static let reserved: Set<String> = [
        "on", "ignoring", "group_left", "group_right", "bool", "atan2",
    ]
    private static let operators: Set<String> = [
        "+", "-", "*", "/", "%", "^", "==", "!=", "<", ">", "<=", ">=", "=~", "!~",
    ]
}
