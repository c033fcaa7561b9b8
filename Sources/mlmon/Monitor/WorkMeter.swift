import Storage
import Synchronization

/// What each service of the program has computed so far, in CPU seconds of its own thread.
final class WorkMeter: Sendable {
    private let seconds = Mutex<[String: Double]>([:])

    /// Counts a piece of work that ended.
    func note(_ name: String, _ spent: Duration) {
        seconds.withLock { $0[name, default: 0] += spent / .seconds(1) }
    }

    var metric: OwnMetric {
        let seconds = seconds.withLock { $0 }.sorted { $0.key < $1.key }
        return OwnMetric(
            .counter, "mlmon_work_cpu_seconds", "CPU time of a service's thread.",
            seconds.map { (["work": $0.key], $0.value) })
    }
}
