import TimeSeries

/// Signals by service, model and version, over a grid and at its end.
struct VersionTables {
    private static let labels = ["service", "model", "version"]
    private static let by = "service, model, version"

    private(set) var history: [LabelSet: MetricTable] = [:]
    private(set) var now: [LabelSet: MetricTable] = [:]
    private let keysByService: [LabelSet: [LabelSet]]

    /// - Throws: `QueryError` or what the source throws.
    init(
        group: SnapshotRound.Group, grid: TimeGrid, now instant: Timestamp,
        _ reader: inout SignalReader
    ) throws {
        let count = grid.count
        var history: [LabelSet: MetricTable] = [:]
        var now: [LabelSet: MetricTable] = [:]
        let rangeSeconds = max(group.rateSeconds, Int(grid.step.inSeconds))

        func read(
            _ query: (Int) -> String,
            _ store: (inout MetricTable, LabelSet, [Double?]) -> Void
        ) throws {
            for series in try reader.range(query(rangeSeconds), grid) {
                let key = series.labels.keeping(Self.labels)
                let values = grid.values(of: series)
                store(&history[key, default: MetricTable(pointCount: count)], series.labels, values)
            }
            for element in try reader.instant(query(group.rateSeconds), at: instant) {
                let key = element.labels.keeping(Self.labels)
                let value = element.value.isFinite ? element.value : nil
                store(&now[key, default: MetricTable(pointCount: 1)], element.labels, [value])
            }
        }

        func rate(_ metric: String, _ labels: String = Self.by) -> (Int) -> String {
            { SignalQueries.rate(metric, by: labels, group.matcher, seconds: $0) }
        }

        try read(rate("mlmon_requests_total")) { $0.requests = $2 }
        try read(rate("mlmon_errors_total")) { $0.errors = $2 }
        try read(rate("mlmon_latency_seconds_sum")) { $0.latencySum = $2 }
        try read(rate("mlmon_latency_seconds_count")) { $0.latencyCount = $2 }
        try read(rate("mlmon_latency_seconds_bucket", Self.by + ", le")) {
            $0.buckets.add(bound: $1["le"], $2)
        }
        try read({ _ in
            SignalQueries.gauge(
                "max", "mlmon_latency_quantile_seconds", by: Self.by + ", quantile", group.matcher)
        }) { table, labels, values in
            guard let q = labels["quantile"].flatMap(Double.init) else { return }
            table.addQuantile(q, values)
        }
        self.history = history
        self.now = now
        keysByService = Dictionary(grouping: Set(history.keys).union(now.keys).sorted()) {
            $0.keeping(["service"])
        }
    }

    func hasRequests(_ key: LabelSet) -> Bool {
        [now[key], history[key]].contains { $0?.requests.contains { $0 != nil } == true }
    }

    func keys(of service: String) -> [LabelSet] {
        keysByService[LabelSet([(name: "service", value: service)])] ?? []
    }
}
