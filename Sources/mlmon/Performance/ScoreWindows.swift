import Detection
import Querying
import Storage
import TimeSeries

/// What the scores of one model version were in a window.
struct ScoreWindow {
    /// Observations by upper bound, not cumulative.
    var counts: [String: Double] = [:]
    /// nil where a server does not tell it.
    var sum: Double?
    /// Classes that predictions are counted by.
    var classes: Set<String> = []

    mutating func add(sum more: Double) { sum = (sum ?? 0) + more }

    var bins: [String] { DistributionReader.sortedBounds(counts.keys) }
}

/// Reads the score histograms of windows from the cumulative signal counters, which never go back.
struct ScoreWindowReader {
    let store: Store

    /// A counter is looked for this far before the window.
    private static let lookback = Duration.seconds(300)

    /// The scores of every model version that were counted after `from`, until `through`.
    func windows(
        from: Timestamp, through: Timestamp
    ) throws -> [ModelVersion: ScoreWindow] {
        var windows: [ModelVersion: ScoreWindow] = [:]
        try forEach("mlmon_prediction_score_bucket", from, through) { labels, increase in
            guard let bound = labels["le"] else { return }
            windows[ModelVersion(labels), default: ScoreWindow()].counts[bound, default: 0] +=
                increase
        }
        if windows.isEmpty { return [:] }
        try forEach("mlmon_prediction_score_sum", from, through) { labels, increase in
            windows[ModelVersion(labels)]?.add(sum: increase)
        }
        try forEach("mlmon_predictions_total", from, through) { labels, _ in
            guard let name = labels["class"] else { return }
            windows[ModelVersion(labels)]?.classes.insert(name)
        }
        return windows.mapValues { window in
            var window = window
            window.counts = DistributionReader.separated(window.counts)
            return window
        }
    }

    private func forEach(
        _ name: String, _ from: Timestamp, _ through: Timestamp,
        _ body: (LabelSet, Double) -> Void
    ) throws {
        let matcher = try LabelMatcher(name: LabelSet.metricNameLabel, .equal, value: name)
        let all = try store.unorderedSeries(
            matching: [matcher], from: from - Self.lookback, through: through)
        for series in all {
            let samples = zip(series.timestamps, series.values).filter { $0.1.isFinite }
            guard let last = samples.last, last.0 > from.milliseconds,
                let base = samples.last(where: { $0.0 <= from.milliseconds }) ?? samples.first
            else { continue }
            body(series.labels, max(last.1 - base.1, 0))
        }
    }
}

/// One model version of a service, as series name it.
struct ModelVersion: Hashable, Comparable, Codable {
    var service: String
    var model: String
    var version: String

    init(service: String, model: String, version: String) {
        (self.service, self.model, self.version) = (service, model, version)
    }

    init(_ labels: LabelSet) {
        self.init(
            service: labels["service"] ?? "", model: labels["model"] ?? "",
            version: labels["version"] ?? "")
    }

    /// The labels of a series about it.
    func labels(metric: String) -> LabelSet {
        LabelSet([
            (LabelSet.metricNameLabel, metric), ("service", service), ("model", model),
            ("version", version),
        ])
    }

    static func < (a: ModelVersion, b: ModelVersion) -> Bool {
        (a.service, a.model, a.version) < (b.service, b.model, b.version)
    }
}
