import Yams

/// Where the values of one file are read from, and its mistakes go to.
struct DocumentContext {
    let document: YAMLDocument
    let log: DiagnosticLog
    /// For `${NAME}` in values; nil leaves dollars alone, as rule files need it.
    let environment: [String: String]?

    func report(_ message: String, at position: Position?) {
        log.report(message, in: document.file, at: position)
    }

    /// Reads a mapping whose keys are known. Unknown and repeated keys are reported.
    ///
    /// - Parameter name: What it is, for messages: `a service`.
    /// - Returns: nil where the value is no mapping.
    func fields(_ node: Node, of name: String, known: [String]) -> Fields? {
        guard let mapping = node.mapping else {
            report("\(name) is \(node.kindDescription), expected a mapping", at: node.position)
            return nil
        }
        var values: [String: Field] = [:]
        for (key, value) in entries(of: mapping, in: name) {
            if known.contains(where: { $0 == key.text }) {
                values[key.text] = Field(name: key.text, position: key.position, node: value)
            } else {
                report(
                    "unknown key \(shown(key.text)) in \(name)"
                        + suggestion(for: key.text, among: known),
                    at: key.position)
            }
        }
        return Fields(context: self, name: name, position: node.position, values: values)
    }

    /// The keys and values of a mapping in their order. A repeated key is reported, and only its
    /// first value kept.
    func entries(
        of mapping: Node.Mapping, in name: String
    ) -> [(key: (text: String, position: Position?), value: Node)] {
        var seen: [String: Position?] = [:]
        var entries: [(key: (text: String, position: Position?), value: Node)] = []
        for (key, value) in mapping {
            guard let scalar = key.scalar, !scalar.isNull else {
                report(
                    "a key of \(name) is \(key.kindDescription), expected text", at: key.position)
                continue
            }
            let text = key.position.flatMap { document.overridden[$0] } ?? scalar.string
            if let first = seen[text] {
                let place = first.map { "; first given in line \($0.line)" } ?? ""
                report("duplicate key \(shown(text))\(place)", at: key.position)
                continue
            }
            seen[text] = key.position
            entries.append((key: (text: text, position: key.position), value: value))
        }
        return entries
    }
}

/// The value of one known key.
struct Field {
    let name: String
    /// Of the key.
    let position: Position?
    let node: Node

    /// Of the value, or of the key where the value is left out.
    var valuePosition: Position? { node.isNull ? position : node.position ?? position }
}

/// The values of one mapping by their keys; a wrong value is reported where it stands, and read as
/// if it were not given.
struct Fields {
    let context: DocumentContext
    /// What the mapping is, for messages.
    let name: String
    let position: Position?
    let values: [String: Field]

    subscript(key: String) -> Field? { values[key] }

    func report(_ message: String, at field: Field) {
        context.report(message, at: field.valuePosition)
    }

    /// The key as it is written, or a report that it is missing.
    func required(_ key: String) -> Field? {
        if let field = values[key] { return field }
        context.report("\(name) has no '\(key)'", at: position)
        return nil
    }

    /// Text after substitution of `${NAME}`; not empty.
    func string(_ key: String) -> String? {
        values[key].flatMap { context.string($0.node, of: $0) }
    }

    func requiredString(_ key: String) -> String? {
        required(key).flatMap { context.string($0.node, of: $0) }
    }

    func bool(_ key: String) -> Bool? {
        guard let field = values[key], let text = context.string(field.node, of: field) else {
            return nil
        }
        switch text {
        case "true": return true
        case "false": return false
        default:
            report("\(key) is \(context.shownValue(field.node)), expected true or false", at: field)
            return nil
        }
    }

    func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let field = values[key], let text = context.string(field.node, of: field) else {
            return nil
        }
        guard let number = Int(text), range.contains(number) else {
            let shape = "a whole number from \(range.lowerBound) to \(range.upperBound)"
            report("\(key) is \(context.shownValue(field.node)), expected \(shape)", at: field)
            return nil
        }
        return number
    }

    func number(_ key: String, in range: ClosedRange<Double>) -> Double? {
        guard let field = values[key], let text = context.string(field.node, of: field) else {
            return nil
        }
        guard let number = Double(text), range.contains(number) else {
            let shape = "a number from \(range.lowerBound) to \(range.upperBound)"
            report("\(key) is \(context.shownValue(field.node)), expected \(shape)", at: field)
            return nil
        }
        return number
    }

    /// A mapping below this one.
    func fields(_ key: String, known: [String]) -> Fields? {
        values[key].flatMap { context.fields($0.node, of: "'\(key)'", known: known) }
    }

    /// A list; its items are not looked at.
    func list(_ key: String) -> [Node]? {
        guard let field = values[key] else { return nil }
        guard let sequence = field.node.sequence else {
            report("\(key) is \(field.node.kindDescription), expected a list", at: field)
            return nil
        }
        return Array(sequence)
    }

    /// A list of texts; one alone may stand without the list. Items that are wrong are left out.
    func strings(_ key: String) -> [(text: String, position: Position?)]? {
        guard let field = values[key] else { return nil }
        let nodes = field.node.sequence.map(Array.init) ?? [field.node]
        return nodes.compactMap { node in
            context.string(node, of: Field(name: key, position: field.position, node: node))
                .map { (text: $0, position: node.position) }
        }
    }

    /// A mapping from names to texts, in its order.
    func stringMap(
        _ key: String, allowsEmpty: Bool = false
    ) -> [(name: String, value: String, position: Position?, node: Node)]? {
        guard let field = values[key] else { return nil }
        guard let mapping = field.node.mapping else {
            report("\(key) is \(field.node.kindDescription), expected a mapping", at: field)
            return nil
        }
        return context.entries(of: mapping, in: "'\(key)'").compactMap { entry in
            let item = Field(name: entry.key.text, position: entry.key.position, node: entry.value)
            return context.string(entry.value, of: item, allowsEmpty: allowsEmpty).map {
                (
                    name: entry.key.text, value: $0, position: entry.key.position,
                    node: entry.value
                )
            }
        }
    }
}
