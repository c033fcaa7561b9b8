import Storage

/// What is known of a family of metrics: type, help and unit.
package struct MetricMetadata: Sendable, Hashable {
    /// As in the TYPE line: `counter`, `gauge`, `histogram`, `summary`… or `unknown`.
    package var type: String
    package var help: String
    package var unit: String

    package init(type: String, help: String = "", unit: String = "") {
        self.type = type
        self.help = help
        self.unit = unit
    }
}

extension MetricMetadata {
    /// What mlmon counts and measures of itself.
    static func own(_ metrics: [OwnMetric]) -> [String: [MetricMetadata]] {
        Dictionary(
            metrics.map { metric in
                let type = metric.kind == .counter ? "counter" : "gauge"
                return (metric.seriesName, [MetricMetadata(type: type, help: metric.help)])
            },
            uniquingKeysWith: { first, _ in first })
    }

    /// Families as the names of series suggest them, where nothing better is known.
    ///
    /// `x_bucket` is of a histogram `x`, `x_sum` and `x_count` without it of a summary, and what
    /// ends in `_total` is a counter.
    static func conventional(_ names: Set<String>) -> [String: [MetricMetadata]] {
        var families: [String: [MetricMetadata]] = [:]
        for name in names {
            let (family, type) = family(of: name, among: names)
            // A summary's quantiles have its own name, and tell nothing.
            if type != "unknown" || families[family] == nil {
                families[family] = [MetricMetadata(type: type)]
            }
        }
        return families
    }

    private static func family(
        of name: String, among names: Set<String>
    ) -> (name: String, type: String) {
        if name.hasSuffix("_total") { return (name, "counter") }
        for suffix in ["_bucket", "_sum", "_count"] where name.hasSuffix(suffix) {
            let base = String(name.dropLast(suffix.count))
            if suffix == "_bucket" || names.contains(base + "_bucket") {
                return (base, "histogram")
            }
            if names.isSuperset(of: [base + "_sum", base + "_count"]) { return (base, "summary") }
        }
        // Signals and verdicts are counters, histograms or gauges.
        return (name, name.hasPrefix("mlmon_") ? "gauge" : "unknown")
    }
}
