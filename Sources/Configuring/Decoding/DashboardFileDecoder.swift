import Dashboards
import Querying
import Yams

/// Reads a file of dashboards: pages of panels, each with its queries.
enum DashboardFileDecoder {
    private static let panelKeys = [
        "title", "kind", "unit", "width", "height", "queries", "references", "labels",
    ]
    private static let maximumPanelCount = 48
    private static let maximumQueryCount = 16

    /// Mistakes are reported, and what has one is left out.
    static func pages(
        _ bytes: [UInt8], file: String, log: DiagnosticLog
    ) -> [DashboardDefinition] {
        guard let document = YAMLDocument(bytes, file: file, log: log) else { return [] }
        let context = DocumentContext(document: document, log: log, environment: nil)
        guard
            let fields = context.fields(document.root, of: "the dashboard file", known: ["pages"]),
            fields.required("pages") != nil, let nodes = fields.list("pages")
        else { return [] }
        return nodes.compactMap { page($0, context) }
    }

    private static func page(_ node: Node, _ context: DocumentContext) -> DashboardDefinition? {
        guard
            let fields = context.fields(node, of: "a page", known: ["title", "panels"]),
            let title = fields.requiredString("title"), fields.required("panels") != nil,
            let nodes = fields.list("panels")
        else { return nil }
        if nodes.isEmpty || nodes.count > maximumPanelCount {
            context.report(
                "panels holds \(nodes.count), expected 1 to \(maximumPanelCount)",
                at: fields["panels"]?.position)
        }
        return DashboardDefinition(title: title, panels: nodes.compactMap { panel($0, context) })
    }

    private static func panel(_ node: Node, _ context: DocumentContext) -> PanelDefinition? {
        guard let fields = context.fields(node, of: "a panel", known: panelKeys) else { return nil }
        let title = fields.requiredString("title")
        let kind = fields.choice("kind", among: PanelDefinition.Kind.allCases) ?? .lines
        let unit = fields.choice("unit", among: PanelUnit.allCases) ?? .count
        let span = width(fields)
        let height = fields.integer("height", in: 3...60)
        let queries = queries(fields, of: kind)
        let references = references(fields)
        let labels = labels(fields, of: kind)
        guard let title, !queries.isEmpty else { return nil }
        return PanelDefinition(
            title: title, kind: kind, unit: unit, span: span, height: height, queries: queries,
            references: references, labels: labels)
    }

    private static let widths = [
        "full": 12, "three-quarters": 9, "two-thirds": 8, "half": 6, "third": 4, "quarter": 3,
    ]

    /// A word, or columns of twelve.
    private static func width(_ fields: Fields) -> Int {
        guard let field = fields["width"], let text = fields.string("width") else { return 6 }
        if let span = widths[text] { return span }
        if let span = Int(text), (1...PanelDefinition.gridColumns).contains(span) { return span }
        let words = widths.sorted { $0.value > $1.value }.map(\.key)
        let hint =
            Int(text) == nil
            ? suggestion(for: text, among: words) : "; expected 1 to 12, or \(alternatives(words))"
        fields.report("width is \(shown(text))\(hint)", at: field)
        return 6
    }

    private static func queries(_ fields: Fields, of kind: PanelDefinition.Kind) -> [PanelQuery] {
        guard let field = fields.required("queries") else { return [] }
        let nodes = field.node.sequence.map(Array.init) ?? [field.node]
        if nodes.isEmpty || nodes.count > maximumQueryCount {
            fields.report(
                "queries holds \(nodes.count), expected 1 to \(maximumQueryCount)", at: field)
        }
        return nodes.compactMap { query($0, fields.context, field, of: kind) }
    }

    /// PromQL alone, or with a legend.
    private static func query(
        _ node: Node, _ context: DocumentContext, _ list: Field, of kind: PanelDefinition.Kind
    ) -> PanelQuery? {
        guard node.mapping != nil else {
            let field = Field(name: "queries", position: list.position, node: node)
            return text(field, context).map { PanelQuery($0) }
        }
        guard
            let fields = context.fields(node, of: "a query", known: ["query", "legend", "unit"]),
            let field = fields.required("query")
        else { return nil }
        let legend = legend(fields)
        let unit = fields.choice("unit", among: PanelUnit.allCases)
        if unit != nil, kind != .table, let field = fields["unit"] {
            fields.report("only a query of a table has a unit; give it to the panel", at: field)
        }
        return text(field, context).map { PanelQuery($0, legend: legend, unit: unit) }
    }

    private static func text(_ field: Field, _ context: DocumentContext) -> String? {
        guard let text = context.string(field.node, of: field) else { return nil }
        let checkable = PanelQuery.checkable(text)
        return context.expression(checkable, written: text, field.node, of: field) == nil
            ? nil : text
    }

    private static func legend(_ fields: Fields) -> LegendTemplate? {
        guard let field = fields["legend"], let text = fields.string("legend") else { return nil }
        do {
            return try LegendTemplate(parsing: text)
        } catch {
            fields.report("legend: \(error.message)", at: field)
            return nil
        }
    }

    private static func references(_ fields: Fields) -> [PanelDefinition.Reference] {
        guard let field = fields["references"] else { return [] }
        let nodes = field.node.sequence.map(Array.init) ?? [field.node]
        return nodes.compactMap { node in
            guard
                let item = fields.context.fields(
                    node, of: "a reference", known: ["value", "label", "severity", "bad"]),
                item.required("value") != nil
            else { return nil }
            let severity = item.choice("severity", among: ReferenceSeverity.allCases) ?? .warning
            let bad = item.choice("bad", among: BadSide.allCases) ?? .above
            let label = item.string("label") ?? ""
            return item.number("value", in: -1e18...1e18).map {
                PanelDefinition.Reference(
                    value: $0, label: label, severity: Severity(label: severity.rawValue),
                    isLowerBad: bad == .below)
            }
        }
    }

    private enum ReferenceSeverity: String, CaseIterable { case critical, warning, info }
    private enum BadSide: String, CaseIterable { case above, below }

    private static func labels(_ fields: Fields, of kind: PanelDefinition.Kind) -> [String] {
        guard let field = fields["labels"], let names = fields.strings("labels") else { return [] }
        if kind != .table { fields.report("only a table has label columns", at: field) }
        return names.map(\.text)
    }
}

extension Fields {
    /// One of a few words.
    func choice<Choice: RawRepresentable<String>>(
        _ key: String, among all: [Choice]
    ) -> Choice? {
        guard let field = values[key], let text = context.string(field.node, of: field) else {
            return nil
        }
        if let choice = Choice(rawValue: text) { return choice }
        report(
            "\(key) is \(context.shownValue(field.node))"
                + suggestion(for: text, among: all.map(\.rawValue)), at: field)
        return nil
    }
}
