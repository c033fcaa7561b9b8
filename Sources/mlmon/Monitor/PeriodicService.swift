import Logging
import ServiceLifecycle

/// Runs a piece of work again and again until the group shuts down, then once to finish.
struct PeriodicService: Service, CustomStringConvertible {
    /// How long to rest after a round, so that no service takes the machine for itself, however
    /// large the fleet.
    struct Rest: Sendable {
        /// In multiples of the CPU time that the round took.
        var factor: Int
        /// Where the factor gives more; nil for no bound.
        var longest: Duration?
        /// Like `factor`, but whatever the bound.
        var leastFactor = 0

        /// At most a quarter of one core.
        static let quarter = Rest(factor: 3)
        /// Half a percent of one core, while that is not more than a minute, after which Prometheus
        /// evaluates its rules where nothing else is said; never more than a quarter.
        static let evaluation = Rest(
            factor: 200, longest: .seconds(60), leastFactor: quarter.factor)

        /// Like `evaluation`, but no longer than what is judged at once, where a quarter of a core
        /// suffices for that: rounds that come late have more to judge, take longer, and would rest
        /// longer still.
        static func evaluation(of window: Duration) -> Rest {
            var rest = evaluation
            rest.longest = min(window, .seconds(60))
            return rest
        }

        /// Others wait to see what is committed: a slow disk must not make them wait for longer.
        static let commit = Rest(factor: 3, longest: .seconds(1))

        func pause(after spent: Duration, interval: Duration) -> Duration {
            let rest = spent * factor
            let bounded = longest.map { min(rest, $0) } ?? rest
            return max(interval, bounded, spent * leastFactor)
        }
    }

    private static let measuredRoundCount = 3

    let name: String
    let interval: Duration
    var rest = Rest.quarter
    var meter: WorkMeter?
    /// What the first round waits for.
    var firstRound: FirstRound?
    let logger: Logger
    /// What it throws is logged, once for each new message; the next round tries again.
    let work: @Sendable () async throws -> Void
    /// Runs after the last round, whatever it threw.
    var finish: @Sendable () async throws -> Void = {}

    var description: String { name }

    func metered(by meter: WorkMeter) -> PeriodicService {
        var service = self
        service.meter = meter
        return service
    }

    /// The service, beginning when the targets were scraped.
    func after(_ firstRound: FirstRound) -> PeriodicService {
        var service = self
        service.firstRound = firstRound
        return service
    }

    func run() async throws {
        let thread = WorkThread(name: name, meter: meter)
        await withTaskExecutorPreference(thread) {
            await cancelWhenGracefulShutdown { await repeatWork(on: thread) }
            do {
                try await finish()
            } catch {
                logger.error("\(name): \(error)")
            }
        }
    }

    private func repeatWork(on thread: WorkThread) async {
        var beginning = firstRound
        var lastComplaint: String?
        var latest: [Duration] = []
        while !Task.isCancelled {
            let before = thread.cpuTime
            do {
                if let round = beginning.take() {
                    try await round.inTurn(work)
                } else {
                    try await work()
                }
                if lastComplaint != nil { logger.notice("\(name): well again") }
                lastComplaint = nil
            } catch is CancellationError {
                break
            } catch {
                let complaint = "\(error)"
                if complaint != lastComplaint { logger.error("\(name): \(complaint)") }
                lastComplaint = complaint
            }
            // The last piece of the round is counted when it gives the thread back.
            await Task.yield()
            // A single slow round, like the first, is no measure of the work.
            latest = Array(
                (latest + [thread.cpuTime - before]).suffix(Self.measuredRoundCount))
            let spent = latest.min() ?? .zero
            try? await Task.sleep(for: rest.pause(after: spent, interval: interval))
        }
    }
}
