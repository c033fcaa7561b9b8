import ArgumentParser
import Foundation
import Storage
import TimeSeries

struct AlertsCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table, json
    }

    static let configuration = CommandConfiguration(
        commandName: "alerts",
        abstract: "List what fires, what is pending, and what was resolved in the last hour.",
        discussion: "Exit status: 0 nothing fires, 1 an alert fires, 2 the store cannot be read.")

    @Option(help: "table or json.")
    var format = Format.table

    @OptionGroup var location: StoreLocation

    func run() throws {
        let alerts: [AlertRecord]
        do {
            alerts = try location.openForReading().alerts().sorted(by: Self.isMoreUrgent)
        } catch let error as StorageError {
            throw CommandFailure("\(error)")
        }
        switch format {
        case .table: writeTable(alerts)
        case .json:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(alerts), as: UTF8.self))
        }
        if alerts.contains(where: { $0.state == .firing }) { throw ExitCode(1) }
    }

    private static func isMoreUrgent(_ a: AlertRecord, _ b: AlertRecord) -> Bool {
        func rank(_ alert: AlertRecord) -> (Int, Int, Int64) {
            let state = [.firing, .pending, .resolved].firstIndex(of: alert.state) ?? 3
            let severity = alert.labels["severity"] == "critical" ? 0 : 1
            return (state, severity, alert.pendingSinceMilliseconds)
        }
        return rank(a) < rank(b)
    }

    private func writeTable(_ alerts: [AlertRecord]) {
        if alerts.isEmpty { print("no alerts") }
        for alert in alerts {
            let since = Timestamp(
                milliseconds: alert.resolvedAtMilliseconds ?? alert.firingSinceMilliseconds
                    ?? alert.pendingSinceMilliseconds)
            let what = alert.annotations["summary"] ?? alert.rule
            let subject = [alert.labels["service"], alert.labels["version"]]
                .compactMap { $0 }.joined(separator: " ")
            let line = [
                alert.state.rawValue.uppercased().padded(to: 8),
                (alert.labels["severity"] ?? "").padded(to: 8), alert.rule.padded(to: 18),
                subject.padded(to: 20), since.aligned(to: .seconds(1)).iso8601(), what,
            ].joined(separator: "  ")
            print(CSVCell.withoutControls(line))
        }
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
