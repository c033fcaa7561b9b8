import Logging
import ServiceLifecycle

/// Runs a piece of work again and again until the group shuts down, then once to finish.
struct PeriodicService: Service, CustomStringConvertible {
    /// A round that took long is followed by a pause this much longer, so that no service takes
    /// the machine for itself, however large the fleet.
    private static let restFactor = 3

    let name: String
    let interval: Duration
    let logger: Logger
    /// What it throws is logged, once for each new message; the next round tries again.
    let work: @Sendable () async throws -> Void
    /// Runs after the last round, whatever it threw.
    var finish: @Sendable () async throws -> Void = {}

    var description: String { name }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var lastComplaint: String?
            while !Task.isCancelled {
                let start = ContinuousClock.now
                do {
                    try await work()
                    lastComplaint = nil
                } catch is CancellationError {
                    break
                } catch {
                    let complaint = "\(error)"
                    if complaint != lastComplaint { logger.error("\(name): \(complaint)") }
                    lastComplaint = complaint
                }
                let spent = ContinuousClock.now - start
                try? await Task.sleep(for: max(interval, spent * Self.restFactor))
            }
        }
        do {
            try await finish()
        } catch {
            logger.error("\(name): \(error)")
        }
    }
}
