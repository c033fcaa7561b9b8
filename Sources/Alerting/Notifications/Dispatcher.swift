import Foundation
import HTTP
import Logging
import Storage
import TimeSeries

/// How notifications are sent.
package struct DispatchOptions: Sendable {
    /// Where mlmon can be reached, for links in notifications, without a slash at the end; "" where
    /// it cannot.
    package var externalURL: String
    /// From writing a notification to giving it up.
    package var expiry: Duration
    /// How long delivered and dead notifications can still be looked at.
    package var settledRetention: Duration
    /// Beyond this the oldest waiting notifications are given up.
    package var maximumWaitingCount: Int
    /// Requests in flight to one webhook, each about another group.
    package var maximumConcurrency: Int

    package init(
        externalURL: String = "", expiry: Duration = .seconds(86_400),
        settledRetention: Duration = .seconds(86_400), maximumWaitingCount: Int = 10_000,
        maximumConcurrency: Int = 4
    ) {
        self.externalURL = externalURL
        self.expiry = expiry
        self.settledRetention = settledRetention
        self.maximumWaitingCount = maximumWaitingCount
        self.maximumConcurrency = maximumConcurrency
    }
}

/// What one pass did, and when the next is worth while.
package struct DispatchReport: Sendable, Equatable {
    /// Messages written to the outbox.
    package var writtenCount = 0
    package var deliveredCount = 0
    /// Attempts that failed and will be repeated.
    package var retriedCount = 0
    /// Messages given up.
    package var deadCount = 0
    /// nil where nothing waits and no group is open.
    package var nextWake: Timestamp?

    package init() {}
}

