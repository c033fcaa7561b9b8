import Alerting
import Configuring
import Logging
import Querying
import Storage
import TimeSeries

/// Runs the configured detectors and rules over what a store holds, as they would have run live.
///
/// They are the live ones, on a clock of the past. What they write goes to a store of its own, which
/// reads the other one's samples as if they were there.
struct Backtest {
    let configuration: MonitorConfiguration
    /// Is only read.
    let store: Store
    let from: Timestamp
    let through: Timestamp
    /// From one look of detectors and rules to the next.
    let step: Duration

    /// Of simulated time.
    private static let compactionInterval = Duration.seconds(1800)

    /// - Parameters:
    ///   - path: Of a new store, for what is written.
    ///   - progress: Told the share that is done, in 0...1.
    func run(scratchPath path: String, progress: (Double) -> Void) async throws -> AlarmLog {
        let recorded = configuration.ruleGroups.flatMap(\.rules).compactMap { rule in
            if case .record(let name) = rule.action { name } else { nil }
        }
        let scratch = try Store(
            StoreOptions(path: path, retention: .seconds(36_500 * 86_400)),
            over: ReplaySource(store, recordedNames: Set(recorded)))
        defer { try? scratch.close() }
        // References of people, and those that were there already.
        for baseline in try store.baselines()
        where baseline.origin == .pinned || baseline.createdMilliseconds <= from.milliseconds {
            _ = try scratch.insert(baseline)
        }
        let quiet = Logger(label: "mlmon.backtest") { _ in SwiftLogNoOpLogHandler() }
        let engine = QueryEngine()
        let drift = DriftMonitor(
            store: scratch, options: configuration.drift,
            files: try configuration.drift.referenceFiles())
        let anomaly = try AnomalyMonitor(
            store: scratch, source: scratch, engine: engine, interval: step,
            options: configuration.anomaly)
        let performance = PerformanceMonitor(
            store: scratch, options: configuration.performance,
            calibrations: try CalibrationFile.load(configuration.performance))
        let rules = RuleRunner(
            groups: configuration.ruleGroups, route: nil, store: scratch, engine: engine,
            logger: quiet)
        var log = AlarmLog()
        var now = from
        var compacted = from
        while now <= through {
            if let batch = try await drift.advance(to: now) {
                log.note(drift: batch, at: now, window: configuration.drift.window)
                scratch.append([batch])
            }
            if let batch = try await anomaly.advance(to: now) {
                log.note(anomalies: batch)
                scratch.append([batch])
            }
            if let batch = try await performance.advance(to: now) { scratch.append([batch]) }
            try scratch.commit()
            let alerts = try rules.evaluate(at: now)
            try log.note(alerts: alerts, at: now) { try scratch.alerts() }
            scratch.append(alerts)
            if now - compacted >= Self.compactionInterval {
                try scratch.commit()
                try scratch.compact(now: now)
                compacted = now
            }
            progress((now - from) / max(through - from, .milliseconds(1)))
            now = now + step
        }
        return log
    }
}
