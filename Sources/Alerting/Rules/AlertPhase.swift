import Storage
import TimeSeries

/// Where one alert stands between evaluations; moved only by `advanced`.
package enum AlertPhase: Sendable, Equatable {
    case inactive
    case pending(since: Timestamp)
    /// - Parameter conditionEnded: nil while the condition holds; set while `keep_firing_for` keeps
    ///   the alert.
    case firing(since: Timestamp, conditionEnded: Timestamp?)
    case resolved(at: Timestamp)

    /// The phase after one evaluation of the rule.
    ///
    /// - Parameters:
    ///   - hold: How long the condition must hold before it fires; zero fires at once.
    ///   - keepFiring: How long it goes on firing after the condition ended.
    package func advanced(
        isBreaching: Bool, at now: Timestamp, holding hold: Duration,
        keepingFiring keepFiring: Duration
    ) -> AlertPhase {
        switch (self, isBreaching) {
        case (.inactive, false), (.resolved, false): return self
        case (.inactive, true), (.resolved, true):
            return hold > .zero
                ? .pending(since: now) : .firing(since: now, conditionEnded: nil)
        case (.pending(let since), true):
            return now - since >= hold ? .firing(since: now, conditionEnded: nil) : self
        case (.pending, false): return .inactive
        case (.firing(let since, _), true): return .firing(since: since, conditionEnded: nil)
        case (.firing(let since, let ended), false):
            let ended = ended ?? now
            return now - ended >= keepFiring
                ? .resolved(at: now) : .firing(since: since, conditionEnded: ended)
        }
    }

    /// The same phase on a clock that was set back to `now`: nothing lies in the future.
    package func rebased(to now: Timestamp) -> AlertPhase {
        switch self {
        case .inactive: .inactive
        case .pending(let since): .pending(since: min(since, now))
        case .firing(let since, let ended):
            .firing(since: min(since, now), conditionEnded: ended.map { min($0, now) })
        case .resolved(let at): .resolved(at: min(at, now))
        }
    }
}

extension StoredAlert {
    var phase: AlertPhase {
        switch record.state {
        case .pending:
            .pending(since: Timestamp(milliseconds: record.pendingSinceMilliseconds))
        case .firing:
            .firing(
                since: Timestamp(
                    milliseconds: record.firingSinceMilliseconds
                        ?? record.pendingSinceMilliseconds),
                conditionEnded: conditionEndedMilliseconds.map(Timestamp.init(milliseconds:)))
        case .resolved:
            .resolved(
                at: Timestamp(
                    milliseconds: record.resolvedAtMilliseconds
                        ?? record.lastEvaluatedMilliseconds))
        }
    }

    /// This alert in another phase; nil where that phase is `inactive`, which is not kept.
    func moved(to phase: AlertPhase, at now: Timestamp) -> StoredAlert? {
        var moved = self
        moved.record.lastEvaluatedMilliseconds = now.milliseconds
        moved.conditionEndedMilliseconds = nil
        switch phase {
        case .inactive: return nil
        case .pending(let since):
            moved.record.state = .pending
            moved.record.pendingSinceMilliseconds = since.milliseconds
            moved.record.firingSinceMilliseconds = nil
            moved.record.resolvedAtMilliseconds = nil
        case .firing(let since, let ended):
            if record.state != .firing, record.state != .pending {
                moved.record.pendingSinceMilliseconds = since.milliseconds
            }
            moved.record.pendingSinceMilliseconds = min(
                moved.record.pendingSinceMilliseconds, since.milliseconds)
            moved.record.state = .firing
            moved.record.firingSinceMilliseconds = since.milliseconds
            moved.record.resolvedAtMilliseconds = nil
            moved.conditionEndedMilliseconds = ended?.milliseconds
        case .resolved(let at):
            moved.record.state = .resolved
            moved.record.resolvedAtMilliseconds = at.milliseconds
        }
        return moved
    }
}
