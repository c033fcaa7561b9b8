import TimeSeries

/// How long each service has been watched, as far back as the usual window reaches.
struct DataAge {
    /// Oldest sample by service; a service whose series do not say is missing.
    private let first: [String: Timestamp]
    private let now: Timestamp

    /// - Throws: `QueryError` or what the source throws.
    init(at now: Timestamp, _ reader: inout SignalReader) throws {
        // Every scrape writes `up`, whatever became of it.
        let grid = TimeGrid(.usual, endingBefore: now)
        var first: [String: Timestamp] = [:]
        for series in try reader.range("count by (service) (up)", grid) {
            guard let service = series.labels["service"], let start = series.timestamps.first
            else { continue }
            // The first sample lies up to a step before the first point that sees it.
            first[service] = Timestamp(milliseconds: start) - grid.step
        }
        // The newest have no point yet.
        for element in try reader.instant("count by (service) (up)", at: now) {
            guard let service = element.labels["service"], first[service] == nil else { continue }
            first[service] = now - grid.step
        }
        self.first = first
        self.now = now
    }

    func age(of service: String) -> Duration? {
        first[service].map { now - $0 }
    }

    /// Of the oldest sample; nil without any.
    var oldest: Duration? { first.values.min().map { now - $0 } }
}
