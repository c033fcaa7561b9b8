import CCurl
import Synchronization

/// A request on its way through the client, and who waits for it.
final class Job: Sendable {
    let request: HTTPRequest
    let ticket: Ticket
    let continuation: CheckedContinuation<Result<HTTPResponse, HTTPError>, Never>
    let started = ContinuousClock.now
    let deadline: ContinuousClock.Instant

    init(
        _ request: HTTPRequest, ticket: Ticket, timeout: Duration,
        continuation: CheckedContinuation<Result<HTTPResponse, HTTPError>, Never>
    ) {
        self.request = request
        self.ticket = ticket
        self.continuation = continuation
        deadline = started.advanced(by: timeout)
    }
}

/// Who waits for a time to come.
struct Sleeper: Sendable {
    let ticket: Ticket
    let deadline: ContinuousClock.Instant
    /// Answered with success when the time has come.
    let continuation: CheckedContinuation<Result<Void, HTTPError>, Never>
}

/// A step of a task that runs on the client's thread. While it waits it keeps its executor.
struct Step: Sendable {
    let job: UnownedJob
    let executor: HTTPClient

    func run() { job.runSynchronously(on: executor.asUnownedTaskExecutor()) }
}

/// The identity of who waits; remembers a cancellation, even one before the wait began.
final class Ticket: Sendable {
    let isCancelled = Atomic<Bool>(false)
}

/// What callers leave for the thread of the client.
///
/// Holds at most one entry for each task that awaits an answer or runs on the thread.
final class Mailbox: Sendable {
    /// What the thread has to do next.
    struct Mail {
        var submitted: [Job] = []
        var cancelled: [Ticket] = []
        var sleepers: [Sleeper] = []
        var steps: [Step] = []
        var isShuttingDown = false

        var isEmpty: Bool {
            submitted.isEmpty && cancelled.isEmpty && sleepers.isEmpty && steps.isEmpty
                && !isShuttingDown
        }

        /// Tells everyone in it that the thread will not get to them; steps run elsewhere.
        func refuse(because error: HTTPError) {
            for job in submitted { job.continuation.resume(returning: .failure(error)) }
            for sleeper in sleepers { sleeper.continuation.resume(returning: .failure(error)) }
            for step in steps { globalConcurrentExecutor.enqueue(step.job) }
        }
    }

    /// Proof of `@unchecked`: curl_multi_wakeup(3) may be called from any thread, and the mailbox
    /// calls it only under the bell's lock, from which the loop takes it before the handle is
    /// destroyed.
    struct Bell: @unchecked Sendable {
        let multi: OpaquePointer

        func ring() { mlmon_multi_wakeup(multi) }
    }

    private struct State {
        var mail = Mail()
        /// Whether the thread looks at its mail again before it waits: it need not be woken.
        var isAwake = true
        /// Set when the thread is through; everyone is answered with it from then on.
        var ending: HTTPError?
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    /// Has a lock of its own: whom it wakes asks for the mail at once, and would find that locked.
    private let bell = Mutex<Bell?>(nil)

    func submit(_ job: Job) {
        if let ending = leave({ $0.submitted.append(job) }) {
            job.continuation.resume(returning: .failure(ending))
        }
    }

    func submit(_ sleeper: Sleeper) {
        if let ending = leave({ $0.sleepers.append(sleeper) }) {
            sleeper.continuation.resume(returning: .failure(ending))
        }
    }

    func submit(_ step: Step) {
        if leave({ $0.steps.append(step) }) != nil { globalConcurrentExecutor.enqueue(step.job) }
    }

    func cancel(_ ticket: Ticket) {
        ticket.isCancelled.store(true, ordering: .relaxed)
        _ = leave { $0.cancelled.append(ticket) }
    }

    func beginShutdown() {
        _ = leave { $0.isShuttingDown = true }
    }

    /// - Returns: Why the thread will not see it, where it is through.
    private func leave(_ add: (inout Mail) -> Void) -> HTTPError? {
        let (ending, isAsleep) = state.withLock { state in
            guard state.ending == nil else { return (state.ending, false) }
            add(&state.mail)
            defer { state.isAwake = true }
            return (nil, !state.isAwake)
        }
        if isAsleep { bell.withLock { $0?.ring() } }
        return ending
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
            state.mail = Mail(isShuttingDown: mail.isShuttingDown)
            state.isAwake = true
            return mail
        }
    }

    /// Called by the thread before it waits.
    ///
    /// - Returns: Whether it may: nothing came since it last looked, and the bell will ring.
    func fallAsleep() -> Bool {
        state.withLock { state in
            state.isAwake = !state.mail.isEmpty
            return !state.isAwake
        }
    }

    /// Called by the thread as its last act: answers everything there is and will be.
    func end(because error: HTTPError) {
        bell.withLock { $0 = nil }
        let (mail, waiters) = state.withLock { state in
            state.ending = error
            defer {
                state.mail = Mail()
                state.waiters = []
            }
            return (state.mail, state.waiters)
        }
        mail.refuse(because: error)
        for waiter in waiters { waiter.resume() }
    }
}
