import TimeSeries

/// Reads what the anomaly detectors of a service say.
struct ExpectedReader {
    let group: SnapshotRound.Group
    let grid: TimeGrid

    /// Bands of the service as a whole: the request rates of versions add up where each has a
    /// band, the other signals are comparable where there is one version.
    ///
    /// - Throws: `QueryError` or what the source throws.
    func bands(
        versionCount: Int, _ reader: inout SignalReader
    ) throws -> [ExpectedBand.Signal: ExpectedBand] {
        var bands: [ExpectedBand.Signal: ExpectedBand] = [:]
        func read(
            _ query: String, _ path: WritableKeyPath<ExpectedBand, [Double?]>
        ) throws {
            for series in try reader.range(query, grid) {
                guard let signal = ExpectedBand.Signal(rawValue: series.labels["signal"] ?? "")
                else { continue }
                if path == \.lower || path == \.upper, signal != .requestRate, versionCount > 1 {
                    continue
                }
                bands[signal, default: ExpectedBand()][keyPath: path] = grid.values(of: series)
            }
        }
        func whole(_ metric: String) -> String {
            let sum = SignalQueries.gauge("sum", metric, by: "service, signal", group.matcher)
            let count = SignalQueries.gauge("count", metric, by: "service, signal", group.matcher)
            return "\(sum) and \(count) == \(versionCount)"
        }
        try read(
            SignalQueries.gauge(
                "max", "mlmon_anomaly_score", by: "service, signal", group.matcher), \.score)
        try read(
            SignalQueries.gauge(
                "min", "mlmon_anomaly_warm_up_ratio", by: "service, signal", group.matcher),
            \.warmUp)
        try read(whole("mlmon_expected_lower"), \.lower)
        try read(whole("mlmon_expected_upper"), \.upper)
        return bands
    }
}
