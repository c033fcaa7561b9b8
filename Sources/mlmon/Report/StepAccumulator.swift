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
    mutating func add(_ increase: Double, to column: ReportColumn) {
        switch column {
        case .requests: requests = (requests ?? 0) + increase
        case .errors: errors = (errors ?? 0) + increase
        case .predictions: predictions = (predictions ?? 0) + increase
        case .latencyBucket(let bound): latencyBuckets[bound, default: 0] += increase
        case .latencyQuantile, .psi, .pValue, .anomalyScore: break
        }
    }

    /// Takes a gauge's sample; later ones replace earlier ones.
    mutating func set(_ value: Double, of column: ReportColumn) {
        switch column {
        case .latencyQuantile(let quantile): latencyQuantiles[quantile] = value
        case .psi(let feature): psiByFeature[feature] = value
        case .pValue(let feature): pValueByFeature[feature] = value
        case .anomalyScore: anomalyScore = max(anomalyScore ?? 0, value)
        case .requests, .errors, .predictions, .latencyBucket: break
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
