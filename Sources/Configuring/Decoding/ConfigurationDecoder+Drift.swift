import Detection
import Querying
import TimeSeries

/// How predictions are compared, and with what.
extension ConfigurationDecoder {
    private static let sources = ["file", "hour_of_week", "from", "through", "against"]

    func drift(_ detect: Fields) -> DriftOptions {
        var options = DriftOptions(budget: budget(detect) ?? .weekly)
        guard
            let drift = detect.fields(
                "drift",
                known: [
                    "window", "reference", "references", "minimum_samples", "significance",
                    "minimum_effect", "critical_effect", "method", "threshold",
                ])
        else { return options }
        let range: ClosedRange<Duration> = .seconds(1) ... .seconds(30 * 86_400)
        options.window = drift.duration("window", in: range) ?? options.window
        let reference = drift.fields("reference", known: ["learn"] + Self.sources)
        options.learning = reference?.duration("learn", in: range) ?? options.learning
        if options.learning < options.window, let field = reference?["learn"] ?? drift["window"] {
            drift.report(
                "the reference learns for \(options.learning.prometheusDescription), expected at "
                    + "least one window, \(options.window.prometheusDescription)", at: field)
        }
        options.references = references(drift)
        if let reference, Self.sources.contains(where: { reference[$0] != nil }),
            let source = source(reference)
        {
            options.references.append(DriftReferenceRule(source: source))
        }
        options.minimumCount =
            drift.integer("minimum_samples", in: 2...1_000_000_000) ?? options.minimumCount
        if let significance = drift.number("significance", in: 1e-12...0.5) {
            options.significance = significance
            options.budget = nil
            if detect["budget"] != nil, let field = drift["significance"] {
                drift.report(
                    "significance is given beside a budget, expected one of them", at: field)
            }
        }
        options.minimumEffect = drift.number("minimum_effect", in: 0...10) ?? options.minimumEffect
        options.criticalEffect =
            drift.number("critical_effect", in: 0...10) ?? options.criticalEffect
        options.rule = rule(drift)
        return options
    }

    private func budget(_ detect: Fields) -> AlarmBudget? {
        guard let field = detect["budget"], let text = detect.string("budget") else { return nil }
        if let budget = AlarmBudget(parsing: text) { return budget }
        detect.report(
            "budget is \(context.shownValue(field.node)), expected false alarms in a time, like "
                + "1/week, 2/day or 0.5/month", at: field)
        return nil
    }

    /// A classic method with its threshold; nil is mlmon's own.
    private func rule(_ drift: Fields) -> FixedRule.Criterion? {
        let threshold = drift.number("threshold", in: 0...1e6)
        guard let field = drift["method"], let name = drift.string("method") else {
            if let field = drift["threshold"] {
                drift.report("threshold is given without a method, expected method too", at: field)
            }
            return nil
        }
        guard let statistic = FixedRule.Statistic(rawValue: name) else {
            let known = FixedRule.Statistic.allCases.map(\.rawValue)
            drift.report(
                "method is \(context.shownValue(field.node))\(suggestion(for: name, among: known))",
                at: field)
            return nil
        }
        guard let threshold else {
            if drift["threshold"] == nil {
                drift.report("method \(name) has no threshold", at: field)
            }
            return nil
        }
        return FixedRule.Criterion(statistic, threshold)
    }

    private func references(_ drift: Fields) -> [DriftReferenceRule] {
        (drift.list("references") ?? []).compactMap { node in
            guard
                let fields = context.fields(
                    node, of: "a reference",
                    known: ["service", "model", "version", "feature"] + Self.sources),
                let source = source(fields)
            else { return nil }
            if let feature = fields.string("feature"), let field = fields["feature"],
                !["prediction", "score"].contains(feature)
            {
                fields.report(
                    "feature is \(context.shownValue(field.node)), expected prediction or score",
                    at: field)
            }
            return DriftReferenceRule(
                service: fields.string("service"), model: fields.string("model"),
                version: fields.string("version"), feature: fields.string("feature"),
                source: source)
        }
    }

    /// - Returns: nil where none is named, or more than one, or a wrong one; reported.
    private func source(_ fields: Fields) -> DriftReferenceSource? {
        let named = Self.sources.filter { fields[$0] != nil && $0 != "through" }
        guard named.count == 1, let name = named.first else {
            context.report(
                "\(fields.name) names \(named.isEmpty ? "no source" : named.joined(separator: " and ")), "
                    + "expected one of file, hour_of_week, from and through, or against",
                at: fields.position)
            return nil
        }
        switch name {
        case "file": return fields.string("file").map { .file(path: resolved($0)) }
        case "hour_of_week":
            return fields.integer("hour_of_week", in: 1...52).map { .hourOfWeek(weekCount: $0) }
        case "against": return fields.string("against").map { .version($0) }
        default:
            guard let from = instant(fields, "from"), let through = instant(fields, "through")
            else {
                _ = fields.required("through")
                return nil
            }
            guard from < through else {
                if let field = fields["through"] {
                    fields.report("through is not after from", at: field)
                }
                return nil
            }
            return .span(from: from, through: through)
        }
    }

    private func instant(_ fields: Fields, _ key: String) -> Timestamp? {
        guard let field = fields[key], let text = fields.string(key) else { return nil }
        if let time = Timestamp(parsing: text) { return time }
        fields.report(
            "\(key) is \(context.shownValue(field.node)), expected an instant like "
                + "2026-11-01T00:00:00Z", at: field)
        return nil
    }
}
