import Querying
import TimeSeries

/// What is reported about one model version of a service over one step. nil is unknown, never 0.
struct ReportRow: Encodable {
    var time: Timestamp
    var service: String
    var model: String
    var version: String
    var requests: Double?
    /// Not a column of the report, which has the ratio.
    var errors: Double?
    var requestsPerSecond: Double?
    var errorRatio: Double?
    var latencyP50: Double?
    var latencyP95: Double?
    var latencyP99: Double?
    var predictions: Double?
    var psi: Double?
    var driftPValue: Double?
    var anomalyScore: Double?
    var alertsFiring: Double?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case time, service, model, version, requests
        case requestsPerSecond = "requests_per_second"
        case errorRatio = "error_ratio"
        case latencyP50 = "latency_p50_seconds"
        case latencyP95 = "latency_p95_seconds"
        case latencyP99 = "latency_p99_seconds"
        case predictions, psi
        case driftPValue = "drift_p_value"
        case anomalyScore = "anomaly_score"
        case alertsFiring = "alerts_firing"
    }

    /// Column names in order, without a line end.
    static let header = CodingKeys.allCases.map(\.rawValue).joined(separator: ",")

    /// One record of RFC 4180 without its line end.
    var csv: String {
        let text = [time.iso8601(), service, model, version].map(CSVCell.encode)
        return (text + numbers.map { $0.map(Self.cell) ?? "" }).joined(separator: ",")
    }

    /// Small p-values with an exponent, which CSV readers know: thirty zeros say nothing.
    private static func cell(_ value: Double) -> String {
        value.magnitude < 1e-6 && value != 0 ? "\(value)" : formatted(value)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(time.iso8601(), forKey: .time)
        try container.encode(service, forKey: .service)
        try container.encode(model, forKey: .model)
        try container.encode(version, forKey: .version)
        for (key, number) in zip(CodingKeys.allCases.dropFirst(4), numbers) {
            try container.encode(number, forKey: key)
        }
    }

    /// The columns after the names, in their order; what is not finite is unknown.
    private var numbers: [Double?] {
        [
            requests, requestsPerSecond, errorRatio, latencyP50, latencyP95, latencyP99,
            predictions, psi, driftPValue, anomalyScore, alertsFiring,
        ].map { $0.flatMap { $0.isFinite ? $0 : nil } }
    }
}
