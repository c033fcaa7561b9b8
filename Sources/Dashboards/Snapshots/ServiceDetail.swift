import TimeSeries

/// Increases of a cumulative histogram's buckets, step by step.
package struct LatencyBuckets: Equatable, Sendable {
    /// Upper bounds in seconds, ascending, the last may be infinite.
    package var bounds: [Double]
    /// By point of the grid: observations a second in each bucket, not cumulative; nil is a gap.
    package var columns: [[Double]?]

    package init(bounds: [Double], columns: [[Double]?]) {
        self.bounds = bounds
        self.columns = columns
    }
}

/// A few lines of one unit over the grid.
package struct SignalLines: Equatable, Sendable {
    package enum Unit: Equatable, Sendable { case seconds, perSecond, ratio, count, bytes }

    package struct Line: Equatable, Sendable {
        package var name: String
        package var values: [Double?]
        package var now: Double?

        package init(name: String, values: [Double?], now: Double?) {
            self.name = name
            self.values = values
            self.now = now
        }
    }

    package var title: String
    package var unit: Unit
    package var lines: [Line]

    package init(title: String, unit: Unit, lines: [Line]) {
        self.title = title
        self.unit = unit
        self.lines = lines
    }
}

/// The expected band of a signal, where the anomaly detector knows one.
package struct ExpectedBand: Equatable, Sendable {
    package var lower: [Double?]
    package var upper: [Double?]

    package init(lower: [Double?], upper: [Double?]) {
        self.lower = lower
        self.upper = upper
    }
}

/// Everything that the page of one service shows.
package struct ServiceDetail: Equatable, Sendable {
    package var summary: ServiceSummary
    package var grid: TimeGrid
    package var window: TimeWindow
    package var buckets: LatencyBuckets?
    package var requestBand: ExpectedBand?
    /// Worst first.
    package var distributions: [Distribution]
    /// Token latencies and rates of language models.
    package var languageModel: [SignalLines]
    /// Requests in flight, queue, processor, memory.
    package var resources: [SignalLines]
    package var alerts: [AlertLine]

    package init(
        summary: ServiceSummary, grid: TimeGrid, window: TimeWindow,
        buckets: LatencyBuckets? = nil, requestBand: ExpectedBand? = nil,
        distributions: [Distribution] = [], languageModel: [SignalLines] = [],
        resources: [SignalLines] = [], alerts: [AlertLine] = []
    ) {
        self.summary = summary
        self.grid = grid
        self.window = window
        self.buckets = buckets
        self.requestBand = requestBand
        self.distributions = distributions
        self.languageModel = languageModel
        self.resources = resources
        self.alerts = alerts
    }
}
