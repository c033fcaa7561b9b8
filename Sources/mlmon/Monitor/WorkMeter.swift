import Foundation
import Storage
import Synchronization

/// What each service of the program has computed so far, in CPU seconds of its own thread.
final class WorkMeter: Sendable {
    private let seconds = Mutex<[String: Double]>([:])

    /// Runs a piece of the work on the calling thread, and counts it.
    func measure(_ name: String, _ work: () -> Void) {
        let before = Self.threadSeconds()
        work()
        let spent = Self.threadSeconds() - before
        seconds.withLock { $0[name, default: 0] += spent }
    }

    var metric: OwnMetric {
        let seconds = seconds.withLock { $0 }.sorted { $0.key < $1.key }
        return OwnMetric(
            .counter, "mlmon_work_cpu_seconds", "CPU time of a service's thread.",
            seconds.map { (["work": $0.key], $0.value) })
    }

    private static func threadSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
