/// Something that goes wrong in the simulated fleet, at a fixed time of every cycle.
package struct Incident: Sendable, Equatable {
    package enum Effect: Sendable, Equatable {
        /// Multiplies how long requests take.
        case latency(factor: Double)
        /// Share of requests that fail, 0…1.
        case errors(ratio: Double)
        /// Predictions are drawn from the model's drifted distribution.
        case drift
        /// The process is gone: connections are closed without an answer. It comes back with
        /// counters that begin at zero.
        case outage
    }

    package let service: String
    /// nil hits every version.
    package let version: String?
    package let effect: Effect
    /// Seconds from the start of a cycle, half-open.
    package let seconds: Range<Double>
    /// What a person would write into the log book.
    package let title: String

    /// After which the script begins again.
    package static let cycleSeconds = 360.0

    /// Nothing happens in the first minute, so that short references can be learned.
    static let script: [Incident] = [
        Incident(
            service: "geo-eta", version: nil, effect: .latency(factor: 6), seconds: 65..<100,
            title: "a map tile cache was flushed"),
        Incident(
            service: "fraud-score", version: "2.4.0-rc1", effect: .drift, seconds: 100..<175,
            title: "the canary calls far more payments fraud"),
        Incident(
            service: "vision-tag", version: nil, effect: .errors(ratio: 0.3), seconds: 115..<145,
            title: "a worker runs out of memory"),
        Incident(
            service: "embed-text", version: nil, effect: .outage, seconds: 150..<180,
            title: "the process was killed"),
        Incident(
            service: "llm-chat", version: nil, effect: .latency(factor: 3.5), seconds: 200..<235,
            title: "long prompts fill the key-value cache"),
        Incident(
            service: "churn", version: "v3.1.0", effect: .drift, seconds: 240..<300,
            title: "the canary sees a new customer segment"),
        Incident(
            service: "ranker", version: nil, effect: .latency(factor: 4), seconds: 270..<300,
            title: "a noisy neighbour takes the processor"),
    ]

    /// - Parameter elapsed: Seconds since the fleet started.
    func isActive(at elapsed: Double) -> Bool {
        seconds.contains(elapsed.truncatingRemainder(dividingBy: Self.cycleSeconds))
    }
}

/// What the incidents that are active at one instant do to one version of a service.
struct Conditions: Equatable {
    var latencyFactor = 1.0
    /// In place of the model's own ratio where higher.
    var errorRatio = 0.0
    var isDrifted = false
    var isDown = false

    init() {}

    init(service: String, version: String, at elapsed: Double) {
        for incident in Incident.script
        where incident.service == service && incident.version ?? version == version
            && incident.isActive(at: elapsed)
        {
            switch incident.effect {
            case .latency(let factor): latencyFactor *= factor
            case .errors(let ratio): errorRatio = max(errorRatio, ratio)
            case .drift: isDrifted = true
            case .outage: isDown = true
            }
        }
    }
}
