/// What a simulated service is: its server's kind, and its models with their traffic.
struct ServicePlan: Sendable {
    let name: String
    let path: String
    let server: ServerKind
    let summary: String
    let models: [ModelPlan]
}

/// The server whose metrics page is imitated.
enum ServerKind: Sendable, CaseIterable {
    case triton, torchServe, vllm, prometheusClient, mlServer, tensorFlowServing

    var title: String {
        switch self {
        case .triton: "Triton"
        case .torchServe: "TorchServe"
        case .vllm: "vLLM"
        case .prometheusClient: "prometheus-client"
        case .mlServer: "MLServer"
        case .tensorFlowServing: "TensorFlow Serving"
        }
    }
}

/// One version of a model, and how it behaves when nothing is wrong.
struct ModelPlan: Sendable {
    let model: String
    let version: String
    /// Of requests, before the slow wave and the noise.
    let requestsPerSecond: Double
    let medianLatencySeconds: Double
    /// Standard deviation of the logarithm of the latency.
    let latencySigma: Double
    let errorRatio: Double
    var classes: [String] = []
    /// One for each class.
    var weights: [Double] = []
    var driftedWeights: [Double] = []
    var score: ScorePlan?
    var language: LanguagePlan?
    var residentBytes = 400e6
}

/// Where prediction scores lie, each in 0…1.
struct ScorePlan: Sendable {
    let centre: Double
    let driftedCentre: Double
    /// In units of the log odds.
    let spread: Double
}

/// Sizes of a language model's requests, in tokens, medians.
struct LanguagePlan: Sendable {
    let promptTokens: Double
    let generatedTokens: Double
    /// Requests that fit into the key-value cache at a time.
    let cacheCapacity: Double
}

/// The fleet, as data.
enum FleetPlan {
    /// Seconds from crest to crest of the traffic: a day, shortened so that it can be watched.
    static let waveSeconds = 900.0
    /// Of the traffic's mean.
    static let waveAmplitude = 0.18

    static let services: [ServicePlan] = [
        ServicePlan(
            name: "ranker", path: "/ranker/metrics", server: .triton,
            summary: "orders a shop's search results",
            models: [
                ModelPlan(
                    model: "ranker", version: "7", requestsPerSecond: 42,
                    medianLatencySeconds: 0.011, latencySigma: 0.35, errorRatio: 0.001,
                    classes: ["click", "cart", "skip"], weights: [0.22, 0.08, 0.70],
                    driftedWeights: [0.40, 0.20, 0.40], residentBytes: 3.1e9)
            ]),
        ServicePlan(
            name: "vision-tag", path: "/vision-tag/metrics", server: .torchServe,
            summary: "tags uploaded pictures",
            models: [
                ModelPlan(
                    model: "vision-tag", version: "2.1", requestsPerSecond: 18,
                    medianLatencySeconds: 0.062, latencySigma: 0.4, errorRatio: 0.002,
                    classes: ["person", "pet", "food", "landscape", "document"],
                    weights: [0.38, 0.17, 0.2, 0.15, 0.1],
                    driftedWeights: [0.2, 0.17, 0.2, 0.15, 0.28], residentBytes: 5.2e9)
            ]),
        ServicePlan(
            name: "llm-chat", path: "/llm-chat/metrics", server: .vllm,
            summary: "answers customers' questions",
            models: [
                ModelPlan(
                    model: "assist-8b", version: "", requestsPerSecond: 3.5,
                    medianLatencySeconds: 1.6, latencySigma: 0.45, errorRatio: 0.003,
                    language: LanguagePlan(
                        promptTokens: 420, generatedTokens: 110, cacheCapacity: 16),
                    residentBytes: 18.4e9)
            ]),
        ServicePlan(
            name: "fraud-score", path: "/fraud-score/metrics", server: .prometheusClient,
            summary: "scores payments; 2.4.0-rc1 is a canary",
            models: [
                fraud(version: "2.3.1", requestsPerSecond: 30),
                fraud(version: "2.4.0-rc1", requestsPerSecond: 9),
            ]),
        ServicePlan(
            name: "churn", path: "/churn/metrics", server: .mlServer,
            summary: "finds customers about to leave; v3.1.0 is a canary",
            models: [
                churn(version: "v3.0.2", requestsPerSecond: 16),
                churn(version: "v3.1.0", requestsPerSecond: 8),
            ]),
        ServicePlan(
            name: "geo-eta", path: "/geo-eta/metrics", server: .prometheusClient,
            summary: "estimates arrival times",
            models: [
                ModelPlan(
                    model: "geo-eta", version: "14", requestsPerSecond: 26,
                    medianLatencySeconds: 0.024, latencySigma: 0.5, errorRatio: 0.004,
                    residentBytes: 620e6)
            ]),
        ServicePlan(
            name: "embed-text", path: "/embed-text/metrics", server: .tensorFlowServing,
            summary: "turns sentences into vectors",
            models: [
                ModelPlan(
                    model: "embed-text", version: "", requestsPerSecond: 34,
                    medianLatencySeconds: 0.008, latencySigma: 0.3, errorRatio: 0.001,
                    residentBytes: 1.4e9)
            ]),
    ]

    private static func fraud(version: String, requestsPerSecond: Double) -> ModelPlan {
        ModelPlan(
            model: "fraud", version: version, requestsPerSecond: requestsPerSecond,
            medianLatencySeconds: 0.018, latencySigma: 0.4, errorRatio: 0.002,
            classes: ["legitimate", "review", "fraud"], weights: [0.90, 0.07, 0.03],
            driftedWeights: [0.62, 0.20, 0.18],
            score: ScorePlan(centre: 0.12, driftedCentre: 0.34, spread: 1.1),
            residentBytes: 910e6)
    }

    private static func churn(version: String, requestsPerSecond: Double) -> ModelPlan {
        ModelPlan(
            model: "churn", version: version, requestsPerSecond: requestsPerSecond,
            medianLatencySeconds: 0.006, latencySigma: 0.3, errorRatio: 0.001,
            classes: ["stays", "leaves"], weights: [0.82, 0.18], driftedWeights: [0.55, 0.45],
            residentBytes: 520e6)
    }
}
