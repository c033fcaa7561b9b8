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
    /// calls it only under the bell's lock, from which the loop takes it before the handle is
    /// destroyed.
    struct Bell: @unchecked Sendable {
        let multi: OpaquePointer

        func ring() { curl_multi_wakeup(multi) }
    }

    private struct State {
        var mail = Mail()
        /// Set when the thread is through; every job is answered with it from then on.
        var ending: HTTPError?
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    /// Has a lock of its own: whom it wakes asks for the mail at once, and would find that locked.
    private let bell = Mutex<Bell?>(nil)

    func submit(_ job: Job) {
        let (ending, isFirst) = state.withLock { state in
            let isFirst = state.mail.submitted.isEmpty
            if state.ending == nil { state.mail.submitted.append(job) }
            return (state.ending, isFirst)
        }
        if let ending {
            job.continuation.resume(returning: .failure(ending))
        } else if isFirst {
            // Whoever leaves another before the mail is collected need not ring again.
            ring()
        }
    }

    private func ring() {
        bell.withLock { $0?.ring() }
    }

    func cancel(_ ticket: Ticket) {
        ticket.isCancelled.store(true, ordering: .relaxed)
        state.withLock { state in
            if state.ending == nil { state.mail.cancelled.append(ticket) }
        }
        ring()
    }

    func beginShutdown() {
        state.withLock { $0.mail.isShuttingDown = true }
        ring()
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
        self.bell.withLock { $0 = bell }
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
        bell.withLock { $0 = nil }
        let (jobs, waiters) = state.withLock { state in
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
