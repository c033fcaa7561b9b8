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
        if latest.isEmpty { return [] }
        var history: [Key: [String: [Double?]]] = [:]
        for series in try reader.range(query, grid) {
            history[Key(series.labels), default: [:]][series.labels.metricName ?? ""] =
                grid.values(of: series)
        }
        return latest.sorted { ($0.key.model, $0.key.version) < ($1.key.model, $1.key.version) }
            .flatMap { key, values in
                Self.metrics.compactMap { line(of: $0, key, values, history[key] ?? [:]) }
            }
    }

    private func line(
        of metric: String, _ key: Key, _ values: [String: Double],
        _ history: [String: [Double?]]
    ) -> ModelPerformance? {
        let estimated = Self.estimated + metric
        let realised = Self.realised + metric
        guard values[estimated] != nil || values[realised] != nil else { return nil }
        let none = [Double?](repeating: nil, count: grid.count)
        return ModelPerformance(
            model: key.model, version: key.version, metric: metric,
            estimated: values[estimated].map {
                .init(
                    value: $0, lower: values[estimated + "_lower"],
                    upper: values[estimated + "_upper"])
            },
            realised: values[realised], coverage: values[Self.realised + "label_coverage"],
            history: zip(history[realised] ?? none, history[estimated] ?? none).map { $0 ?? $1 })
    }
}