/// Writes the notifications of groups that are due, and delivers what the outbox holds.
///
/// Messages about one group leave for one webhook one after the other, oldest first, so that
/// "resolved" never overtakes "firing"; everything else leaves side by side. A message is sent at
/// least once: the same bytes under the same identifier until the receiver answers 2xx, refuses for
/// good, or the message expires, also across restarts.
package actor Dispatcher {
    let store: Store
    let receivers: [String: Receiver]
    let client: HTTPClient
    let options: DispatchOptions
    let logger: Logger
    private let writer: NotificationWriter
    private let entropy: @Sendable () -> UInt64

    private var latest: Timestamp?
    private var lastTrim: Timestamp?
    private var lanesInFlight: Set<OutboxLane> = []
    /// Webhooks that answered 410, until the configuration is read again.
    var goneWebhooks: Set<WebhookKey> = []
    /// Delivered, but the store could not note it; not to be sent again by this process.
    var unrecordedIDs: Set<String> = []
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    struct WebhookKey: Hashable {
        let receiver: String
        let index: Int
    }

    /// - Parameter entropy: Random bits, for identifiers and jitter.
    package init(
        store: Store, receivers: [Receiver], client: HTTPClient,
        options: DispatchOptions = DispatchOptions(),
        entropy: @escaping @Sendable () -> UInt64 = { UInt64.random(in: .min ... .max) },
        logger: Logger = Logger(label: "mlmon.notifications")
    ) {
        self.store = store
        self.receivers = Dictionary(
            receivers.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        self.client = client
        self.options = options
        self.entropy = entropy
        self.logger = logger
        writer = NotificationWriter(
            receivers: self.receivers, externalURL: options.externalURL, expiry: options.expiry,
            logger: logger)
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// One pass: writes what is due, tries to deliver what is due, and returns when every attempt
    /// has ended.
    ///
    /// - Throws: Where the store cannot be read or written.
    package func dispatch(at now: Timestamp) async throws -> DispatchReport {
        var report = DispatchReport()
        report.writtenCount = try flush(at: now)
        report.add(try await deliverDue(at: now))
        report.nextWake = try nextWake()
        return report
    }

    /// Dispatches until the task is cancelled. A slow receiver holds up only its own messages.
    ///
    /// - Parameters:
    ///   - now: The wall clock.
    ///   - maximumSleep: How often to look for groups that rules opened; `wake` is quicker.
    package func run(
        now: @escaping @Sendable () -> Timestamp, maximumSleep: Duration = .seconds(1),
        sleep: @escaping @Sendable (Duration) async throws -> Void = {
            try await Task.sleep(for: $0)
        }
    ) async {
        await withDiscardingTaskGroup { tasks in
            var iterator = signals.makeAsyncIterator()
            while !Task.isCancelled {
                var wait = maximumSleep
                do {
                    _ = try flush(at: now())
                    for lane in try startDueLanes(at: now()) {
                        tasks.addTask { await self.runLane(lane, now: now) }
                    }
                    if let wake = try nextWake() {
                        wait = min(max(wake - now(), .milliseconds(1)), maximumSleep)
                    }
                } catch {
                    logger.error("notifications wait", metadata: ["error": "\(error)"])
                }
                let timer = Task { [signal, wait] in
                    try await sleep(wait)
                    signal.yield()
                }
                _ = await iterator.next()
                timer.cancel()
            }
        }
    }

    /// Looks at groups and outbox at once; for whoever has just evaluated rules.
    package nonisolated func wake() {
        signal.yield()
    }

    // MARK: Steps

    private func flush(at now: Timestamp) throws -> Int {
        let isBehind = latest.map { now < $0 - .seconds(1) } ?? true
        let isDue = try store.readAlertPlane("reading notification groups") { plane in
            try !plane.groups(dueAt: now.milliseconds).isEmpty
        }
        let isTrimming = lastTrim.map { now < $0 || now - $0 >= .seconds(60) } ?? true
        guard isBehind || isDue || isTrimming else {
            latest = now
            return 0
        }
        let count = try store.updateAlertPlane("writing notifications") { plane in
            if isBehind { try rebase(plane, to: now) }
            if isTrimming {
                try plane.trimOutbox(
                    settledBefore: (now - options.settledRetention).milliseconds,
                    maximumWaitingCount: options.maximumWaitingCount, at: now.milliseconds)
            }
            return try writer.flush(plane, at: now, newID: { newID() })
        }
        latest = now
        if isTrimming { lastTrim = now }
        return count
    }

    private func rebase(_ plane: AlertPlane, to now: Timestamp) throws {
        for group in try plane.groups() {
            var rebased = group
            rebased.rebase(to: now.milliseconds)
            if rebased != group { try plane.save(rebased) }
        }
        try plane.limitNextAttempts(
            to: (now + DeliveryOutcome.maximumRetryAfter).milliseconds)
    }

    private func deliverDue(at now: Timestamp) async throws -> DispatchReport {
        let first = try startDueLanes(at: now)
        return try await withThrowingTaskGroup(of: DispatchReport.self) { tasks in
            for lane in first { tasks.addTask { try await self.work(on: lane) { now } } }
            var total = DispatchReport()
            while let report = try await tasks.next() {
                total.add(report)
                // A lane that ends makes room for another one of the same webhook.
                for lane in try startDueLanes(at: now) {
                    tasks.addTask { try await self.work(on: lane) { now } }
                }
            }
            return total
        }
    }

    /// Marks lanes as in flight and returns them.
    private func startDueLanes(at now: Timestamp) throws -> [OutboxLane] {
        let heads = try store.readAlertPlane("reading the outbox") { try $0.laneHeads() }
        var started: [OutboxLane] = []
        for head in heads where head.isDue(at: now) && !lanesInFlight.contains(head.lane) {
            let busy = lanesInFlight.count {
                $0.receiver == head.lane.receiver && $0.webhookIndex == head.lane.webhookIndex
            }
            guard busy < options.maximumConcurrency else { continue }
            lanesInFlight.insert(head.lane)
            started.append(head.lane)
        }
        return started
    }

    /// Delivers what a lane holds, and lets go of the lane.
    private func work(
        on lane: OutboxLane, now: @escaping @Sendable () -> Timestamp
    ) async throws -> DispatchReport {
        defer { lanesInFlight.remove(lane) }
        return try await deliver(lane, now: now)
    }

    private func runLane(_ lane: OutboxLane, now: @escaping @Sendable () -> Timestamp) async {
        do {
            _ = try await work(on: lane, now: now)
            signal.yield()
        } catch {
            // The store failed; it is tried again when the dispatcher wakes by itself.
            logger.error("a notification waits", metadata: ["error": "\(error)"])
        }
    }

    private func nextWake() throws -> Timestamp? {
        let (flush, heads) = try store.readAlertPlane("reading the outbox") { plane in
            (try plane.nextFlush(), try plane.laneHeads())
        }
        let attempts = heads.filter { !lanesInFlight.contains($0.lane) }
            .map { min($0.nextAttemptMilliseconds, $0.expiresMilliseconds) }
        return ((flush.map { [$0] } ?? []) + attempts).min().map(Timestamp.init(milliseconds:))
    }

    // MARK: Randomness

    /// In 0..<1.
    func jitter() -> Double {
        Double(entropy() >> 11) * 0x1p-53
    }

    /// A random UUID, version 4; holds no full stop, as Standard Webhooks asks.
    private func newID() -> String {
        let high = entropy() & ~0xF000 | 0x4000
        let low = entropy() & ~(0b11 << 62) | 0b10 << 62
        var rest = (Self.hex(high) + Self.hex(low))[...]
        return [8, 4, 4, 4, 12].map { length in
            defer { rest = rest.dropFirst(length) }
            return rest.prefix(length)
        }.joined(separator: "-")
    }

    private static func hex(_ word: UInt64) -> String {
        let digits = String(word, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

extension AlertPlane.LaneHead {
    fileprivate func isDue(at now: Timestamp) -> Bool {
        nextAttemptMilliseconds <= now.milliseconds || expiresMilliseconds <= now.milliseconds
    }
}

extension DispatchReport {
    mutating func add(_ other: DispatchReport) {
        writtenCount += other.writtenCount
        deliveredCount += other.deliveredCount
        retriedCount += other.retriedCount
        deadCount += other.deadCount
    }
}
