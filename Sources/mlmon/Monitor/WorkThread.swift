import Dispatch

/// Runs the work of one service beside the scrapes: what blocks on the disk or computes for long
/// must not hold the few threads that those share.
final class WorkThread: TaskExecutor {
    private let name: String
    private let meter: WorkMeter?
    private let queue: DispatchQueue

    init(name: String, meter: WorkMeter?) {
        self.name = name
        self.meter = meter
        queue = DispatchQueue(label: "mlmon.\(name)", qos: .utility)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { [self] in
            let run = { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
            if let meter { meter.measure(name, run) } else { run() }
        }
    }
}
