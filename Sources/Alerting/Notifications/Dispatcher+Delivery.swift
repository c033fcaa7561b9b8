import HTTP
import Logging
import Storage
import TimeSeries

extension Dispatcher {
    /// Sends the messages of one lane until it is empty, or its head has to wait.
    ///
    /// - Precondition: No other call for this lane is under way.
    func deliver(
        _ lane: OutboxLane, now: @escaping @Sendable () -> Timestamp
    ) async throws -> DispatchReport {
        var report = DispatchReport()
        while !Task.isCancelled,
            var message = try store.readAlertPlane("reading the outbox", { try $0.head(of: lane) })
        {
            let start = now()
            if message.nextAttemptMilliseconds > start.milliseconds,
                message.expiresMilliseconds > start.milliseconds
            {
                break
            }
            let outcome = await outcome(of: message, at: start)
            if outcome == .interrupted { break }
            settle(&message, by: outcome, at: now())
            let updated = message
            try store.updateAlertPlane("noting a delivery") { try $0.update(updated) }
            unrecordedIDs.remove(message.id)
            report.note(message.state)
        }
        return report
    }

    private func outcome(of message: OutboxRecord, at now: Timestamp) async -> DeliveryOutcome {
        if unrecordedIDs.contains(message.id) { return .delivered }
        if message.expiresMilliseconds <= now.milliseconds {
            let last = message.lastError.map { "; \($0)" } ?? ""
            return .permanent(reason: "expired after \(options.expiry.inSeconds / 3_600) h\(last)")
        }
        let lane = message.lane
        guard let receiver = receivers[lane.receiver],
            receiver.webhooks.indices.contains(lane.webhookIndex)
        else { return .permanent(reason: "the receiver is not configured any more") }
        if goneWebhooks.contains(WebhookKey(receiver: lane.receiver, index: lane.webhookIndex)) {
            return .permanent(reason: "the receiver answered 410 before and is disabled")
        }
        let request = Self.request(
            of: message, to: receiver.webhooks[lane.webhookIndex], at: now)
        do {
            return DeliveryOutcome(try await client.response(to: request), at: now)
        } catch {
            return DeliveryOutcome(error)
        }
    }

    private static func request(
        of message: OutboxRecord, to webhook: Receiver.Webhook, at now: Timestamp
    ) -> HTTPRequest {
        var request = HTTPRequest(url: webhook.url)
        request.method = "POST"
        request.body = message.body
        request.headers =
            webhook.headers + [
                (name: "Content-Type", value: "application/json"),
                (name: "User-Agent", value: "mlmon"),
                (name: "Idempotency-Key", value: message.id),
                (name: "webhook-id", value: message.id),
                (name: "webhook-timestamp", value: "\(now.milliseconds / 1000)"),
            ]
        request.credentials = webhook.credentials
        request.tls = webhook.tls
        request.timeout = webhook.timeout
        request.maximumRedirectCount = 0
        return request
    }

    /// Writes into the message what an attempt means for it.
    private func settle(
        _ message: inout OutboxRecord, by outcome: DeliveryOutcome, at now: Timestamp
    ) {
        message.attemptCount += 1
        switch outcome {
        case .interrupted: break
        case .delivered:
            unrecordedIDs.insert(message.id)
            message.state = .delivered
            message.lastError = nil
        case .transient(let reason, let retryAfter):
            message.lastError = String(reason.prefix(300))
            let backoff = Backoff.wait(
                afterFailures: message.attemptCount, fraction: jitter())
            message.nextAttemptMilliseconds =
                (now + max(backoff, retryAfter ?? .zero, Backoff.floor)).milliseconds
        case .permanent(let reason): giveUp(&message, reason)
        case .tooLarge(let reason): shorten(&message, reason)
        case .gone(let reason):
            goneWebhooks.insert(
                WebhookKey(receiver: message.lane.receiver, index: message.lane.webhookIndex))
            giveUp(&message, reason)
        }
        if message.state != .waiting { message.settledMilliseconds = now.milliseconds }
    }

    private func giveUp(_ message: inout OutboxRecord, _ reason: String) {
        message.state = .dead
        message.lastError = String(reason.prefix(300))
        logger.error(
            "a notification was given up",
            metadata: [
                "receiver": "\(message.lane.receiver)", "reason": "\(reason)",
                "attempts": "\(message.attemptCount)",
            ])
    }

    /// The next attempt follows at once, with a shorter body; there is one.
    private func shorten(_ message: inout OutboxRecord, _ reason: String) {
        guard !message.isTruncated,
            let short = try? WebhookPayload(decoding: message.body).shortened().encoded()
        else { return giveUp(&message, reason) }
        message.body = short
        message.isTruncated = true
        message.lastError = String(reason.prefix(300))
    }
}

extension DispatchReport {
    fileprivate mutating func note(_ state: OutboxRecord.State) {
        switch state {
        case .delivered: deliveredCount += 1
        case .dead: deadCount += 1
        case .waiting: retriedCount += 1
        }
    }
}
