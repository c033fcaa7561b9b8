import TimeSeries

/// How alerts and scrapes went over the window, for the pages that list them.
struct HistoryReader {
    let grid: TimeGrid

    /// The states that the rules wrote, point by point.
    ///
    /// - Throws: `QueryError` or what the source throws.
    func fill(_ alerts: inout [AlertLine], _ reader: inout SignalReader) throws {
        guard !alerts.isEmpty else { return }
        let written = try reader.range("ALERTS", grid)
        for index in alerts.indices {
            let alert = alerts[index]
            var history = [AlertLine.State?](repeating: nil, count: grid.count)
            for series in written where Self.isOf(alert, series.labels) {
                let state: AlertLine.State =
                    series.labels["alertstate"] == "firing" ? .firing : .pending
                for (place, value) in grid.values(of: series).enumerated() where value != nil {
                    if history[place] != .firing { history[place] = state }
                }
            }
            alerts[index].detail.history = history
        }
    }

    private static func isOf(_ alert: AlertLine, _ labels: LabelSet) -> Bool {
        labels["alertname"] == alert.rule
            && labels.count == alert.detail.labels.count + 3
            && alert.detail.labels.allSatisfy { labels[$0.name] == $0.value }
    }

    /// How long each scrape took.
    ///
    /// - Throws: `QueryError` or what the source throws.
    func fill(_ services: inout [ServiceSummary], _ reader: inout SignalReader) throws {
        var durations: [[String]: [Double?]] = [:]
        for metric in ["scrape_duration_seconds", "probe_duration_seconds"] {
            for series in try reader.range(metric, grid) {
                let key = [series.labels["service"] ?? "", series.labels["instance"] ?? ""]
                if durations[key] == nil { durations[key] = grid.values(of: series) }
            }
        }
        for index in services.indices {
            for target in services[index].targets.indices {
                let key = [services[index].name, services[index].targets[target].instance]
                services[index].targets[target].durations = durations[key] ?? []
            }
        }
    }
}
