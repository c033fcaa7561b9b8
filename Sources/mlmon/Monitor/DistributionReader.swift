import Detection
import Querying
import Storage
import TimeSeries

/// What a distribution is of: a feature of one model version of a service.
struct DistributionKey: Hashable, Comparable, Codable {
    /// Features that are watched; the raw values are those of the `feature` label.
    enum Feature: String, Codable, CaseIterable {
        /// Predictions by class.
        case prediction
        /// The histogram of scores.
        case score

        var metricName: String {
            switch self {
            case .prediction: "mlmon_predictions_total"
            case .score: "mlmon_prediction_score_bucket"
            }
        }

        var kind: DriftReference.Kind { self == .score ? .ordered : .categories }

        /// The label that names the bin.
        var binLabel: String {
            switch self {
            case .prediction: "class"
            case .score: "le"
            }
        }
    }

    var service: String
    var model: String
    var version: String
    var feature: Feature

    init(service: String, model: String, version: String, feature: Feature) {
        self.service = service
        self.model = model
        self.version = version
        self.feature = feature
    }

    init(_ labels: LabelSet, feature: Feature) {
        self.init(
            service: labels["service"] ?? "", model: labels["model"] ?? "",
            version: labels["version"] ?? "", feature: feature)
    }

    /// nil for a feature that this program does not know.
    init?(_ window: DriftWindowRecord) {
        guard let feature = Feature(rawValue: window.feature) else { return nil }
        self.init(
            service: window.service, model: window.model, version: window.version,
            feature: feature)
    }

    /// The labels of its verdict series.
    var labels: [(name: String, value: String)] {
        [
            ("service", service), ("model", model), ("version", version),
            ("feature", feature.rawValue),
        ]
    }

    static func < (a: DistributionKey, b: DistributionKey) -> Bool {
        (a.service, a.model, a.version, a.feature.rawValue)
            < (b.service, b.model, b.version, b.feature.rawValue)
    }
}

/// Reads how much each bin of each distribution grew, from the cumulative signal counters.
struct DistributionReader {
    let source: any SeriesSource

    /// Increases of the bins of every distribution that has samples in a span.
    ///
    /// - Parameters:
    ///   - lookback: How far before `from` counters are looked for that are not among `totals`.
    ///   - totals: The counters' values at `from`; become those at `through`. A
    ///     counter that is not among them grew from its first sample on.
    ///   - service: nil reads all.
    /// - Returns: Observations by bin, not cumulative over bounds. Distributions that did not grow
    ///   are there with zeros.
    func increases(
        from: Timestamp, through: Timestamp, lookback: Duration = .zero,
        totals: inout CounterTotals, service: String? = nil
    ) throws -> [DistributionKey: [String: Double]] {
        var result: [DistributionKey: [String: Double]] = [:]
        for feature in DistributionKey.Feature.allCases {
            var matchers = [
                try LabelMatcher(name: LabelSet.metricNameLabel, .equal, value: feature.metricName)
            ]
            if let service {
                matchers.append(try LabelMatcher(name: "service", .equal, value: service))
            }
            var found = try source.unorderedSeries(matching: matchers, from: from, through: through)
            if lookback > .zero, found.contains(where: { !totals.know($0.labels) }) {
                found = try source.unorderedSeries(
                    matching: matchers, from: from - lookback, through: through)
            }
            // The series of a distribution mostly follow each other.
            var current: (key: DistributionKey, bins: [String: Double])?
            for series in found {
                guard let bin = series.labels[feature.binLabel] else { continue }
                let key = DistributionKey(series.labels, feature: feature)
                if current?.key != key {
                    if let done = current { result[done.key] = done.bins }
                    current = (key, result.removeValue(forKey: key) ?? [:])
                }
                current?.bins[bin, default: 0] += Self.increase(series, through, &totals)
            }
            if let done = current { result[done.key] = done.bins }
        }
        for (key, bins) in result where key.feature == .score {
            result[key] = Self.separated(bins)
        }
        return result
    }

    /// Beyond this a double no longer counts.
    private static let maximumCount = 0x1p53

    private static func increase(
        _ series: Series, _ through: Timestamp, _ totals: inout CounterTotals
    ) -> Double {
        // A counter is what a service says it is; what cannot be a count is as good as absent.
        func isCount(_ value: Double) -> Bool { (0...maximumCount).contains(value) }
        guard let first = series.values.first(where: isCount),
            let last = series.values.last(where: isCount)
        else { return 0 }
        return max(last - (totals.note(series.labels, last, at: through) ?? first), 0)
    }

    /// Counts of cumulative buckets, each less the one below it.
    static func separated(_ cumulative: [String: Double]) -> [String: Double] {
        var below = 0.0
        var counts: [String: Double] = [:]
        for bound in sortedBounds(cumulative.keys) {
            let count = cumulative[bound] ?? 0
            counts[bound] = max(count - below, 0)
            below = max(count, below)
        }
        return counts
    }

    /// Upper bounds as PromQL writes them, in ascending order.
    static func sortedBounds(_ bounds: some Sequence<String>) -> [String] {
        bounds.sorted { bound($0) < bound($1) }
    }

    /// The number that an upper bound is.
    static func bound(_ text: String) -> Double {
        text == "+Inf" ? .infinity : Double(text) ?? 0
    }

    /// Names of the bins of a distribution in the order in which they are kept and shown.
    static func sortedBins(_ bins: some Sequence<String>, of feature: DistributionKey.Feature)
        -> [String]
    {
        switch feature {
        case .score: sortedBounds(bins)
        case .prediction:
            bins.sorted {
                if let a = Double($0), let b = Double($1) { return a < b }
                return $0.utf8.lexicographicallyPrecedes($1.utf8)
            }
        }
    }
}
