/// The whole fleet at one instant, moved on by time alone.
///
/// The state depends on the seed and the elapsed time, not on how many steps led there.
package struct FleetSimulation: Sendable {
    /// The answer of one service to a request for its metrics.
    package enum Answer: Equatable, Sendable {
        case page(contentType: String, text: String)
        /// The process is gone: nobody answers.
        case down
        case unknownService
    }

    /// Of one step, seconds.
    static let stepSeconds = 0.25

    private var services: [ServiceState]
    private let seed: UInt64
    private let startedAt: Double
    private var stepCount = 0

    /// - Parameter startedAt: Seconds since the epoch, for `process_start_time_seconds`.
    package init(seed: UInt64, startedAt: Double) {
        self.seed = seed
        self.startedAt = startedAt
        services = FleetPlan.services.map {
            ServiceState(plan: $0, seed: seed, startedAt: startedAt)
        }
    }

    /// Moves the fleet on; an earlier time than the present one changes nothing.
    ///
    /// - Complexity: O(requests), about 200 for each elapsed second.
    package mutating func advance(to elapsed: Duration) {
        let (seconds, attoseconds) = elapsed.components
        let target = Int((Double(seconds) + Double(attoseconds) * 1e-18) / Self.stepSeconds)
        while stepCount < target {
            let now = Double(stepCount) * Self.stepSeconds
            for index in services.indices {
                services[index].advance(
                    by: Self.stepSeconds, at: now, seed: seed, startedAt: startedAt)
            }
            stepCount += 1
        }
    }

    /// - Parameter path: Of the request, as in `DemoFleet.services(port:)`.
    package func answer(path: String) -> Answer {
        guard let service = services.first(where: { $0.plan.path == path }) else {
            return .unknownService
        }
        return service.isDown ? .down : service.page
    }
}

/// One service: a process that can die and start anew.
struct ServiceState: Sendable {
    let plan: ServicePlan
    private(set) var models: [ModelTraffic]
    private(set) var isDown = false
    /// Seconds since the epoch.
    private(set) var processStart: Double
    private(set) var processorSeconds = 0.0

    init(plan: ServicePlan, seed: UInt64, startedAt: Double) {
        self.plan = plan
        models = plan.models.map { ModelTraffic(plan: $0, service: plan, seed: seed) }
        processStart = startedAt
    }

    /// Both versions of a canary live in one process, so an outage takes them together.
    mutating func advance(by seconds: Double, at elapsed: Double, seed: UInt64, startedAt: Double) {
        let wasDown = isDown
        isDown = Conditions(service: plan.name, version: "", at: elapsed).isDown
        guard !isDown else { return }
        if wasDown {
            let restart = UInt64(elapsed)
            self = ServiceState(
                plan: plan, seed: seed &+ restart, startedAt: startedAt + elapsed)
        }
        for index in models.indices {
            models[index].advance(by: seconds, at: elapsed)
        }
        processorSeconds += seconds * 0.02 + Double(models.reduce(0) { $0 + $1.inFlight }) * 0.01
    }

    var page: FleetSimulation.Answer {
        let (contentType, text) = plan.server.render(self)
        return .page(contentType: contentType, text: text)
    }
}
