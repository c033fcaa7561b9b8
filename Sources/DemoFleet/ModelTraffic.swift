#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What one version of a model has served since its process started.
struct ModelTraffic {
    let plan: ModelPlan
    private let service: String
    private var random: RandomSource
    /// Crest of the traffic wave, 0…1 of its period.
    private let wavePhase: Double
    /// Slow noise of the traffic, a share of its mean.
    private var drift = 0.0

    private(set) var succeeded = 0
    private(set) var failed = 0
    private(set) var classCounts: [Int]
    /// Of all requests, seconds.
    private(set) var latency: CumulativeHistogram
    /// Of successes alone, seconds.
    private(set) var successLatency: CumulativeHistogram
    private(set) var score = CumulativeHistogram(bounds: BucketBounds.tenths)
    private(set) var queueSeconds = 0.0
    private(set) var computeSeconds = 0.0
    private(set) var inFlight = 0
    private(set) var waiting = 0
    private(set) var lastLatencySeconds = 0.0
    private(set) var tokens: TokenTraffic?

    init(plan: ModelPlan, service: ServicePlan, seed: UInt64) {
        self.plan = plan
        self.service = service.name
        random = RandomSource(seed: seed, name: "\(service.name)/\(plan.model)/\(plan.version)")
        wavePhase = random.uniform()
        classCounts = Array(repeating: 0, count: plan.classes.count)
        let bounds = BucketBounds.latency(of: service.server)
        latency = CumulativeHistogram(bounds: bounds)
        successLatency = CumulativeHistogram(bounds: bounds)
        tokens = plan.language.map { _ in TokenTraffic() }
    }

    /// Serves the requests that arrive in one step.
    ///
    /// - Parameters:
    ///   - seconds: Length of the step.
    ///   - elapsed: Seconds since the fleet started, at the beginning of the step.
    mutating func advance(by seconds: Double, at elapsed: Double) {
        let conditions = Conditions(service: service, version: plan.version, at: elapsed)
        drift = 0.995 * drift + 0.004 * random.normal()
        let turn = elapsed / FleetPlan.waveSeconds + wavePhase
        let wave = 1 + FleetPlan.waveAmplitude * sin(2 * .pi * turn) + drift
        let rate = max(0, plan.requestsPerSecond * wave)
        let arrivals = random.poisson(mean: rate * seconds)
        for _ in 0..<arrivals { serve(conditions) }
        // Little's law: requests in the house = arrivals per second × seconds that each stays.
        let busy = rate * plan.medianLatencySeconds * conditions.latencyFactor
        inFlight = random.poisson(mean: busy)
        waiting = random.poisson(mean: busy * 0.04 * (conditions.latencyFactor - 0.9))
        if let language = plan.language {
            tokens?.cacheUsage = min(0.99, Double(inFlight + waiting) / language.cacheCapacity)
        }
    }

    private mutating func serve(_ conditions: Conditions) {
        let seconds = random.logNormal(
            median: plan.medianLatencySeconds * conditions.latencyFactor, sigma: plan.latencySigma)
        let queued = seconds * (conditions.latencyFactor > 1 ? 0.55 : 0.12) * random.uniform()
        lastLatencySeconds = seconds
        queueSeconds += queued
        computeSeconds += (seconds - queued) * 0.9
        latency.observe(seconds)
        if random.uniform() < max(plan.errorRatio, conditions.errorRatio) {
            failed += 1
            return
        }
        succeeded += 1
        successLatency.observe(seconds)
        predict(isDrifted: conditions.isDrifted)
        if let language = plan.language {
            tokens?.observe(language, seconds: seconds, queued: queued, random: &random)
        }
    }

    private mutating func predict(isDrifted: Bool) {
        if !plan.classes.isEmpty {
            classCounts[
                random.index(weights: isDrifted ? plan.driftedWeights : plan.weights)] += 1
        }
        if let shape = plan.score {
            score.observe(
                random.score(
                    centre: isDrifted ? shape.driftedCentre : shape.centre, spread: shape.spread))
        }
    }
}

/// What a language model has served beside plain requests.
struct TokenTraffic {
    private(set) var promptTokens = 0
    private(set) var generatedTokens = 0
    private(set) var timeToFirstToken = CumulativeHistogram(bounds: BucketBounds.firstToken)
    private(set) var interTokenLatency = CumulativeHistogram(bounds: BucketBounds.interToken)
    private(set) var queueTime = CumulativeHistogram(bounds: BucketBounds.vllmRequest)
    private(set) var promptSizes = CumulativeHistogram(bounds: BucketBounds.tokenCounts)
    private(set) var generatedSizes = CumulativeHistogram(bounds: BucketBounds.tokenCounts)
    /// 0…1.
    var cacheUsage = 0.0

    mutating func observe(
        _ plan: LanguagePlan, seconds: Double, queued: Double, random: inout RandomSource
    ) {
        let prompt = max(1, Int(random.logNormal(median: plan.promptTokens, sigma: 0.6)))
        let generated = max(2, Int(random.logNormal(median: plan.generatedTokens, sigma: 0.4)))
        promptTokens += prompt
        generatedTokens += generated
        promptSizes.observe(Double(prompt))
        generatedSizes.observe(Double(generated))
        queueTime.observe(queued)
        let first = queued + (seconds - queued) * 0.1
        timeToFirstToken.observe(first)
        let step = (seconds - first) / Double(generated - 1)
        // One request's tokens are alike; a few stand for all of them.
        for _ in 0..<8 {
            interTokenLatency.observe(step * random.logNormal(median: 1, sigma: 0.2))
        }
    }
}

/// The bucket bounds of the real servers, seconds unless the name says otherwise.
enum BucketBounds {
    static let tenths = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]
    static let prometheusClient = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
    ]
    static let mlServer = [
        0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
    ]
    static let vllmRequest = [
        0.3, 0.5, 0.8, 1.0, 1.5, 2.0, 2.5, 5.0, 10.0, 15.0, 20.0, 30.0, 40.0, 50.0, 60.0, 120.0,
        240.0, 480.0, 960.0, 1920.0, 7680.0,
    ]
    static let firstToken = [
        0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
        20.0, 40.0, 80.0, 160.0, 640.0, 2560.0,
    ]
    static let interToken = [
        0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
        20.0, 40.0, 80.0,
    ]
    /// Tokens.
    static let tokenCounts = [
        1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0, 5000.0,
    ]
    /// 33 bounds of 10 · 1.8ⁿ microseconds, as TensorFlow Serving has them, in seconds.
    static let tensorFlowServing = (0..<33).map { 1e-6 * 10 * pow(1.8, Double($0)) }

    static func latency(of server: ServerKind) -> [Double] {
        switch server {
        case .vllm: vllmRequest
        case .mlServer: mlServer
        case .tensorFlowServing: tensorFlowServing
        case .prometheusClient, .triton, .torchServe: prometheusClient
        }
    }
}
