import TimeSeries

/// What is known about traffic at one instant; nil is unknown, which is not 0.
package struct Metrics: Equatable, Sendable {
    package var requestsPerSecond: Double?
    package var p50Seconds: Double?
    package var p90Seconds: Double?
    package var p99Seconds: Double?
    /// Mean latency, for servers that tell no quantiles.
    package var meanSeconds: Double?
    /// 0…1.
    package var errorRatio: Double?

    package init(
        requestsPerSecond: Double? = nil, p50Seconds: Double? = nil, p90Seconds: Double? = nil,
        p99Seconds: Double? = nil, meanSeconds: Double? = nil, errorRatio: Double? = nil
    ) {
        self.requestsPerSecond = requestsPerSecond
        self.p50Seconds = p50Seconds
        self.p90Seconds = p90Seconds
        self.p99Seconds = p99Seconds
        self.meanSeconds = meanSeconds
        self.errorRatio = errorRatio
    }
}

/// The same over the snapshot's grid, oldest first.
package struct MetricHistory: Equatable, Sendable {
    package var requestsPerSecond: [Double?] = []
    package var p50Seconds: [Double?] = []
    package var p90Seconds: [Double?] = []
    package var p99Seconds: [Double?] = []
    package var meanSeconds: [Double?] = []
    package var errorRatio: [Double?] = []

    package init() {}

    /// p99, or the mean where there is none.
    package var slowSeconds: [Double?] {
        p99Seconds.contains { $0 != nil } ? p99Seconds : meanSeconds
    }
}
