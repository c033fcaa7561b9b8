import Yams

extension DocumentContext {
    /// The text of a scalar with `${NAME}` replaced; a mistake is reported.
    func string(_ node: Node, of field: Field, allowsEmpty: Bool = false) -> String? {
        guard let scalar = node.scalar, !scalar.isNull || (allowsEmpty && scalar.style != .plain)
        else {
            report(
                "\(field.name) is \(node.kindDescription), expected text",
                at: field.valuePosition)
            return nil
        }
        guard let text = expanding(scalar.string, at: node.position) else { return nil }
        if text.isEmpty, !allowsEmpty {
            report("\(field.name) is empty", at: node.position)
            return nil
        }
        // Line breaks are for block scalars; anything else a terminal or a header would obey.
        let isClean = text.unicodeScalars.allSatisfy {
            $0 == "\n" || $0 == "\t" || $0.properties.generalCategory != .control
        }
        guard isClean else {
            report("\(field.name) holds a control character", at: node.position)
            return nil
        }
        return text
    }

    /// A value as the file has it, so that no secret of the environment reaches a message.
    func shownValue(_ node: Node) -> String { node.kindDescription }

    /// Replaces `${NAME}` by the environment's value and `$$` by one dollar.
    ///
    /// - Returns: nil where a variable is not set or a brace is missing; reported.
    private func expanding(_ text: String, at position: Position?) -> String? {
        guard let environment, text.utf8.contains(UInt8(ascii: "$")) else { return text }
        var expanded = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            expanded += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            if rest.first == "$" {
                expanded += "$"
                rest = rest.dropFirst()
            } else if rest.first == "{" {
                guard let end = rest.firstIndex(of: "}") else {
                    report(
                        "\(shown(text)) has '${' without '}'; write '$$' for a dollar",
                        at: position)
                    return nil
                }
                let name = String(rest[rest.index(after: rest.startIndex)..<end])
                guard let value = environment[name], !name.isEmpty else {
                    report(
                        "environment variable \(shown(name)) is not set; write '$$' for a dollar",
                        at: position)
                    return nil
                }
                expanded += value
                rest = rest[rest.index(after: end)...]
            } else {
                expanded += "$"
            }
        }
        return expanded + rest
    }
}
