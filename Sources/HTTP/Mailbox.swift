import CCurl
import Synchronization

/// A request on its way through the client, and who waits for it.
struct Job: Sendable {
    let request: HTTPRequest
    let ticket: Ticket
    let continuation: CheckedContinuation<Result<HTTPResponse, HTTPError>, Never>
    let started: ContinuousClock.Instant
    let deadline: ContinuousClock.Instant
}

/// The identity of a job; remembers that it was cancelled, even before it was submitted.
final class Ticket: Sendable {
    let isCancelled = Atomic<Bool>(false)
}

/// What callers leave for the thread of the client.
///
/// Holds at most one entry for each task that awaits an answer.
final class Mailbox: Sendable {
    /// What the thread has to do next.
    struct Mail {
        var submitted: [Job] = []
        var cancelled: [Ticket] = []
        var isShuttingDown = false
    }

    /// Proof of `@unchecked`: curl_multi_wakeup(3) may be called from any thread, and the mailbox
    /// calls it only under its lock, from which the loop takes it before the handle is destroyed.
    struct Bell: @unchecked Sendable {
        let multi: OpaquePointer

        func ring() { curl_multi_wakeup(multi) }
    }

    private struct State {
        var mail = Mail()
        var bell: Bell?
        /// Set when the thread is through; every job is answered with it from then on.
        var ending: HTTPError?
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    func submit(_ job: Job) {
        let ending = state.withLock { state in
            if state.ending == nil {
                // Whoever left the first has rung.
                if state.mail.submitted.isEmpty { state.bell?.ring() }
                state.mail.submitted.append(job)
            }
            return state.ending
        }
        if let ending { job.continuation.resume(returning: .failure(ending)) }
    }

    func cancel(_ ticket: Ticket) {
        ticket.isCancelled.store(true, ordering: .relaxed)
        state.withLock { state in
            guard state.ending == nil else { return }
            state.mail.cancelled.append(ticket)
            state.bell?.ring()
        }
    }

    func beginShutdown() {
        state.withLock { state in
            state.mail.isShuttingDown = true
            state.bell?.ring()
        }
    }

    func waitForEnd() async {
        await withCheckedContinuation { continuation in
            let hasEnded = state.withLock { state in
                if state.ending == nil { state.waiters.append(continuation) }
                return state.ending != nil
            }
            if hasEnded { continuation.resume() }
        }
    }

    /// Called by the thread, before its first look at the mail.
    func install(_ bell: Bell) {
        state.withLock { $0.bell = bell }
    }

    /// Called by the thread: everything that came since the last call.
    func collect() -> Mail {
        state.withLock { state in
            let mail = state.mail
            state.mail.submitted = []
            state.mail.cancelled = []
            return mail
        }
    }

    /// Called by the thread as its last act: answers everything there is and will be.
    func end(because error: HTTPError) {
        let (jobs, waiters) = state.withLock { state in
            state.bell = nil
            state.ending = error
            defer {
                state.mail.submitted = []
                state.mail.cancelled = []
                state.waiters = []
            }
            return (state.mail.submitted, state.waiters)
        }
        for job in jobs { job.continuation.resume(returning: .failure(error)) }
        for waiter in waiters { waiter.resume() }
    }
}
