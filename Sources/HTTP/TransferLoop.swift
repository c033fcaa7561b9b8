import CCurl

/// The life of the client's thread: takes jobs, drives libcurl, answers; between that, runs the
/// steps of tasks that live on the thread.
final class TransferLoop {
    private static let idlePoll = Duration.seconds(60)
    /// Steps beyond it wait until the transfers had their turn.
    private static let longestTurn = Duration.milliseconds(5)
    private static let maximumAddressCount = 10_000
    private static let shutDown = HTTPError(.shutDown, "the HTTP client was shut down")
    private static let cancelled = HTTPError(.cancelled, "cancelled")

    private let mailbox: Mailbox
    private let multi: MultiHandle
    private var pools = ConnectionPools()
    private let maximumTransferCount: Int
    /// Jobs beyond the limit, first come first served; one for each awaiting task at most.
    private var waiting: [Job] = []
    private var active: [ObjectIdentifier: Transfer] = [:]
    /// Handles to use again; with the active ones never more than the limit.
    private var idle: [Transfer] = []
    /// Ready to be given: together, so that whoever waits is woken once for several.
    private var answers: [(job: Job, outcome: Result<HTTPResponse, HTTPError>)] = []
    private var addresses: [String: Address] = [:]
    private var sleepers: [Sleeper] = []
    private var steps: [Step] = []

    init(
        _ mailbox: Mailbox, maximumTransferCount: Int, maximumIdleConnectionCount: Int
    ) throws(HTTPError) {
        self.mailbox = mailbox
        self.maximumTransferCount = maximumTransferCount
        multi = try MultiHandle(
            maximumIdleConnectionCount: ConnectionPools.share(of: maximumIdleConnectionCount))
        mailbox.install(Mailbox.Bell(multi: multi.pointer))
    }

    /// Returns after a shutdown, when everyone is answered.
    func run() {
        var ending = Self.shutDown
        do throws(HTTPError) {
            while collect() {
                startWaiting()
                try multi.perform()
                let hasMore = reap()
                answer()
                if !hasMore, steps.isEmpty, mailbox.fallAsleep() {
                    try multi.poll(for: pollDuration)
                }
            }
        } catch {
            ending = error
        }
        for transfer in active.values { abort(transfer, .failure(ending)) }
        answer()
        Mailbox.Mail(submitted: waiting, sleepers: sleepers, steps: steps).refuse(because: ending)
        idle = []
        mailbox.end(because: ending)
    }

    /// Takes the mail, runs the steps in it, and what they leave in turn.
    ///
    /// - Returns: Whether to go on: there was no shutdown.
    private func collect() -> Bool {
        let end = ContinuousClock.now + Self.longestTurn
        repeat {
            let mail = mailbox.collect()
            waiting += mail.submitted
            sleepers += mail.sleepers
            steps += mail.steps
            if mail.isShuttingDown { return false }
            for ticket in mail.cancelled { cancel(ticket) }
            wakeSleepers()
        } while takeTurn(until: end)
        return true
    }

    /// - Returns: Whether steps were run, and there is time for more.
    private func takeTurn(until end: ContinuousClock.Instant) -> Bool {
        var count = 0
        while count < steps.count, ContinuousClock.now < end {
            steps[count].run()
            count += 1
        }
        steps.removeFirst(count)
        return count > 0 && steps.isEmpty
    }

    /// Answers those whose time has come or who were cancelled, in the order of their times.
    private func wakeSleepers() {
        guard !sleepers.isEmpty else { return }
        let now = ContinuousClock.now
        sleepers.sort { $0.deadline < $1.deadline }
        sleepers.removeAll { sleeper in
            let isCancelled = sleeper.ticket.isCancelled.load(ordering: .relaxed)
            guard isCancelled || sleeper.deadline <= now else { return false }
            sleeper.continuation.resume(
                returning: isCancelled ? .failure(Self.cancelled) : .success(()))
            return true
        }
    }

