import Dispatch
import Foundation
import Synchronization

/// Runs the work of one service beside the scrapes: what blocks on the disk or computes for long
/// must not hold the few threads that those share.
final class WorkThread: TaskExecutor {
    private let name: String
    private let meter: WorkMeter?
    private let queue: DispatchQueue
    private let spentNanoseconds = Atomic<Int64>(0)

    init(name: String, meter: WorkMeter?) {
        self.name = name
        self.meter = meter
        queue = DispatchQueue(label: "mlmon.\(name)", qos: .utility)
    }

    /// What the pieces of work that have ended took of the processor. Unlike the time on the
    /// clock, it does not grow with what else runs on the machine.
    var cpuTime: Duration { .nanoseconds(spentNanoseconds.load(ordering: .relaxed)) }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { [self] in
            let before = Self.threadNanoseconds()
            job.runSynchronously(on: asUnownedTaskExecutor())
            let spent = Self.threadNanoseconds() - before
            spentNanoseconds.add(spent, ordering: .relaxed)
            meter?.note(name, .nanoseconds(spent))
        }
    }

    private static func threadNanoseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
