import Logging
import Querying
import Storage
import Synchronization
import TimeSeries

/// Evaluates the rules, moves the alerts, and hands changes to the notification groups.
///
/// Alerts live in the store, so that a restart goes on where the last process stopped. One tick is
/// one transaction: either all its moves and what follows from them for the groups are kept, or
/// none is, and the next tick tries again.
package final class RuleRunner: Sendable {
    /// How long a resolved alert stays in the list.
    package static let resolvedRetention = Duration.seconds(3_600)

    private struct Group: Sendable {
        let interval: Duration
        let rules: [CompiledRule]
    }

    private struct State: Sendable {
        /// By rule key; nil until they were read from the store.
        var alerts: [String: RuleAlerts]?
        /// A tick was committed since the start.
        var hasStarted = false
        var clock = EvaluationClock(latest: nil)
        var lastEvaluated: [Int: Timestamp] = [:]
        var alertSeries = SeriesWriter()
        /// By rule key.
        var recordedSeries: [String: SeriesWriter] = [:]
        var health: [RuleHealth] = []
    }

    private let groups: [Group]
    private let router: Router
    let store: Store
    private let source: any SeriesSource & Sendable
    private let engine: QueryEngine
    private let logger: Logger
    private let state: Mutex<State>

    /// - Parameters:
    ///   - route: nil keeps alerts, and notifies nobody.
    ///   - source: Where expressions find their series; nil is the store.
    package init(
        groups: [RuleGroup], route: Route?, store: Store, engine: QueryEngine = QueryEngine(),
        source: (any SeriesSource & Sendable)? = nil, logger: Logger = Logger(label: "mlmon.rules")
    ) {
        var keys: Set<String> = []
        self.groups = groups.map { group in
            Group(
                interval: group.interval ?? .zero,
                rules: CompiledRule.compiled(group, keysInUse: &keys))
        }
        router = Router(route)
        self.store = store
        self.source = source ?? store
        self.engine = engine
        self.logger = logger
        var state = State()
        state.health = self.groups.flatMap(\.rules).map {
            RuleHealth(group: $0.group, rule: $0.rule.action.name, location: $0.rule.location)
        }
        self.state = Mutex(state)
    }

    /// How each rule fared last, in the order of the groups.
    package var health: [RuleHealth] { state.withLock { $0.health } }

    /// One tick: evaluates the groups that are due.
    ///
    /// A rule that cannot be evaluated is noted in `health`, and its alerts stay as they are; the
    /// other rules are not affected.
    ///
    /// - Returns: `ALERTS` and the recorded series, for the caller to append to the store.
    /// - Throws: Where the store cannot be read or written; then nothing has moved.
    package func evaluate(at now: Timestamp) throws -> [SampleBatch] {
        try state.withLock { state in
            let isFirst = !state.hasStarted
            let alerts = try state.alerts ?? restore(into: &state)
            var clock = state.clock
            let admission = clock.admission(at: now)
            state.clock = clock
            if admission == .wait { return [] }

            var tick = Tick(
                alerts: admission == .evaluateRebased ? rebased(alerts, to: now) : alerts,
                source: RecordedSource(base: source))
            for (index, group) in groups.enumerated() where isDue(index, at: now, state) {
                for rule in group.rules { evaluate(rule, at: now, &tick, &state) }
                tick.evaluatedGroups.append(index)
            }
            if isFirst { resolveOrphans(in: &tick.alerts, at: now) }
            forgetOldResolved(in: &tick.alerts, at: now)

            try commit(from: alerts, to: tick.alerts, announcingAll: isFirst, at: now)
            state.alerts = tick.alerts
            state.hasStarted = true
            for index in tick.evaluatedGroups { state.lastEvaluated[index] = now }
            let batch = state.alertSeries.batch(of: Self.alertSeries(tick.alerts), at: now)
            return tick.batches + (batch.map { [$0] } ?? [])
        }
    }
}

extension RuleRunner {
    private struct Tick {
        var alerts: [String: RuleAlerts]
        var source: RecordedSource
        var batches: [SampleBatch] = []
        var evaluatedGroups: [Int] = []
    }

    private func isDue(_ index: Int, at now: Timestamp, _ state: State) -> Bool {
        guard let last = state.lastEvaluated[index], last <= now else { return true }
        return now - last >= groups[index].interval
    }

