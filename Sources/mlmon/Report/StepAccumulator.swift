import Detection
import TimeSeries

/// What the samples of one step say about one model version.
struct StepAccumulator {
    private var requests: Double?
    private var errors: Double?
    private var predictions: Double?
    /// Increase by upper bound (`le` as the store has it), cumulative over bounds.
    private var latencyBuckets: [String: Double] = [:]
    private var latencyQuantiles: [String: Double] = [:]
    private var psiByFeature: [String: Double] = [:]
    private var pValueByFeature: [String: Double] = [:]
    private var anomalyScore: Double?

    /// Adds what a counter grew by; 0 makes it known.
    mutating func add(increase: Double, name: String, labels: LabelSet) {
        switch name {
        case "mlmon_requests_total": requests = (requests ?? 0) + increase
        case "mlmon_errors_total": errors = (errors ?? 0) + increase
        case "mlmon_predictions_total": predictions = (predictions ?? 0) + increase
        case "mlmon_latency_seconds_bucket":
            if let bound = labels["le"] { latencyBuckets[bound, default: 0] += increase }
        default: break
        }
    }

    /// Takes a gauge's sample; later ones replace earlier ones.
    mutating func set(_ value: Double, name: String, labels: LabelSet) {
        switch name {
        case "mlmon_latency_quantile_seconds":
            if let quantile = labels["quantile"] { latencyQuantiles[quantile] = value }
        case "mlmon_drift_psi": psiByFeature[labels["feature"] ?? ""] = value
        case "mlmon_drift_p_value": pValueByFeature[labels["feature"] ?? ""] = value
        case "mlmon_anomaly_score": anomalyScore = max(anomalyScore ?? 0, value)
        default: break
        }
    }

    /// - Parameter seconds: How much of the step has passed; > 0.
    func row(
        at time: Timestamp, key: ReportKey, seconds: Double, alertsFiring: Int?
    ) -> ReportRow {
        var row = ReportRow(
            time: time, service: key.service, model: key.model, version: key.version)
        row.requests = requests
        row.errors = errors
        row.requestsPerSecond = requests.map { $0 / seconds }
        if let requests, requests > 0 { row.errorRatio = errors.map { min($0 / requests, 1) } }
        row.latencyP50 = latency(0.5)
        row.latencyP95 = latency(0.95)
        row.latencyP99 = latency(0.99)
        row.predictions = predictions
        // The classes speak first; a service with a score histogram alone has that.
        let feature = psiByFeature["prediction"] != nil ? "prediction" : "score"
        row.psi = psiByFeature[feature]
        row.driftPValue = pValueByFeature[feature]
        row.anomalyScore = anomalyScore
        row.alertsFiring = alertsFiring.map(Double.init)
        return row
    }

    private func latency(_ q: Double) -> Double? {
        if latencyBuckets.isEmpty { return latencyQuantiles["\(q)"] }
        let buckets = latencyBuckets.compactMap { bound, count in
            (bound == "+Inf" ? .infinity : Double(bound)).map { (upperBound: $0, count: count) }
        }
        let value = histogramQuantile(q, buckets: buckets)
        return value.isNaN ? nil : value
    }
}

/// One line of the report's table.
struct ReportKey: Hashable, Comparable {
    var service: String
    var model: String
    var version: String

    init(_ labels: LabelSet) {
        service = labels["service"] ?? ""
        model = labels["model"] ?? ""
        version = labels["version"] ?? ""
    }

    static func < (a: ReportKey, b: ReportKey) -> Bool {
        (a.service, a.model, a.version) < (b.service, b.model, b.version)
    }
}
