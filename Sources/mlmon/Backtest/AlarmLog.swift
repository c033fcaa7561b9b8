import Storage
import TimeSeries

/// One alert as it would have fired.
struct BacktestAlarm: Codable, Equatable {
    var since: Timestamp
    /// nil where it fired to the end.
    var until: Timestamp?
    var rule: String
    var labels: [String: String]
    /// What its annotations say at its beginning.
    var summary: String
}

/// Follows which alerts fire, and what the detectors say, from tick to tick.
struct AlarmLog {
    private(set) var alarms: [BacktestAlarm] = []
    /// Verdicts on windows of distributions that had enough observations.
    private(set) var judgedWindowCount = 0
    private(set) var driftCount = 0
    private(set) var anomalyCount = 0
    /// Distributions that were judged at all.
    var distributionCount: Int { judgedWindows.count }

    /// Index of the alarm of each firing alert.
    private var firing: [LabelSet: Int] = [:]
    private var driftStates: [LabelSet: Double] = [:]
    private var anomalous: Set<LabelSet> = []
    /// The window that each distribution was judged in last.
    private var judgedWindows: [LabelSet: Timestamp] = [:]

    /// - Parameter describe: The alerts of this moment; asked for only where one begins.
    mutating func note(
        alerts batches: [SampleBatch], at now: Timestamp, describe: () throws -> [AlertRecord]
    ) rethrows {
        var described: [AlertRecord]?
        for (labels, value) in batches.flatMap({ zip($0.table.labels, $0.values) })
        where labels.metricName == "ALERTS" && labels["alertstate"] == "firing" {
            if value.isStaleMarker {
                if let index = firing.removeValue(forKey: labels) { alarms[index].until = now }
                continue
            }
            guard firing[labels] == nil else { continue }
            let own = labels.removing([LabelSet.metricNameLabel, "alertstate"]).dictionary
            let records = try described ?? describe()
            described = records
            let record = records.first { $0.labels == own && $0.state == .firing }
            firing[labels] = alarms.count
            alarms.append(
                BacktestAlarm(
                    since: now, rule: labels["alertname"] ?? "", labels: own,
                    summary: record?.annotations["summary"] ?? ""))
        }
    }

    /// - Parameter window: Length of the windows of drift.
    mutating func note(drift batch: SampleBatch, at now: Timestamp, window: Duration) {
        let end = (now - .seconds(2)).aligned(to: window)
        for (labels, state) in zip(batch.table.labels, batch.values)
        where labels.metricName == "mlmon_drift_state" {
            if state >= 3, (driftStates[labels] ?? 0) < 3 { driftCount += 1 }
            driftStates[labels] = state
            guard state >= 2, judgedWindows[labels] != end else { continue }
            judgedWindows[labels] = end
            judgedWindowCount += 1
        }
    }

    mutating func note(anomalies batch: SampleBatch) {
        for (labels, score) in zip(batch.table.labels, batch.values)
        where labels.metricName == "mlmon_anomaly_score" {
            if score < 0.5 {
                anomalous.remove(labels)
            } else if anomalous.insert(labels).inserted {
                anomalyCount += 1
            }
        }
    }
}
