/// A task can live on the client's thread: between two transfers, its answers and its sleep wake no
/// other thread, which costs more than a short piece of work between them.
///
/// Such a task must not hold the thread for long: the transfers wait as long. When the client is shut
/// down, the rest of the task runs where others do.
extension HTTPClient: TaskExecutor {
    package func enqueue(_ job: consuming ExecutorJob) {
        mailbox.submit(Step(job: UnownedJob(job), executor: self))
    }

    /// Waits on the client's thread.
    ///
    /// - Parameter duration: At most a day. Kept to a millisecond or two, and not cut short.
    /// - Throws: `CancellationError` when the task is cancelled or the client shut down.
    package func sleep(for duration: Duration) async throws {
        let ticket = Ticket()
        let deadline = ContinuousClock.now.advanced(by: min(duration, Self.longestTimeout))
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                mailbox.submit(
                    Sleeper(ticket: ticket, deadline: deadline, continuation: continuation))
            }
        } onCancel: {
            mailbox.cancel(ticket)
        }
        guard case .failure(let error) = result else { return }
        if error.kind == .cancelled || error.kind == .shutDown { throw CancellationError() }
        // The thread ended because libcurl failed: whoever sleeps is to find that out by asking.
        try await Task.sleep(until: deadline, clock: .continuous)
    }
}
