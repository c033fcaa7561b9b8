/// How a signal is written to the store: under which names, and how several sources become one.
enum SignalShape {
    /// The sum of counters.
    case counter(String)
    /// The sum of counters, one for each class.
    case classCounter(String)
    /// A cumulative histogram, or its sum and count alone; the base of the three names.
    case distribution(String)
    /// Values at a quantile that the server computed.
    case quantiles(String)
    case gauge(String, SignalFold)

    init(_ signal: Signal) {
        self =
            switch signal {
            case .requests: .counter("mlmon_requests_total")
            case .errors: .counter("mlmon_errors_total")
            case .latency: .distribution("mlmon_latency_seconds")
            case .latencyQuantiles: .quantiles("mlmon_latency_quantile_seconds")
            case .queueTime: .distribution("mlmon_queue_seconds")
            case .computeTime: .distribution("mlmon_compute_seconds")
            case .inFlight: .gauge("mlmon_in_flight", .sum)
            case .queueLength: .gauge("mlmon_queue_length", .sum)
            case .batchSize: .gauge("mlmon_batch_size", .mean)
            case .predictions: .classCounter("mlmon_predictions_total")
            case .predictionScore: .distribution("mlmon_prediction_score")
            case .ready: .gauge("mlmon_ready", .least)
            case .cpu: .gauge("mlmon_cpu_ratio", .mean)
            case .memory: .gauge("mlmon_memory_bytes", .sum)
            case .gpu: .gauge("mlmon_gpu_ratio", .mean)
            case .timeToFirstToken: .distribution("mlmon_time_to_first_token_seconds")
            case .interTokenLatency: .distribution("mlmon_inter_token_latency_seconds")
            case .promptTokens: .counter("mlmon_prompt_tokens_total")
            case .generationTokens: .counter("mlmon_generation_tokens_total")
            case .kvCache: .gauge("mlmon_kv_cache_ratio", .mean)
            }
    }
}

/// What becomes of several gauges that fall on one series.
enum SignalFold {
    case sum, mean, least, most

    func folding(_ value: Double, into total: Double) -> Double {
        switch self {
        case .sum, .mean: total + value
        case .least: min(total, value)
        case .most: max(total, value)
        }
    }
}

extension Signal {
    /// Whether the signal speaks of requests to a model, so that a series without a model label
    /// belongs to the only model there is.
    var isOfModel: Bool {
        switch self {
        case .cpu, .memory, .gpu, .ready: false
        default: true
        }
    }
}
