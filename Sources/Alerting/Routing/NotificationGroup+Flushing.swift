import Storage

/// Why a group is told of, in the words of Alertmanager's `notification_reason`.
enum NotificationReason: String, Sendable {
    case first = "first notification"
    case newAlerts = "new alerts added"
    case someResolved = "some alerts resolved"
    case allResolved = "all alerts resolved"
    case repeatElapsed = "repeat interval elapsed"
}

/// Times are milliseconds since the epoch.
extension NotificationGroup {
    /// Adds an alert that fires.
    mutating func announce(_ alert: AlertRecord, at now: Int64) {
        let startsAt = alert.firingSinceMilliseconds ?? now
        let member = Member(
            fingerprint: alert.fingerprint, labels: alert.labels, annotations: alert.annotations,
            startsAtMilliseconds: startsAt)
        let index = members.firstIndex { $0.fingerprint >= alert.fingerprint } ?? members.endIndex
        if index < members.endIndex, members[index].fingerprint == alert.fingerprint {
            if members[index].endsAtMilliseconds == nil { return }
            members[index] = member
        } else {
            members.insert(member, at: index)
        }
        if lastFlushMilliseconds == nil {
            let earliest = startsAt.addingClamped(groupWaitMilliseconds)
            flushAtMilliseconds = min(flushAtMilliseconds, max(earliest, now))
        } else {
            flushAtMilliseconds = min(flushAtMilliseconds, nextTick(after: now))
        }
    }

    /// Marks an alert as resolved.
    ///
    /// - Returns: Whether the group knew it as firing.
    mutating func end(_ alert: AlertRecord, at now: Int64) -> Bool {
        guard
            let index = members.firstIndex(where: {
                $0.fingerprint == alert.fingerprint && $0.endsAtMilliseconds == nil
            })
        else { return false }
        members[index].annotations = alert.annotations
        members[index].endsAtMilliseconds = alert.resolvedAtMilliseconds ?? now
        if lastFlushMilliseconds != nil {
            flushAtMilliseconds = min(flushAtMilliseconds, nextTick(after: now))
        }
        return true
    }

    var firing: Set<String> {
        Set(members.filter { $0.endsAtMilliseconds == nil }.map(\.fingerprint))
    }

    var resolved: Set<String> {
        Set(members.filter { $0.endsAtMilliseconds != nil }.map(\.fingerprint))
    }

    /// Whether a webhook is to be told at a flush, and why; the decision of Alertmanager's
    /// deduplication stage.
    func reason(
        toTell webhookIndex: Int, sendsResolved: Bool, at now: Int64
    ) -> NotificationReason? {
        let (firing, resolved) = (firing, resolved)
        guard let notice = notices[webhookIndex] else { return firing.isEmpty ? nil : .first }
        if !firing.isSubset(of: notice.firing) { return .newAlerts }
        if firing.isEmpty { return notice.firing.isEmpty ? nil : .allResolved }
        if sendsResolved, !resolved.isSubset(of: notice.resolved) { return .someResolved }
        let due = notice.atMilliseconds.addingClamped(repeatIntervalMilliseconds)
        return now >= due ? .repeatElapsed : nil
    }

    /// Notes that a flush took place: resolved alerts were told, or need not be.
    mutating func finishFlush(at now: Int64) {
        members.removeAll { $0.endsAtMilliseconds != nil }
        lastFlushMilliseconds = now
        let due = notices.values
            .map { $0.atMilliseconds.addingClamped(repeatIntervalMilliseconds) }.min()
        flushAtMilliseconds = due.map { nextTick(after: max(now, $0 - 1)) } ?? .max
    }

    /// Looks at the group soon, and keeps no time after `now`: for a start, and for a clock that
    /// was set back.
    mutating func rebase(to now: Int64) {
        let wait =
            lastFlushMilliseconds == nil ? groupWaitMilliseconds : groupIntervalMilliseconds
        flushAtMilliseconds = min(flushAtMilliseconds, now.addingClamped(wait))
        lastFlushMilliseconds = lastFlushMilliseconds.map { min($0, now) }
        for index in members.indices {
            members[index].startsAtMilliseconds = min(members[index].startsAtMilliseconds, now)
        }
        notices = notices.mapValues { notice in
            var notice = notice
            notice.atMilliseconds = min(notice.atMilliseconds, now)
            return notice
        }
    }

    /// The first instant after `now` that is a whole number of group intervals after the last
    /// flush.
    private func nextTick(after now: Int64) -> Int64 {
        let interval = groupIntervalMilliseconds
        let last = min(lastFlushMilliseconds ?? now, now)
        let (elapsed, overflow) = now.subtractingReportingOverflow(last)
        if overflow { return now.addingClamped(interval) }
        return last.addingClamped(elapsed).addingClamped(interval - elapsed % interval)
    }
}

extension Int64 {
    /// The sum, or the end of the range that it lies beyond.
    func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }
}
