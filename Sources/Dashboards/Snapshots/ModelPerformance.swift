/// One performance metric of a model version: estimated from scores, measured by labels, or both.
package struct ModelPerformance: Equatable, Sendable {
    package struct Estimate: Equatable, Sendable {
        package var value: Double
        /// nil where no interval is known.
        package var lower: Double?
        package var upper: Double?

        package init(value: Double, lower: Double? = nil, upper: Double? = nil) {
            self.value = value
            self.lower = lower
            self.upper = upper
        }
    }

    package var model: String
    package var version: String
    /// As the series are named after `mlmon_estimated_` and `mlmon_realised_`.
    package var metric: String
    package var estimated: Estimate?
    package var realised: Double?
    /// Share of the window's predictions that have labels; nil where none has.
    package var coverage: Double?
    /// Measured where labels have arrived, else estimated; over the grid.
    package var history: [Double?]

    package init(
        model: String, version: String, metric: String, estimated: Estimate? = nil,
        realised: Double? = nil, coverage: Double? = nil, history: [Double?] = []
    ) {
        self.model = model
        self.version = version
        self.metric = metric
        self.estimated = estimated
        self.realised = realised
        self.coverage = coverage
        self.history = history
    }
}
