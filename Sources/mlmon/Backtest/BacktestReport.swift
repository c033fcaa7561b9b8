import Foundation
import Querying
import TimeSeries

/// The alarms of a backtest, and how many of them the settings let expect where nothing is wrong.
struct BacktestReport {
    enum Format: String, CaseIterable {
        case table, csv, json
    }

    let log: AlarmLog
    let from: Timestamp
    let through: Timestamp
    let step: Duration
    /// False alarms of drift that the settings allow for, over everything judged; nil where they
    /// keep no budget.
    let expectedFalseAlarms: Double?

    private var alarms: [BacktestAlarm] {
        log.alarms.sorted { ($0.since, $0.rule) < ($1.since, $1.rule) }
    }

    func lines(_ format: Format) throws -> [String] {
        switch format {
        case .table: table()
        case .csv: csv()
        case .json: [try json()]
        }
    }

    private func csv() -> [String] {
        let rows = alarms.map { alarm in
            [
                alarm.since.iso8601(), alarm.until?.iso8601() ?? "",
                alarm.until.map { formatted(($0 - alarm.since).inSeconds) } ?? "",
                alarm.labels["service"] ?? "", alarm.labels["model"] ?? "",
                alarm.labels["version"] ?? "", alarm.rule, alarm.labels["severity"] ?? "",
                alarm.summary,
            ].map { CSVCell.encode($0) }.joined(separator: ",")
        }
        return ["time,end,duration_seconds,service,model,version,alarm,severity,why"] + rows
    }

    private func table() -> [String] {
        var rows = [["TIME", "LASTED", "SERVICE", "ALARM", "WHY"]]
        for alarm in alarms {
            let lasted = alarm.until.map { ($0 - alarm.since).prometheusDescription }
            rows.append(
                [
                    alarm.since.aligned(to: .seconds(1)).iso8601(), lasted ?? "to the end",
                    ["service", "model", "version"].compactMap { alarm.labels[$0] }
                        .filter { !$0.isEmpty }.joined(separator: " "),
                    alarm.rule, alarm.summary,
                ].map(CSVCell.withoutControls))
        }
        let widths = (0..<4).map { column in rows.map { $0[column].count }.max() ?? 0 }
        var lines = rows.map { row in
            zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
                .joined(separator: "  ") + "  " + row[4]
        }
        if alarms.isEmpty { lines = ["no alarms"] }
        return lines + [""] + summary
    }

    private var summary: [String] {
        let counts = Dictionary(grouping: alarms, by: \.rule).map { ($0.key, $0.value.count) }
            .sorted { ($1.1, $0.0) < ($0.1, $1.0) }.map { "\($0.0) \($0.1)" }
        let days = (through - from).inSeconds / 86_400
        // Of less than a day a rate by the week says nothing.
        let perWeek = days >= 1 ? Double(alarms.count) / days * 7 : nil
        var lines = [
            "\(alarms.count) alarm\(alarms.count == 1 ? "" : "s") from \(from.aligned(to: .seconds(1)).iso8601()) to "
                + through.aligned(to: .seconds(1)).iso8601()
                + (perWeek.map { String(format: ", %.1f a week, true and false", $0) } ?? "")
        ]
        if !counts.isEmpty { lines.append("by rule: " + counts.joined(separator: ", ")) }
        lines.append(
            "drift: \(log.driftCount) episodes; \(log.judgedWindowCount) windows of "
                + "\(log.distributionCount) distributions were judged"
                + (expectedFalseAlarms.map {
                    String(format: "; %.2g of the episodes are false by the budget", $0)
                } ?? ""))
        lines.append("anomalies: \(log.anomalyCount) incidents")
        return lines
    }

    private struct Document: Encodable {
        struct Alarm: Encodable {
            var time: String
            var end: String?
            var alarm: String
            var labels: [String: String]
            var why: String
        }

        var from: String
        var through: String
        var step_seconds: Double
        var alarms: [Alarm]
        var drift_episodes: Int
        var drift_windows_judged: Int
        var drift_false_alarms_expected: Double?
        var anomaly_incidents: Int
    }

    private func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let document = Document(
            from: from.iso8601(), through: through.iso8601(), step_seconds: step.inSeconds,
            alarms: alarms.map {
                .init(
                    time: $0.since.iso8601(), end: $0.until?.iso8601(), alarm: $0.rule,
                    labels: $0.labels, why: $0.summary)
            }, drift_episodes: log.driftCount, drift_windows_judged: log.judgedWindowCount,
            drift_false_alarms_expected: expectedFalseAlarms,
            anomaly_incidents: log.anomalyCount)
        return String(decoding: try encoder.encode(document), as: UTF8.self)
    }
}