    private func evaluate(
        _ rule: CompiledRule, at now: Timestamp, _ tick: inout Tick, _ state: inout State
    ) {
        do {
            let result = try rule.result(at: now, over: tick.source, by: engine)
            if rule.isAlerting {
                tick.alerts[rule.key] = explained(
                    rule.advanced(tick.alerts[rule.key] ?? [:], by: result, at: now))
            } else {
                let samples = result.elements.map { (labels: $0.labels, value: $0.value) }
                for sample in samples {
                    tick.source.recorded[sample.labels] = Sample(at: now, value: sample.value)
                }
                if let batch = state.recordedSeries[rule.key, default: SeriesWriter()]
                    .batch(of: samples, at: now)
                {
                    tick.batches.append(batch)
                }
            }
            note(nil, for: rule, at: now, &state)
        } catch {
            note(error.message, for: rule, at: now, &state)
        }
    }

    private func note(
        _ error: String?, for rule: CompiledRule, at now: Timestamp, _ state: inout State
    ) {
        guard
            let index = state.health.firstIndex(where: {
                $0.group == rule.group && $0.location == rule.rule.location
                    && $0.rule == rule.rule.action.name
            })
        else { return }
        if let error, error != state.health[index].error {
            logger.warning(
                "rule \(rule.rule.action.name) could not be evaluated",
                metadata: ["location": "\(rule.rule.location)", "error": "\(error)"])
        }
        state.health[index].lastEvaluated = now
        state.health[index].error = error
    }

    // MARK: The store

    private func restore(into state: inout State) throws -> [String: RuleAlerts] {
        let stored = try store.readAlertPlane("reading alerts") { try $0.alerts() }
        var alerts: [String: RuleAlerts] = [:]
        for alert in stored {
            alerts[alert.ruleKey, default: [:]][alert.record.fingerprint] = alert
        }
        let latest = stored.map(\.record.lastEvaluatedMilliseconds).max()
        state.alerts = alerts
        state.clock = EvaluationClock(latest: latest.map(Timestamp.init(milliseconds:)))
        state.alertSeries = SeriesWriter(live: Set(Self.alertSeries(alerts).map(\.labels)))
        return alerts
    }

    private func commit(
        from old: [String: RuleAlerts], to new: [String: RuleAlerts], announcingAll: Bool,
        at now: Timestamp
    ) throws {
        let before = old.values.flatMap(\.values)
        let after = new.values.flatMap(\.values)
        let saved = after.filter { old[$0.ruleKey]?[$0.record.fingerprint] != $0 }
        let removed = before.filter { new[$0.ruleKey]?[$0.record.fingerprint] == nil }
        let changes = AlertChanges(before: announcingAll ? [] : before, after: after)
        let hasNews = router.hasRoute && !changes.isEmpty
        if saved.isEmpty, removed.isEmpty, !hasNews { return }
        try store.updateAlertPlane("recording alerts") { plane in
            for alert in saved { try plane.save(alert) }
            for alert in removed {
                try plane.removeAlert(
                    ruleKey: alert.ruleKey, fingerprint: alert.record.fingerprint)
            }
            guard !changes.isEmpty else { return }
            var book = GroupBook(try plane.groups())
            book.apply(changes, by: router, at: now)
            for group in book.changedGroups { try plane.save(group) }
        }
    }

    // MARK: Alerts beyond their rules

    /// Alerts of rules that were taken away end as if their condition had.
    private func resolveOrphans(in alerts: inout [String: RuleAlerts], at now: Timestamp) {
        let known = Set(groups.flatMap(\.rules).filter(\.isAlerting).map(\.key))
        for (key, orphans) in alerts where !known.contains(key) {
            alerts[key] = orphans.compactMapValues { alert in
                switch alert.record.state {
                case .pending: nil
                case .firing: alert.moved(to: .resolved(at: now), at: now)
                case .resolved: alert
                }
            }
        }
    }

    private func forgetOldResolved(in alerts: inout [String: RuleAlerts], at now: Timestamp) {
        for (key, ruleAlerts) in alerts {
            let kept = ruleAlerts.filter { _, alert in
                guard case .resolved(let at) = alert.phase else { return true }
                return now - at < Self.resolvedRetention
            }
            alerts[key] = kept.isEmpty ? nil : kept
        }
    }

    private func rebased(
        _ alerts: [String: RuleAlerts], to now: Timestamp
    ) -> [String: RuleAlerts] {
        alerts.mapValues {
            $0.compactMapValues { $0.moved(to: $0.phase.rebased(to: now), at: now) }
        }
    }

    private static func alertSeries(
        _ alerts: [String: RuleAlerts]
    ) -> [(labels: LabelSet, value: Double)] {
        let active = alerts.values.flatMap(\.values).filter { $0.record.state != .resolved }
        let labels = Set(
            active.map { alert in
                LabelSet(
                    alert.record.labels.map { (name: $0.key, value: $0.value) } + [
                        (name: LabelSet.metricNameLabel, value: "ALERTS"),
                        (name: "alertstate", value: alert.record.state.rawValue),
                    ])
            })
        return labels.sorted().map { ($0, 1) }
    }
}
