/// What a kind of inference server exposes, as data: where it listens, how it is told from others,
/// and which of its metrics make up each signal.
package struct Preset: Sendable, Equatable {
    /// `triton`, `vllm`, …; unique.
    package var name: String
    /// For people: `NVIDIA Triton Inference Server`.
    package var title: String
    /// Default ports of the metrics page, most usual first.
    package var ports: [Int]
    /// Default paths of the metrics page, most usual first.
    package var paths: [String]
    /// Beginnings of metric names, each alone or several as `a|b`; the preset fits a page that has
    /// at least one metric for each entry.
    package var fingerprints: [String]
    /// When two presets fit, the higher one wins.
    package var priority: Int
    /// Labels that hold the model's name and version, first present wins.
    package var modelLabels: [String]
    package var versionLabels: [String]
    /// Values of a version label that mean "no version", like MLServer's `None`.
    package var absentVersions: [String]
    package var signals: [Signal: [SignalSource]]
    /// Remedy shown when a page of this kind is empty or answers an error.
    package var hint: String?

    package init(
        name: String, title: String, ports: [Int] = [], paths: [String] = ["/metrics"],
        fingerprints: [String] = [], priority: Int = 0, modelLabels: [String] = [],
        versionLabels: [String] = [], absentVersions: [String] = [],
        signals: [Signal: [SignalSource]] = [:], hint: String? = nil
    ) {
        self.name = name
        self.title = title
        self.ports = ports
        self.paths = paths
        self.fingerprints = fingerprints
        self.priority = priority
        self.modelLabels = modelLabels
        self.versionLabels = versionLabels
        self.absentVersions = absentVersions
        self.signals = signals
        self.hint = hint
    }
}

/// The vocabulary that every kind of service is turned into.
///
/// Each signal is written to the store as ordinary series (docs/architecture.md lists them), so
/// that pages, rules, detectors and the report are the same for every server.
package enum Signal: String, CaseIterable, Sendable {
    case requests
    case errors
    /// A histogram in seconds, or its sum and count alone.
    case latency
    /// Quantiles the server computed itself, seconds.
    case latencyQuantiles = "latency_quantiles"
    case queueTime = "queue_time"
    case computeTime = "compute_time"
    case inFlight = "in_flight"
    case queueLength = "queue_length"
    case batchSize = "batch_size"
    case predictions
    case predictionScore = "prediction_score"
    case ready
    case cpu
    case memory
    case gpu
    case timeToFirstToken = "time_to_first_token"
    case interTokenLatency = "inter_token_latency"
    case promptTokens = "prompt_tokens"
    case generationTokens = "generation_tokens"
    case kvCache = "kv_cache"
}

/// One part of a signal; the parts of a signal are added up.
package struct SignalSource: Sendable, Hashable {
    /// A PromQL vector selector without range or offset. For a histogram or summary its base name:
    /// `_bucket`, `_sum` and `_count` are read beside it.
    package var selector: String
    /// For servers that add up seconds without buckets: `selector` is then the counter of the sum,
    /// and this one the counter of observations that it covers.
    package var countSelector: String?
    /// Multiplied in; turns microseconds into seconds, or takes a part away.
    package var scale: Double
    /// The label that holds the class, for `predictions`.
    package var classLabel: String?

    package init(
        selector: String, countSelector: String? = nil, scale: Double = 1,
        classLabel: String? = nil
    ) {
        self.selector = selector
        self.countSelector = countSelector
        self.scale = scale
        self.classLabel = classLabel
    }
}
