import Detection
import Querying
import TimeSeries

/// A signal that is watched for anomalies: how its points come from the series of the store, and
/// which changes are too small to matter however rare they are.
struct AnomalySignal: Sendable {
    let name: String
    let expression: QueryExpression
    /// Spread that is never thought smaller, in the signal's unit and as a share of its level.
    private let minimumSpread: Double
    private let minimumSpreadShare: Double

    private init(
        _ name: String, _ query: String, minimumSpread: Double = 0, minimumSpreadShare: Double = 0
    ) throws(QueryError) {
        self.name = name
        expression = try QueryExpression(parsing: query)
        self.minimumSpread = minimumSpread
        self.minimumSpreadShare = minimumSpreadShare
    }

    /// The user's options with this signal's floors.
    func options(_ options: AnomalyOptions) -> AnomalyOptions {
        var options = options
        options.minimumSpread = max(options.minimumSpread, minimumSpread)
        options.minimumSpreadShare = max(options.minimumSpreadShare, minimumSpreadShare)
        return options
    }

    /// Whether a new version of the model takes from what the others have of this signal, so that
    /// they have to learn anew what is usual. How well a version answers is its own affair.
    var isShared: Bool { Self.shared.contains(name) }

    private static let shared: Set = [
        "request_rate", "queue_length", "in_flight", "prompt_token_rate", "generation_token_rate",
    ]

    /// All signals that mlmon watches, of every model version.
    ///
    /// - Parameter window: Over which rates are taken.
    static func all(window: Duration) throws(QueryError) -> [AnomalySignal] {
        let span = window.prometheusDescription
        let seconds = window.inSeconds
        let sum = "sum by (service, model, version)"
        func rate(_ metric: String) -> String { "rate(\(metric)[\(span)])" }
        // A ratio or a quantile of a few requests says nothing.
        let isBusy = "\(sum) (\(rate("mlmon_requests_total"))) >= \(10 / seconds)"
        func quantile(_ q: String, _ histogram: String) -> String {
            "histogram_quantile(\(q), sum by (service, model, version, le) "
                + "(\(rate(histogram + "_bucket"))))"
        }
        func latency(_ q: String) -> String {
            "(\(quantile(q, "mlmon_latency_seconds")) and \(isBusy))"
                + " or max by (service, model, version) "
                + "(mlmon_latency_quantile_seconds{quantile=\"\(q)\"})"
        }
        // Five requests a window are chance; a twentieth of the level nobody is called for.
        let requests = 5 / seconds
        return [
            try AnomalySignal(
                "request_rate", "\(sum) (\(rate("mlmon_requests_total")))",
                minimumSpread: requests, minimumSpreadShare: 0.05),
            try AnomalySignal(
                "error_ratio", "\(sum) (\(rate("mlmon_errors_total"))) / (\(isBusy))",
                minimumSpread: 0.01),
            try AnomalySignal("latency_p50", latency("0.5"), minimumSpreadShare: 0.05),
            try AnomalySignal("latency_p99", latency("0.99"), minimumSpreadShare: 0.05),
            try AnomalySignal(
                "queue_length", "\(sum) (mlmon_queue_length)",
                minimumSpread: 1, minimumSpreadShare: 0.05),
            try AnomalySignal(
                "in_flight", "\(sum) (mlmon_in_flight)",
                minimumSpread: 1, minimumSpreadShare: 0.05),
            try AnomalySignal(
                "queue_seconds",
                "\(sum) (\(rate("mlmon_queue_seconds_sum"))) / "
                    + "(\(sum) (\(rate("mlmon_queue_seconds_count"))) >= \(10 / seconds))",
                minimumSpread: 0.001, minimumSpreadShare: 0.05),
            try AnomalySignal(
                "prompt_token_rate", "\(sum) (\(rate("mlmon_prompt_tokens_total")))",
                minimumSpread: requests, minimumSpreadShare: 0.05),
            try AnomalySignal(
                "generation_token_rate", "\(sum) (\(rate("mlmon_generation_tokens_total")))",
                minimumSpread: requests, minimumSpreadShare: 0.05),
            try AnomalySignal(
                "time_to_first_token_p99", quantile("0.99", "mlmon_time_to_first_token_seconds"),
                minimumSpreadShare: 0.05),
            try AnomalySignal(
                "inter_token_latency_p99", quantile("0.99", "mlmon_inter_token_latency_seconds"),
                minimumSpreadShare: 0.05),
            try AnomalySignal(
                "kv_cache_ratio", "max by (service, model, version) (mlmon_kv_cache_ratio)",
                minimumSpread: 0.02),
        ]
    }
}
