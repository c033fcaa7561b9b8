import Dispatch
import Foundation
import HTTP
import Synchronization

/// A thread for the work of one service beside the scrapes: what blocks on the disk or computes for
/// long must not hold the few threads that those share.
///
/// Ends when nothing refers to it any more and its work is done.
final class WorkThread: TaskExecutor {
    /// Each step up takes some 20 % of the share of a processor that is fought for: scrapes, which
    /// are lost when they are late, go before the work on what they brought.
    private static let niceness: Int32 = 4

    private let name: String
    private let meter: WorkMeter?
    private let inbox = Inbox()
    private let spentNanoseconds = Atomic<Int64>(0)

    init(name: String, meter: WorkMeter?) {
        self.name = name
        self.meter = meter
        Thread.detachNewThread { [inbox] in
            ThreadName.set("mlmon-\(name)")
            // On Linux this is of the calling thread alone. Where it fails all are equal.
            let thread = __priority_which_t(PRIO_PROCESS.rawValue)
            _ = setpriority(thread, 0, Self.niceness)
            while let jobs = inbox.next() {
                for (job, executor) in jobs { executor.run(job) }
            }
        }
    }

    deinit { inbox.close() }

    /// What the pieces of work that have ended took of the processor. Unlike the time on the
    /// clock, it does not grow with what else runs on the machine.
    var cpuTime: Duration { .nanoseconds(spentNanoseconds.load(ordering: .relaxed)) }

    func enqueue(_ job: consuming ExecutorJob) {
        inbox.add(UnownedJob(job), of: self)
    }

    private func run(_ job: UnownedJob) {
        let before = Self.threadNanoseconds()
        job.runSynchronously(on: asUnownedTaskExecutor())
        let spent = Self.threadNanoseconds() - before
        spentNanoseconds.add(spent, ordering: .relaxed)
        meter?.note(name, .nanoseconds(spent))
    }

    private static func threadNanoseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

/// What waits for a thread, in the order it came.
private final class Inbox: Sendable {
    /// A waiting job keeps its executor.
    typealias Entry = (job: UnownedJob, executor: WorkThread)

    private let state = Mutex<(entries: [Entry], isClosed: Bool)>(([], false))
    private let signal = DispatchSemaphore(value: 0)

    func add(_ job: UnownedJob, of executor: WorkThread) {
        let isFirst = state.withLock { state in
            state.entries.append((job, executor))
            return state.entries.count == 1
        }
        if isFirst { signal.signal() }
    }

    /// Waits for work.
    ///
    /// - Returns: All there is; nil where none will come.
    func next() -> [Entry]? {
        signal.wait()
        return state.withLock { state in
            if state.entries.isEmpty { return state.isClosed ? nil : [] }
            defer { state.entries = [] }
            return state.entries
        }
    }

    func close() {
        state.withLock { $0.isClosed = true }
        signal.signal()
    }
}
