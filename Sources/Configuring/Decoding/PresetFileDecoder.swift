import Querying
import Scraping
import Yams

/// Reads a preset: what a kind of inference server exposes.
enum PresetFileDecoder {
    private static let keys = [
        "name", "title", "priority", "ports", "paths", "fingerprints", "model_labels",
        "version_labels", "absent_versions", "hint", "signals",
    ]
    private static let sourceKeys = ["selector", "count", "scale", "class_label"]

    /// - Returns: nil where the file holds no preset; reported.
    static func preset(_ bytes: [UInt8], file: String, log: DiagnosticLog) -> Preset? {
        guard let document = YAMLDocument(bytes, file: file, log: log) else { return nil }
        let context = DocumentContext(document: document, log: log, environment: nil)
        guard let fields = context.fields(document.root, of: "the preset", known: keys),
            let name = fields.requiredString("name"), let title = fields.requiredString("title")
        else { return nil }
        var preset = Preset(name: name, title: title)
        if let paths = fields.strings("paths") {
            for path in paths where !path.text.hasPrefix("/") {
                context.report(
                    "paths holds \(shown(path.text)), expected a path like '/metrics'",
                    at: path.position)
            }
            preset.paths = paths.map(\.text)
        }
        preset.ports = ports(fields)
        preset.fingerprints = fields.strings("fingerprints")?.map(\.text) ?? []
        preset.priority = fields.integer("priority", in: -1000...1000) ?? 0
        preset.modelLabels = labelNames(fields, "model_labels")
        preset.versionLabels = labelNames(fields, "version_labels")
        preset.absentVersions = absentVersions(fields)
        preset.hint = fields.string("hint")
        preset.signals = signals(fields)
        return preset
    }

    private static func ports(_ fields: Fields) -> [Int] {
        (fields.strings("ports") ?? []).compactMap { item in
            guard let port = Int(item.text), (1...65_535).contains(port) else {
                fields.context.report(
                    "ports holds \(shown(item.text)), expected a port from 1 to 65535",
                    at: item.position)
                return nil
            }
            return port
        }
    }

    private static func labelNames(_ fields: Fields, _ key: String) -> [String] {
        (fields.strings(key) ?? []).filter { item in
            let isValid = LabelName.isValid(item.text)
            if !isValid {
                fields.context.report(
                    "\(key) holds \(shown(item.text)), expected \(LabelName.shape)",
                    at: item.position)
            }
            return isValid
        }.map(\.text)
    }

    /// Unlike other texts these may be empty.
    private static func absentVersions(_ fields: Fields) -> [String] {
        guard let field = fields["absent_versions"] else { return [] }
        let nodes = field.node.sequence.map(Array.init) ?? [field.node]
        return nodes.compactMap { node in
            fields.context.string(
                node, of: Field(name: field.name, position: field.position, node: node),
                allowsEmpty: true)
        }
    }

    private static func signals(_ fields: Fields) -> [Signal: [SignalSource]] {
        guard let field = fields.required("signals") else { return [:] }
        let known = Signal.allCases.map(\.rawValue)
        guard let inner = fields.context.fields(field.node, of: "'signals'", known: known) else {
            return [:]
        }
        var signals: [Signal: [SignalSource]] = [:]
        for signal in Signal.allCases {
            guard let field = inner[signal.rawValue] else { continue }
            let nodes = field.node.sequence.map(Array.init) ?? [field.node]
            if nodes.isEmpty { inner.report("\(signal.rawValue) is an empty list", at: field) }
            signals[signal] = nodes.compactMap { source($0, of: signal, field, inner.context) }
        }
        return signals
    }

    private static func source(
        _ node: Node, of signal: Signal, _ field: Field, _ context: DocumentContext
    ) -> SignalSource? {
        guard node.mapping != nil else {
            let item = Field(name: signal.rawValue, position: field.position, node: node)
            return selector(node, of: item, context).map { SignalSource(selector: $0) }
        }
        guard
            let fields = context.fields(node, of: "'\(signal.rawValue)'", known: sourceKeys),
            let main = fields.required("selector"),
            let text = selector(main.node, of: main, context)
        else { return nil }
        var source = SignalSource(selector: text)
        source.countSelector = fields["count"].flatMap { selector($0.node, of: $0, context) }
        source.scale = fields.number("scale", in: -1e12...1e12) ?? 1
        if let label = fields.string("class_label"), let field = fields["class_label"] {
            if signal != .predictions {
                context.report("class_label is for 'predictions' only", at: field.position)
            }
            if !LabelName.isValid(label) {
                fields.report(
                    "class_label is \(shown(label)), expected \(LabelName.shape)", at: field)
            }
            source.classLabel = label
        }
        return source
    }

    /// A PromQL vector selector, as the file writes it.
    private static func selector(
        _ node: Node, of field: Field, _ context: DocumentContext
    ) -> String? {
        guard let text = context.string(node, of: field),
            let expression = context.expression(text, node, of: field)
        else { return nil }
        // A selector is a name, a brace, or both, and nothing behind the brace.
        let rest = text.drop { $0.isLetter || $0.isNumber || $0 == "_" || $0 == ":" }
        let isSelector = rest.isEmpty || (rest.hasPrefix("{") && rest.hasSuffix("}"))
        guard isSelector, expression.selectors.count == 1 else {
            context.report(
                "\(field.name) is \(shown(text)), expected a selector without function, range or "
                    + "offset", at: node.position)
            return nil
        }
        return text
    }
}
