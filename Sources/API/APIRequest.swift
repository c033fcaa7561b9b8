import Querying
import TimeSeries

/// What was asked: a path, and the parameters of the query string and of the form.
struct APIRequest: Sendable {
    let path: String
    let accept: String
    /// Records that are handed in; nil for questions.
    let records: [UInt8]?
    private let parameters: [(name: String, value: String)]

    init(
        path: String, accept: String = "", query: String?, form: [UInt8],
        records: [UInt8]? = nil
    ) {
        self.records = records
        self.path = Self.decoded(Array(path.utf8)[...], isForm: false)
        self.accept = accept
        // As in Go's ParseForm, what is in the body comes first.
        parameters = Self.pairs(form) + Self.pairs(Array((query ?? "").utf8))
    }

    /// A question of the program's own.
    init(path: String, parameters: [(name: String, value: String)]) {
        self.path = path
        self.parameters = parameters
        accept = ""
        records = nil
    }

    /// nil where it is absent or empty.
    subscript(name: String) -> String? {
        parameters.first { $0.name == name && !$0.value.isEmpty }?.value
    }

    func all(_ name: String) -> [String] {
        parameters.filter { $0.name == name }.map(\.value)
    }

    private static func pairs(_ bytes: [UInt8]) -> [(name: String, value: String)] {
        bytes.split(separator: UInt8(ascii: "&")).map { part in
            let name = part.prefix { $0 != UInt8(ascii: "=") }
            return (
                decoded(name, isForm: true), decoded(part.dropFirst(name.count + 1), isForm: true)
            )
        }
    }

    /// Undoes percent encoding; in forms a plus is a space.
    static func decoded(_ bytes: ArraySlice<UInt8>, isForm: Bool) -> String {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            if byte == UInt8(ascii: "%"), index + 2 < bytes.endIndex,
                let value = UInt8(
                    String(decoding: bytes[(index + 1)...(index + 2)], as: UTF8.self), radix: 16)
            {
                result.append(value)
                index += 3
                continue
            }
            result.append(isForm && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            index += 1
        }
        return String(decoding: result, as: UTF8.self)
    }
}

// MARK: - Typed parameters

extension APIRequest {
    func expression() throws -> QueryExpression {
        do {
            return try QueryExpression(parsing: self["query"] ?? "")
        } catch {
            throw APIFailure.badData("invalid parameter \"query\": \(error)")
        }
    }

    func time(_ name: String) throws -> Timestamp? {
        guard let text = self[name] else { return nil }
        guard let time = Timestamp(parsing: text) else {
            throw invalid(name, "Invalid time value for '\(name)': \(Self.noTime(text))")
        }
        return time
    }

    func requiredTime(_ name: String) throws -> Timestamp {
        let text = self[name] ?? ""
        guard let time = Timestamp(parsing: text) else { throw invalid(name, Self.noTime(text)) }
        return time
    }

    private static func noTime(_ text: String) -> String {
        "cannot parse \(quotedText(text)) to a valid timestamp"
    }

    /// Seconds, or as PromQL writes durations.
    func duration(_ name: String) throws -> Duration? {
        guard let text = self[name] else { return nil }
        if let duration = Duration(parsingPrometheus: text) { return duration }
        if let seconds = Double(text), abs(seconds) < 9e12 {
            return .milliseconds(Int64((seconds * 1000).rounded()))
        }
        throw invalid(name, "cannot parse \(Self.quotedText(text)) to a valid duration")
    }

    /// How many results are wanted; nil is all.
    func limit(_ name: String = "limit") throws -> Int? {
        guard let text = self[name] else { return nil }
        guard let limit = Int(text), limit >= 0 else {
            throw invalid(name, "limit must be a non-negative number")
        }
        return limit == 0 ? nil : limit
    }

    /// Different `match[]` that are looked up for one question.
    private static let selectorLimit = 100

    /// The matchers of each `match[]`, those that are given again left out.
    func selectors() throws -> [[LabelMatcher]] {
        var known: Set<String> = []
        let texts = all("match[]").filter { known.insert($0).inserted }
        guard texts.count <= Self.selectorLimit else {
            throw invalid(
                "match[]",
                "\(texts.count) selectors are given, at most \(Self.selectorLimit) are allowed")
        }
        return try texts.map { text in
            let found: [[LabelMatcher]]
            do {
                let expression = try QueryExpression(parsing: text, mayMatchEmpty: true)
                found = expression.selectors
                // Only a selector prints as itself without anything around it.
                guard found.count == 1, expression.isSelector else {
                    throw invalid("match[]", "\(Self.quotedText(text)) is no series selector")
                }
                guard found[0].contains(where: { !$0.matchesEmpty }) else {
                    throw invalid(
                        "match[]", "match[] must contain at least one non-empty matcher")
                }
            } catch let error as QueryError {
                throw invalid("match[]", error.description)
            }
            return found[0]
        }
    }

    func invalid(_ name: String, _ reason: String) -> APIFailure {
        .badData("invalid parameter \"\(name)\": \(reason)")
    }

    private static func quotedText(_ text: String) -> String { "\"\(text.prefix(200))\"" }
}
