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
    package enum Unit: Equatable, Sendable {
        case seconds, perSecond, ratio, count, bytes, bytesPerSecond
    }

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

/// What the anomaly detector says about a signal.
package struct ExpectedBand: Equatable, Sendable {
    /// Signals that are watched, by their label.
    package enum Signal: String, CaseIterable, Sendable {
        case requestRate = "request_rate"
        case errorRatio = "error_ratio"
        case latencyP99 = "latency_p99"
    }

    /// Where values are expected, over the grid; empty where the band is not that of the whole.
    package var lower: [Double?]
    package var upper: [Double?]
    /// 0…1, of the version that is worst off; above 0.5 is an anomaly.
    package var score: [Double?]
    /// Points so far as a share of those that a judgement needs, of the version that has fewest.
    package var warmUp: [Double?]

    package init(
        lower: [Double?] = [], upper: [Double?] = [], score: [Double?] = [], warmUp: [Double?] = []
    ) {
        self.lower = lower
        self.upper = upper
        self.score = score
        self.warmUp = warmUp
    }
}

/// Everything that the page of one service shows.
package struct ServiceDetail: Equatable, Sendable {
    package var summary: ServiceSummary
    package var grid: TimeGrid
    package var window: TimeWindow
    package var buckets: LatencyBuckets?
    package var expected: [ExpectedBand.Signal: ExpectedBand]
    /// Worst first.
    package var distributions: [Distribution]
    /// Token latencies and rates of language models.
    package var languageModel: [SignalLines]
    /// Requests in flight, queue, processor, memory.
    package var resources: [SignalLines]
    /// By model, version and metric; empty without scores or labels.
    package var performance: [ModelPerformance]
    package var alerts: [AlertLine]
    /// The point of the grid whose figures the summary holds; nil is now.
    package var cursor: Int?

    package init(
        summary: ServiceSummary, grid: TimeGrid, window: TimeWindow,
        buckets: LatencyBuckets? = nil, expected: [ExpectedBand.Signal: ExpectedBand] = [:],
        distributions: [Distribution] = [], languageModel: [SignalLines] = [],
        resources: [SignalLines] = [], performance: [ModelPerformance] = [],
        alerts: [AlertLine] = []
    ) {
        self.summary = summary
        self.grid = grid
        self.window = window
        self.buckets = buckets
        self.expected = expected
        self.distributions = distributions
        self.languageModel = languageModel
        self.resources = resources
        self.performance = performance
        self.alerts = alerts
    }
}
