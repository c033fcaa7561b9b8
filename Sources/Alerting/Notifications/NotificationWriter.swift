import Logging
import Storage
import TimeSeries

/// Turns groups whose flush is due into messages of the outbox.
struct NotificationWriter: Sendable {
    let receivers: [String: Receiver]
    let externalURL: String
    /// From writing to giving up.
    let expiry: Duration
    let logger: Logger

    /// - Parameter newID: A new identifier for every call.
    /// - Returns: How many messages were written.
    func flush(
        _ plane: AlertPlane, at now: Timestamp, newID: () -> String
    ) throws -> Int {
        let groups = try plane.groups(dueAt: now.milliseconds)
        if groups.isEmpty { return 0 }
        let firing = Dictionary(
            try plane.alerts().map(\.record).filter { $0.state == .firing }
                .map { ($0.fingerprint, $0) }, uniquingKeysWith: { a, _ in a })
        var count = 0
        for var group in groups {
            guard let receiver = receivers[group.receiver] else {
                logger.warning(
                    "a notification group names a receiver that is not configured",
                    metadata: ["receiver": "\(group.receiver)"])
                try plane.removeGroup(key: group.key)
                continue
            }
            refresh(&group, from: firing)
            count += try tell(receiver, of: &group, plane, at: now, newID: newID)
            group.finishFlush(at: now.milliseconds)
            if group.members.isEmpty {
                try plane.removeGroup(key: group.key)
            } else {
                try plane.save(group)
            }
        }
        return count
    }

    /// The annotations of a firing alert show the value of the last evaluation.
    private func refresh(_ group: inout NotificationGroup, from firing: [String: AlertRecord]) {
        for index in group.members.indices where group.members[index].endsAtMilliseconds == nil {
            guard let alert = firing[group.members[index].fingerprint] else { continue }
            group.members[index].annotations = alert.annotations
        }
    }

    private func tell(
        _ receiver: Receiver, of group: inout NotificationGroup, _ plane: AlertPlane,
        at now: Timestamp, newID: () -> String
    ) throws -> Int {
        var count = 0
        for (index, webhook) in receiver.webhooks.enumerated() {
            guard
                let reason = group.reason(
                    toTell: index, sendsResolved: webhook.sendsResolved, at: now.milliseconds)
            else { continue }
            let lane = OutboxLane(
                receiver: receiver.name, webhookIndex: index, groupKey: group.groupKey)
            // What waits says the same already; saying it again would only lengthen the queue.
            if reason == .repeatElapsed, try plane.hasWaiting(in: lane) { continue }
            if let payload = WebhookPayload(
                of: group, for: webhook, because: reason, externalURL: externalURL)
            {
                try plane.enqueue(
                    OutboxRecord(
                        id: newID(), lane: lane, body: try payload.encoded(),
                        createdMilliseconds: now.milliseconds,
                        expiresMilliseconds: (now + expiry).milliseconds,
                        nextAttemptMilliseconds: now.milliseconds))
                count += 1
            }
            group.notices[index] = NotificationGroup.Notice(
                atMilliseconds: now.milliseconds, firing: group.firing, resolved: group.resolved)
        }
        return count
    }
}
