import Dispatch

/// Runs the work of one service beside the scrapes: what blocks on the disk or computes for long
/// must not hold the few threads that those share.
final class WorkThread: TaskExecutor {
    private let queue: DispatchQueue

    init(name: String) {
        queue = DispatchQueue(label: "mlmon.\(name)", qos: .utility)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
