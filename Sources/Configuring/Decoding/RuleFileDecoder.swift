import Alerting
import Querying
import TimeSeries
import Yams

/// Reads a rule file of Prometheus' format.
enum RuleFileDecoder {
    private static let ruleKeys = [
        "alert", "record", "expr", "for", "keep_firing_for", "labels", "annotations",
    ]
    private static let holdRange: ClosedRange<Duration> = .zero ... .seconds(365 * 86_400)

    /// Mistakes are reported, and what has one is left out.
    static func groups(_ bytes: [UInt8], file: String, log: DiagnosticLog) -> [RuleGroup] {
        guard let document = YAMLDocument(bytes, file: file, log: log) else { return [] }
        let context = DocumentContext(document: document, log: log, environment: nil)
        guard
            let fields = context.fields(document.root, of: "the rule file", known: ["groups"]),
            fields.required("groups") != nil, let nodes = fields.list("groups")
        else { return [] }
        var groups: [RuleGroup] = []
        for node in nodes {
            guard let group = group(node, context) else { continue }
            if groups.contains(where: { $0.name == group.name }) {
                context.report(
                    "group \(shown(group.name)) is given twice in this file", at: node.position)
            }
            groups.append(group)
        }
        return groups
    }

    private static func group(_ node: Node, _ context: DocumentContext) -> RuleGroup? {
        guard
            let fields = context.fields(
                node, of: "a rule group", known: ["name", "interval", "rules"])
        else { return nil }
        let name = fields.requiredString("name")
        let interval = fields.duration("interval", in: .seconds(1) ... .seconds(86_400))
        var rules: [Rule] = []
        if fields.required("rules") != nil {
            rules = (fields.list("rules") ?? []).compactMap { rule($0, context) }
        }
        return name.map { RuleGroup(name: $0, interval: interval, rules: rules) }
    }

    private static func rule(_ node: Node, _ context: DocumentContext) -> Rule? {
        guard let fields = context.fields(node, of: "a rule", known: ruleKeys) else { return nil }
        let action = action(fields)
        let expression = fields.required("expr").flatMap { field in
            context.string(field.node, of: field).flatMap {
                context.expression($0, field.node, of: field)
            }
        }
        let hold = fields.duration("for", in: holdRange) ?? .zero
        let keepFiring = fields.duration("keep_firing_for", in: holdRange) ?? .zero
        let labels = fields.labels(
            "labels", reserved: ["alertname": "is the rule's name; leave it out"])
        let annotations = fields.labels("annotations")
        if case .record = action {
            for key in ["for", "keep_firing_for", "annotations"] {
                guard let field = fields[key] else { continue }
                context.report("a recording rule has no '\(key)'", at: field.position)
            }
        } else {
            checkTemplates(fields, "labels")
            checkTemplates(fields, "annotations")
        }
        guard let action, let expression else { return nil }
        return Rule(
            action: action, expression: expression, hold: hold, keepFiring: keepFiring,
            labels: labels, annotations: annotations,
            location: "\(context.document.file):\(node.position?.line ?? 1)")
    }

    private static func action(_ fields: Fields) -> Rule.Action? {
        switch (fields["alert"], fields["record"]) {
        case (.some, let record?):
            fields.context.report(
                "a rule has both 'alert' and 'record', expected one of them", at: record.position)
            return nil
        case (.some, nil): return fields.string("alert").map { .alert(name: $0) }
        case (nil, let field?):
            guard let name = fields.string("record") else { return nil }
            guard LabelName.isValidMetric(name) else {
                fields.report(
                    "record is \(shown(name)), expected a metric name: letters, digits, "
                        + "underscores and colons, not beginning with a digit", at: field)
                return nil
            }
            return .record(name: name)
        case (nil, nil):
            fields.context.report(
                "a rule has neither 'alert' nor 'record', expected one of them",
                at: fields.position)
            return nil
        }
    }

    private static func checkTemplates(_ fields: Fields, _ key: String) {
        guard let mapping = fields[key]?.node.mapping else { return }
        for (name, value) in mapping {
            guard let text = value.scalar?.string else { continue }
            do {
                _ = try Template(parsing: text)
            } catch {
                fields.context.report(
                    "template of \(shown(name.scalar?.string ?? "")): \(error.message)",
                    at: value.position)
            }
        }
    }
}

extension DocumentContext {
    /// Parses PromQL; a mistake is reported where it stands in the file.
    ///
    /// - Parameter written: What the file has instead of `text`, as many bytes.
    func expression(
        _ text: String, written: String? = nil, _ node: Node, of field: Field
    ) -> QueryExpression? {
        do {
            let expression = try QueryExpression(parsing: text)
            if let kind = Self.unusableKind(of: expression) {
                report(
                    "\(field.name): gives a \(kind), expected a vector or a scalar",
                    at: field.valuePosition)
            }
            return expression
        } catch {
            let place = error.position.flatMap { position(of: $0, in: written ?? text, node) }
            let remark =
                place == nil && error.position != nil
                ? " (at \(error.position?.line ?? 1):\(error.position?.column ?? 1) of it)" : ""
            report(
                "\(field.name): \(error.message)\(remark)", at: place ?? field.valuePosition)
            return nil
        }
    }

    /// What an expression gives that no rule can use; nil for vectors and scalars. The kind of a
    /// result does not depend on the data, so it is tried on none.
    private static func unusableKind(of expression: QueryExpression) -> String? {
        let result = try? QueryEngine().instant(
            expression, at: Timestamp(milliseconds: 0), over: MemorySource([]))
        return switch result {
        case .string: "string"
        case .matrix: "range of samples; put a function like rate around it"
        case .scalar, .vector, nil: nil
        }
    }

    /// Where a place within a scalar's text stands in the file; nil where line folding or escapes
    /// keep it from being known.
    private func position(
        of place: QueryError.Position, in text: String, _ node: Node
    ) -> Position? {
        guard let scalar = node.scalar, let start = node.position else { return nil }
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard lines.indices.contains(place.line - 1) else { return nil }
        // The parser counts bytes, files are counted in characters.
        let before = lines[place.line - 1].prefix(place.column - 1)
        let offset = String(decoding: before, as: UTF8.self).unicodeScalars.count
        switch scalar.style {
        case .literal:
            let line = start.line + place.line
            guard document.lines.indices.contains(line - 1) else { return nil }
            let content = document.lines[line - 1].unicodeScalars
            guard let indent = indent(ofBlockAfter: start.line) else { return nil }
            return Position(
                line: line, column: min(indent + offset, content.count) + 1)
        case .folded: return nil
        default:
            guard document.lines.indices.contains(start.line - 1) else { return nil }
            let isQuoted = scalar.style == .singleQuoted || scalar.style == .doubleQuoted
            let source = document.lines[start.line - 1].unicodeScalars
                .dropFirst(start.column - 1 + (isQuoted ? 1 : 0))
            guard place.line == 1, source.starts(with: text.unicodeScalars) else { return nil }
            return Position(
                line: start.line, column: start.column + (isQuoted ? 1 : 0) + offset)
        }
    }

    /// Spaces before the first line of a block scalar whose indicator stands in that line.
    private func indent(ofBlockAfter line: Int) -> Int? {
        document.lines.dropFirst(line)
            .first { !$0.allSatisfy(\.isWhitespace) }
            .map { $0.prefix { $0 == " " }.count }
    }
}
