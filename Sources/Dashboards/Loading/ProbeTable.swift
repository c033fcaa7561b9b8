import TimeSeries

/// Durations and answers of probes, by service.
struct ProbeTable {
    private var probes: [String: ProbeSummary] = [:]

    /// - Parameter isNeeded: Nothing is asked of the store where there are no probes.
    /// - Throws: `QueryError` or what the source throws.
    init(
        matcher: String, isNeeded: Bool, _ grid: TimeGrid, _ now: Timestamp,
        _ reader: inout SignalReader
    ) throws {
        guard isNeeded else { return }
        func query(_ metric: String) -> String {
            SignalQueries.gauge("max", metric, by: "service", matcher)
        }
        for series in try reader.range(query("probe_duration_seconds"), grid) {
            guard let service = series.labels["service"] else { continue }
            let values = grid.values(of: series)
            probes[service] = ProbeSummary(seconds: nil, history: values, status: nil)
        }
        for element in try reader.instant(query("probe_duration_seconds"), at: now) {
            guard let service = element.labels["service"], element.value.isFinite else { continue }
            let none = [Double?](repeating: nil, count: grid.count)
            probes[
                service, default: ProbeSummary(seconds: nil, history: none, status: nil)
            ].seconds = element.value
        }
        for element in try reader.instant(query("probe_http_status_code"), at: now) {
            guard let service = element.labels["service"], (100...999).contains(element.value)
            else { continue }
            probes[service]?.status = Int(element.value)
        }
    }

    subscript(service: String) -> ProbeSummary? { probes[service] }
}
