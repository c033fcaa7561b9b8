import TimeSeries

/// A rule with its templates parsed, and the key that names it in the store.
struct CompiledRule: Sendable {
    /// Group, name and labels of the rule: what stays when its expression is edited, so that an
    /// alert survives that and a restart. Rules that agree in all three are counted.
    let key: String
    let group: String
    let rule: Rule
    private let labels: [(name: String, template: RuleText)]
    private let annotations: [(name: String, template: RuleText)]

    init(_ rule: Rule, group: String, key: String) {
        self.rule = rule
        self.group = group
        self.key = key
        labels = Self.parsed(rule.labels)
        annotations = Self.parsed(rule.annotations)
    }

    /// The labels of the alert, or of the recorded series, that one element of the result gives.
    func labels(for series: LabelSet, value: Double) -> LabelSet {
        let context = series.dictionary
        let own = labels.map {
            (name: $0.name, value: $0.template.rendered(labels: context, value: value))
        }
        let name =
            switch rule.action {
            case .alert(let name): (name: "alertname", value: name)
            case .record(let name): (name: LabelSet.metricNameLabel, value: name)
            }
        return LabelSet(series.removing([LabelSet.metricNameLabel]).pairs + own + [name])
    }

    /// The annotations that one element of the result gives.
    func annotations(for series: LabelSet, value: Double) -> [String: String] {
        let context = series.dictionary
        return Dictionary(
            annotations.map {
                ($0.name, $0.template.rendered(labels: context, value: value))
            }, uniquingKeysWith: { $1 })
    }

    /// Every rule of the groups, in order, with unique keys.
    static func compiled(_ group: RuleGroup, keysInUse: inout Set<String>) -> [CompiledRule] {
        group.rules.map { rule in
            let stem = "\(group.name)/\(rule.action.name)\(LabelSet(rule.labels.map { ($0, $1) }))"
            var key = stem
            var count = 1
            while !keysInUse.insert(key).inserted {
                count += 1
                key = "\(stem)#\(count)"
            }
            return CompiledRule(rule, group: group.name, key: key)
        }
    }

    private static func parsed(_ texts: [String: String]) -> [(name: String, template: RuleText)] {
        texts.sorted { $0.key < $1.key }.map { ($0.key, RuleText($0.value)) }
    }
}

/// A text of a rule: a template, or where that does not parse, the words that say so.
private enum RuleText: Sendable {
    case template(Template)
    case broken(String)

    init(_ source: String) {
        do {
            self = .template(try Template(parsing: source))
        } catch {
            self = .broken("<error parsing template: \(error.message)>")
        }
    }

    func rendered(labels: [String: String], value: Double) -> String {
        switch self {
        case .template(let template): template.rendered(labels: labels, value: value)
        case .broken(let words): words
        }
    }
}

extension Rule.Action {
    /// The `alert:` or `record:` of the rule.
    package var name: String {
        switch self {
        case .alert(let name), .record(let name): name
        }
    }
}
