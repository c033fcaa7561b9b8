import TimeSeries

/// The series of a page by the name of their metric, for choosing what makes up a signal.
struct PageIndex {
    /// In the order of the page.
    let names: [String]
    /// Indices into the page's table.
    let series: [String: [Int]]
    /// Of the page's table, made once for as long as it is worked on.
    let labels: [LabelSet]
    let families: MetricFamilies
    let values: [Double]

    init(_ page: ParsedPage) {
        labels = Array(page.batch.table.labels)
        families = page.families
        values = page.batch.values
        var names: [String] = []
        var series: [String: [Int]] = [:]
        labels.forEachMetricRun { name, indices in
            if series[name] == nil { names.append(name) }
            series[name, default: []] += indices
        }
        self.names = names
        self.series = series
    }

    /// Values of a label over the series of a metric.
    func values(of label: String, in metric: String) -> Set<String> {
        Set((series[metric] ?? []).compactMap { labels[$0][label] })
    }

    /// Whether the first series of a metric has the label; hand-written pages use one set of
    /// labels throughout a metric.
    func has(_ label: String, in metric: String) -> Bool {
        guard let first = series[metric]?.first else { return false }
        return labels[first][label] != nil
    }

    /// Whether a metric only grows: what its TYPE says, or where there is none its name.
    func isCounter(_ metric: String) -> Bool {
        guard let kind = families.family(ofMetric: metric)?.kind, kind != .unknown else {
            return metric.hasSuffix("_total")
        }
        if kind == .counter { return true }
        let isPart = ["_bucket", "_sum", "_count"].contains { metric.hasSuffix($0) }
        return (kind == .histogram || kind == .summary) && isPart
    }
}
