import TimeSeries

/// The signals of one key, service or version, as the queries return them.
struct MetricTable {
    var requests: [Double?]
    var errors: [Double?]
    var latencySum: [Double?]
    var latencyCount: [Double?]
    var buckets: LatencyTable
    /// Server-computed quantiles by `quantile`.
    var quantiles: [Double: [Double?]] = [:]

    init(pointCount: Int) {
        let none = [Double?](repeating: nil, count: pointCount)
        requests = none
        errors = none
        latencySum = none
        latencyCount = none
        buckets = LatencyTable(pointCount: pointCount)
    }

    static func sum(_ a: [Double?], _ b: [Double?]) -> [Double?] {
        zip(a, b).map { $0 == nil && $1 == nil ? nil : ($0 ?? 0) + ($1 ?? 0) }
    }

    private static func ratio(_ a: [Double?], _ b: [Double?]) -> [Double?] {
        zip(a, b).map { a, b in
            guard let a, let b, b > 0 else { return nil }
            return a / b
        }
    }

    /// Adds up what adds up; of quantiles the highest, since they do not.
    mutating func add(_ other: MetricTable) {
        requests = Self.sum(requests, other.requests)
        errors = Self.sum(errors, other.errors)
        latencySum = Self.sum(latencySum, other.latencySum)
        latencyCount = Self.sum(latencyCount, other.latencyCount)
        buckets.add(other.buckets)
        for (q, values) in other.quantiles { addQuantile(q, values) }
    }

    mutating func addQuantile(_ q: Double, _ values: [Double?]) {
        guard let known = quantiles[q] else {
            quantiles[q] = values
            return
        }
        quantiles[q] = zip(known, values).map { a, b in
            a == nil && b == nil ? nil : max(a ?? -.infinity, b ?? -.infinity)
        }
    }

    private func quantile(_ q: Double) -> [Double?] {
        buckets.isEmpty
            ? quantiles[q] ?? [Double?](repeating: nil, count: requests.count)
            : buckets.quantiles(q)
    }

    var history: MetricHistory {
        var history = MetricHistory()
        history.requestsPerSecond = requests
        history.p50Seconds = quantile(0.5)
        history.p90Seconds = quantile(0.9)
        history.p99Seconds = quantile(0.99)
        history.meanSeconds = Self.ratio(latencySum, latencyCount)
        history.errorRatio = Self.ratio(errors, requests).map { $0.map { min(max(0, $0), 1) } }
        return history
    }

    /// Of a table with one point.
    var metrics: Metrics {
        let history = history
        return Metrics(
            requestsPerSecond: history.requestsPerSecond.last ?? nil,
            p50Seconds: history.p50Seconds.last ?? nil, p90Seconds: history.p90Seconds.last ?? nil,
            p99Seconds: history.p99Seconds.last ?? nil,
            meanSeconds: history.meanSeconds.last ?? nil,
            errorRatio: history.errorRatio.last ?? nil)
    }
}
