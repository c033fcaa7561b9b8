import TimeSeries

/// The series that every scrape writes about itself, whatever became of it.
struct ReportSeries: Sendable {
    /// Values of one scrape, in the order of the names.
    struct Values {
        var isUp = false
        var durationSeconds = 0.0
        /// On the page, and of those how many are stored.
        var sampleCount = 0
        var storedCount = 0
        var addedCount = 0
        /// Decompressed; 0 of a failed scrape, -1 where the body was over its limit.
        var bodyByteCount = 0
        /// 0 where no answer came.
        var status = 0
    }

    static let pageNames = [
        "up", "scrape_duration_seconds", "scrape_samples_scraped",
        "scrape_samples_post_metric_relabeling", "scrape_series_added", "scrape_body_size_bytes",
    ]
    static let probeNames = [
        "up", "scrape_duration_seconds", "probe_http_status_code", "probe_duration_seconds",
    ]

    private let kind: Target.Kind
    private let table: SeriesTable

    init(of target: Target) {
        kind = target.kind
        let names = target.kind == .probe ? Self.probeNames : Self.pageNames
        let labels = target.labelSet
        table = SeriesTable(
            labels: names.map { labels.setting(LabelSet.metricNameLabel, to: $0) })
    }

    func batch(_ values: Values, at: Timestamp) -> SampleBatch {
        let up = values.isUp ? 1.0 : 0.0
        let columns: [Double]
        switch kind {
        case .exposition:
            columns = [
                up, values.durationSeconds, Double(values.sampleCount),
                Double(values.storedCount), Double(values.addedCount),
                Double(values.bodyByteCount),
            ]
        case .probe:
            columns = [up, values.durationSeconds, Double(values.status), values.durationSeconds]
        }
        return SampleBatch(at: at, table: table, values: columns)
    }
}
