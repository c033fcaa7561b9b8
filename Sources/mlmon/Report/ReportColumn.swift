import TimeSeries

/// What a series of the store says of a line of the report.
enum ReportColumn {
    /// Of the sum of what the counter grew by.
    case requests, errors, predictions
    /// Cumulative over upper bounds, `le` as the store has it.
    case latencyBucket(bound: String)
    /// Of the last sample.
    case latencyQuantile(quantile: String)
    case psi(feature: String)
    case pValue(feature: String)
    /// Of the greatest sample.
    case anomalyScore

    /// The names of the metrics that have a column.
    static let metricNames = [
        "mlmon_anomaly_score", "mlmon_drift_p_value", "mlmon_drift_psi", "mlmon_errors_total",
        "mlmon_latency_quantile_seconds", "mlmon_latency_seconds_bucket",
        "mlmon_predictions_total", "mlmon_requests_total",
    ]

    init?(_ labels: LabelSet, metricName: String) {
        switch metricName {
        case "mlmon_requests_total": self = .requests
        case "mlmon_errors_total": self = .errors
        case "mlmon_predictions_total": self = .predictions
        case "mlmon_latency_seconds_bucket":
            guard let bound = labels["le"] else { return nil }
            self = .latencyBucket(bound: bound)
        case "mlmon_latency_quantile_seconds":
            guard let quantile = labels["quantile"] else { return nil }
            self = .latencyQuantile(quantile: quantile)
        case "mlmon_drift_psi": self = .psi(feature: labels["feature"] ?? "")
        case "mlmon_drift_p_value": self = .pValue(feature: labels["feature"] ?? "")
        case "mlmon_anomaly_score": self = .anomalyScore
        default: return nil
        }
    }

    var isCounter: Bool {
        switch self {
        case .requests, .errors, .predictions, .latencyBucket: true
        case .latencyQuantile, .psi, .pValue, .anomalyScore: false
        }
    }
}
