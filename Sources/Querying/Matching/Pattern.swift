/// A regular expression in RE2's syntax that must match a whole label value.
///
/// Alternations of literals become a set, most other patterns a deterministic automaton, and the
/// rest is simulated; all are linear in the length of the value.
struct Pattern: Sendable {
    /// Every text that matches, where the pattern is a finite alternation of literals.
    let literals: [String]?
    /// What every text that matches begins with.
    let prefix: String

    private let strategy: Strategy
    private let program: PatternProgram
    private let captureNames: [String: Int]

    private enum Strategy: Sendable {
        case everything
        case everythingButEmpty
        case literals(Set<[UInt8]>)
        case automaton(PatternAutomaton)
        case simulation
    }

    private static let maximumByteCount = 64 * 1024

    /// - Throws: `badData` with RE2's message where the text is no regular expression, or one
    ///   whose program would pass the bound.
    init(_ text: String) throws(QueryError) {
        guard text.utf8.count <= Self.maximumByteCount else {
            throw QueryError(.badData, "error parsing regexp: expression too large")
        }
        var parser = PatternParser(text)
        let node = try parser.parse()
        captureNames = parser.captureNames
        let literals = node.literals(limit: 10_000)
        self.literals = literals
        prefix = node.prefix.text
        if let literals, parser.captureCount == 0 {
            // Without captures nothing but the set is ever asked, so the program can be small.
            program = try PatternProgram(.empty, captureCount: 0)
            strategy = .literals(Set(literals.map { Array($0.utf8) }))
            return
        }
        program = try PatternProgram(node, captureCount: parser.captureCount)
        if let literals {
            strategy = .literals(Set(literals.map { Array($0.utf8) }))
        } else if text == ".*" {
            strategy = .everything
        } else if text == ".+" {
            strategy = .everythingButEmpty
        } else {
            strategy = PatternAutomaton(program).map { .automaton($0) } ?? .simulation
        }
    }

    func matches(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        switch strategy {
        case .everything: return true
        case .everythingButEmpty: return !bytes.isEmpty
        case .literals(let set): return set.contains(Array(bytes))
        case .automaton(let automaton): return automaton.matches(bytes)
        case .simulation:
            var simulation = PatternSimulation(program, capturing: false)
            return simulation.match(bytes) != nil
        }
    }

    func matches(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { matches($0) }
    }

    /// The template with `$1`, `${1}`, `$name` and `${name}` replaced by what they captured,
    /// `$$` by a dollar sign; nil where the text does not match.
    func expand(_ template: String, matching text: String) -> String? {
        let bytes = Array(text.utf8)
        let captured: [Int]? =
            if literals != nil, program.captureCount == 0 {
                matches(text) ? [0, bytes.count] : nil
            } else {
                bytes.withUnsafeBufferPointer { buffer in
                    var simulation = PatternSimulation(program, capturing: true)
                    return simulation.match(buffer)
                }
            }
        guard let captured else { return nil }
        return expand(Array(template.utf8), bytes, captured)
    }

    private func expand(_ template: [UInt8], _ text: [UInt8], _ captured: [Int]) -> String {
        let dollar = UInt8(ascii: "$")
        var result: [UInt8] = []
        var index = 0
        while index < template.count {
            guard template[index] == dollar else {
                result.append(template[index])
                index += 1
                continue
            }
            if index + 1 < template.count, template[index + 1] == dollar {
                result.append(dollar)
                index += 2
                continue
            }
            guard let (name, end) = reference(in: template, at: index + 1) else {
                result.append(dollar)
                index += 1
                continue
            }
            index = end
            guard let capture = Int(name) ?? captureNames[name], capture >= 0,
                2 * capture + 1 < captured.count, captured[2 * capture] >= 0
            else { continue }
            result += text[captured[2 * capture]..<captured[2 * capture + 1]]
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The name after a dollar sign and the index behind it.
    private func reference(in template: [UInt8], at start: Int) -> (name: String, end: Int)? {
        let isBraced = start < template.count && template[start] == UInt8(ascii: "{")
        let first = isBraced ? start + 1 : start
        var end = first
        while end < template.count, ScalarSet.word.contains(UInt32(template[end])) { end += 1 }
        guard end > first else { return nil }
        let name = String(decoding: template[first..<end], as: UTF8.self)
        guard isBraced else { return (name, end) }
        guard end < template.count, template[end] == UInt8(ascii: "}") else { return nil }
        return (name, end + 1)
    }
}

extension PatternNode {
    /// Every text that matches, where they are finite and at most `limit`.
    func literals(limit: Int) -> [String]? {
        switch self {
        case .empty: return [""]
        case .scalars(let set):
            guard let only = set.only, let scalar = Unicode.Scalar(only) else { return nil }
            return [String(Character(scalar))]
        case .assertion, .repetition: return nil
        case .capture(_, let inner): return inner.literals(limit: limit)
        case .alternatives(let branches):
            var all: [String] = []
            for branch in branches {
                guard let some = branch.literals(limit: limit) else { return nil }
                all += some
                guard all.count <= limit else { return nil }
            }
            return all
        case .sequence(let items):
            var all = [""]
            for item in items {
                guard let some = item.literals(limit: limit), all.count * some.count <= limit,
                    all.count * (all.first?.utf8.count ?? 0) <= 100 * limit
                else { return nil }
                if some.count == 1 {
                    for index in all.indices { all[index] += some[0] }
                } else {
                    all = all.flatMap { head in some.map { head + $0 } }
                }
            }
            return all
        }
    }

    /// What every match begins with, and whether that is the whole of it.
    var prefix: (text: String, isWhole: Bool) {
        switch self {
        case .empty: return ("", true)
        case .scalars(let set):
            guard let only = set.only, let scalar = Unicode.Scalar(only) else { return ("", false) }
            return (String(Character(scalar)), true)
        case .capture(_, let inner): return inner.prefix
        case .assertion(.textStart): return ("", true)
        case .assertion, .alternatives, .repetition: return ("", false)
        case .sequence(let items):
            var text = ""
            for item in items {
                let (more, isWhole) = item.prefix
                text += more
                if !isWhole { return (text, false) }
            }
            return (text, true)
        }
    }
}
