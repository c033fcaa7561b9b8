import Querying

/// A filter of the fleet's rows: terms apart by spaces, all of which must hold.
package struct ServiceFilter: Sendable, Equatable {
    package enum Term: Sendable, Equatable {
        case text(String)
        case pattern(LabelMatcher)
        case state(String)
        /// `p50`, `p99` in milliseconds, `err` in percent, `psi`, `rps`.
        case number(field: String, isGreater: Bool, limit: Double)
    }

    package struct Condition: Sendable, Equatable {
        var term: Term
        var isNegated: Bool
    }

    package let text: String
    package let conditions: [Condition]

    /// - Throws: `FilterError` with what was wrong and what is expected.
    package init(parsing text: String) throws(FilterError) {
        self.text = text
        var conditions: [Condition] = []
        for word in text.split(separator: " ") {
            var word = word
            let isNegated = word.hasPrefix("!") && word.count > 1
            if isNegated { word.removeFirst() }
            conditions.append(Condition(term: try Self.term(String(word)), isNegated: isNegated))
        }
        self.conditions = conditions
    }

    private static let fields = ["p50", "p99", "err", "psi", "rps"]

    private static func term(_ word: String) throws(FilterError) -> Term {
        if word.count >= 3, word.hasPrefix("/"), word.hasSuffix("/") {
            do {
                return .pattern(
                    try LabelMatcher(
                        name: "service", .matches, value: ".*(?:\(word.dropFirst().dropLast())).*"))
            } catch {
                throw FilterError("'\(word)': \(error.message)")
            }
        }
        if word.hasPrefix("state=") {
            let state = word.dropFirst(6).lowercased()
            let words = Health.allCases.map { $0.word.lowercased() }
            guard state.isEmpty || words.contains(where: { $0.hasPrefix(state) }) else {
                throw FilterError("'\(state)': expected \(words.joined(separator: ", "))")
            }
            return .state(state)
        }
        for sign in [">", "<"] as [Character] {
            guard let place = word.firstIndex(of: sign) else { continue }
            let field = word[..<place].lowercased()
            guard fields.contains(field) else {
                throw FilterError("'\(field)': expected \(fields.joined(separator: ", "))")
            }
            guard let limit = Double(word[word.index(after: place)...]) else {
                throw FilterError("'\(word)': expected a number after \(sign)")
            }
            return .number(field: field, isGreater: sign == ">", limit: limit)
        }
        return .text(word.lowercased())
    }

    package func matches(_ service: ServiceSummary) -> Bool {
        conditions.allSatisfy { Self.holds($0.term, service) != $0.isNegated }
    }

    private static func holds(_ term: Term, _ service: ServiceSummary) -> Bool {
        switch term {
        case .text(let text):
            return ([service.name] + service.versions.flatMap { [$0.model, $0.version] })
                .contains { $0.lowercased().contains(text) }
        case .pattern(let matcher): return matcher.matches(service.name)
        case .state(let state): return service.health.word.lowercased().hasPrefix(state)
        case .number(let field, let isGreater, let limit):
            // Unknown is neither above nor below.
            guard let value = value(field, service) else { return false }
            return isGreater ? value > limit : value < limit
        }
    }

    private static func value(_ field: String, _ service: ServiceSummary) -> Double? {
        switch field {
        case "p50": service.now.p50Seconds.map { $0 * 1000 }
        case "p99": service.now.p99Seconds.map { $0 * 1000 }
        case "err": service.now.errorRatio.map { $0 * 100 }
        case "psi": service.psi
        default: service.now.requestsPerSecond
        }
    }
}

/// Why a filter is none yet.
package struct FilterError: Error, Equatable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