    /// Until the first waiting job runs out of time, or the first sleeper's has come; libcurl knows
    /// about the active ones.
    private var pollDuration: Duration {
        let deadlines = [waiting.lazy.map(\.deadline).min(), sleepers.lazy.map(\.deadline).min()]
        guard let deadline = deadlines.lazy.compactMap(\.self).min() else { return Self.idlePoll }
        return min(max(ContinuousClock.now.duration(to: deadline), .zero), Self.idlePoll)
    }

    private func cancel(_ ticket: Ticket) {
        if let transfer = active[ObjectIdentifier(ticket)] {
            abort(transfer, .failure(Self.cancelled))
        } else if let index = waiting.firstIndex(where: { $0.ticket === ticket }) {
            waiting.remove(at: index).continuation.resume(returning: .failure(Self.cancelled))
        }
    }

    private func startWaiting() {
        guard !waiting.isEmpty else { return }
        let freeCount = min(maximumTransferCount - active.count, waiting.count)
        for job in waiting.prefix(freeCount) { start(job) }
        waiting.removeFirst(freeCount)
        let now = ContinuousClock.now
        for job in waiting where job.deadline <= now {
            let message =
                "no free transfer within \(job.request.timeout.brief): "
                + "\(maximumTransferCount) others are running"
            job.continuation.resume(returning: .failure(HTTPError(.timeout, message)))
        }
        waiting.removeAll { $0.deadline <= now }
    }

    private func start(_ job: Job) {
        guard !job.ticket.isCancelled.load(ordering: .relaxed) else {
            job.continuation.resume(returning: .failure(Self.cancelled))
            return
        }
        let transfer: Transfer
        do throws(HTTPError) {
            if let spare = idle.popLast() { transfer = spare } else { transfer = try Transfer() }
        } catch {
            job.continuation.resume(returning: .failure(error))
            return
        }
        do throws(HTTPError) {
            try transfer.prepare(job, at: try address(of: job.request), pools: &pools)
            try multi.add(transfer.easy)
            active[ObjectIdentifier(job.ticket)] = transfer
        } catch {
            transfer.clear(wasAnswered: false)
            idle.append(transfer)
            job.continuation.resume(returning: .failure(error))
        }
    }

    /// Taken apart once for each URL, since the same few are asked for again and again.
    private func address(of request: HTTPRequest) throws(HTTPError) -> Address {
        if let known = addresses[request.url] { return known }
        let address = try Address(request.url)
        if addresses.count == Self.maximumAddressCount { addresses.removeAll() }
        addresses[request.url] = address
        return address
    }

    /// Answers what ended.
    ///
    /// - Returns: Whether there is more to do before the next wait.
    private func reap() -> Bool {
        var hasChanged = false
        while let (easy, result) = multi.nextFinished() {
            var context: UnsafeMutableRawPointer?
            guard mlmon_getinfo_pointer(easy, CURLINFO_PRIVATE, &context) == CURLE_OK,
                let transfer = Transfer.from(context)
            else { continue }
            hasChanged = true
            let outcome = transfer.outcome(result)
            multi.remove(transfer.easy)
            guard case .success = outcome else {
                finish(transfer, outcome)
                continue
            }
            do throws(HTTPError) {
                if try transfer.followRedirect() {
                    try multi.add(transfer.easy)
                } else {
                    finish(transfer, outcome)
                }
            } catch {
                finish(transfer, .failure(error))
            }
        }
        return hasChanged
    }

    private func answer() {
        for (job, outcome) in answers { job.continuation.resume(returning: outcome) }
        answers.removeAll(keepingCapacity: true)
    }

    private func abort(_ transfer: Transfer, _ outcome: Result<HTTPResponse, HTTPError>) {
        multi.remove(transfer.easy)
        finish(transfer, outcome)
    }

    /// - Precondition: The transfer is not in the running set any more.
    private func finish(_ transfer: Transfer, _ outcome: Result<HTTPResponse, HTTPError>) {
        guard let job = transfer.job else { return }
        active[ObjectIdentifier(job.ticket)] = nil
        if case .success = outcome {
            transfer.clear(wasAnswered: true)
        } else {
            transfer.clear(wasAnswered: false)
        }
        idle.append(transfer)
        answers.append((job, outcome))
    }
}
