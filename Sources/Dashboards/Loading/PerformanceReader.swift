import TimeSeries

/// Reads how right the model versions of a service are, as estimated and as measured.
struct PerformanceReader {
    let group: SnapshotRound.Group
    let grid: TimeGrid
    let now: Timestamp

    /// In the order in which they are shown.
    private static let metrics = [
        "accuracy", "precision", "recall", "f1", "roc_auc", "log_loss", "brier_score",
        "calibration_error", "mae", "rmse",
    ]
    private static let estimated = "mlmon_estimated_"
    private static let realised = "mlmon_realised_"

    private static let coverage = realised + "label_coverage"

    private struct Key: Hashable {
        var model: String
        var version: String

        init(_ labels: LabelSet) {
            model = labels["model"] ?? ""
            version = labels["version"] ?? ""
        }
    }

    /// By model, version and metric; empty where nothing is estimated or measured.
    ///
    /// - Throws: `QueryError` or what the source throws.
    func performance(_ reader: inout SignalReader) throws -> [ModelPerformance] {
        let query =
            "{__name__=~\"(\(Self.estimated)|\(Self.realised)).+\", \(group.matcher)}"
        var latest: [Key: [String: Double]] = [:]
        for element in try reader.instant(query, at: now) where element.value.isFinite {
            latest[Key(element.labels), default: [:]][element.labels.metricName ?? ""] =
                element.value
        }
        var history: [Key: [String: [Double?]]] = [:]
        for series in try reader.range(query, grid) {
            history[Key(series.labels), default: [:]][series.labels.metricName ?? ""] =
                grid.values(of: series)
        }
        return Set(latest.keys).union(history.keys)
            .sorted { ($0.model, $0.version) < ($1.model, $1.version) }
            .flatMap { key in
                Self.metrics.compactMap {
                    line(of: $0, key, latest[key] ?? [:], history[key] ?? [:])
                }
            }
    }

    private func line(
        of metric: String, _ key: Key, _ values: [String: Double],
        _ history: [String: [Double?]]
    ) -> ModelPerformance? {
        let estimated = Self.estimated + metric
        let realised = Self.realised + metric
        // Labels arrive late: what they told last is shown, with the coverage of that window.
        let labelled = history[realised]?.lastIndex { $0 != nil }
        let latest = values[realised] ?? labelled.flatMap { history[realised]?[$0] }
        guard values[estimated] != nil || latest != nil else { return nil }
        let coverages = history[Self.coverage]
        let coverage =
            values[realised] == nil
            ? labelled.flatMap { coverages?[$0] } : values[Self.coverage]
        let none = [Double?](repeating: nil, count: grid.count)
        return ModelPerformance(
            model: key.model, version: key.version, metric: metric,
            estimated: values[estimated].map {
                .init(
                    value: $0, lower: values[estimated + "_lower"],
                    upper: values[estimated + "_upper"])
            },
            realised: latest, coverage: latest == nil ? nil : coverage,
            history: zip(history[realised] ?? none, history[estimated] ?? none).map { $0 ?? $1 })
    }
}
