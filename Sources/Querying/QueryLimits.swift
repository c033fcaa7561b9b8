/// What one query may use before it is ended with an error that says which limit it met.
package struct QueryLimits: Sendable {
    /// Samples read plus values computed, over all selectors and intermediate results.
    package var maximumSamples: Int
    /// Series that one selector may select.
    package var maximumSeries: Int
    /// Steps of a range query, and of each subquery.
    package var maximumSteps: Int
    /// How far a selector looks back for the newest sample; left-open.
    package var lookback: Duration
    /// The step of a subquery that names none.
    package var defaultSubqueryStep: Duration
    /// Asked every few thousand values; true ends the query with a timeout error.
    package var isCancelled: @Sendable () -> Bool

    package init(
        maximumSamples: Int = 50_000_000,
        maximumSeries: Int = 500_000,
        maximumSteps: Int = 11_000,
        lookback: Duration = .seconds(300),
        defaultSubqueryStep: Duration = .seconds(60),
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) {
        self.maximumSamples = maximumSamples
        self.maximumSeries = maximumSeries
        self.maximumSteps = maximumSteps
        self.lookback = lookback
        self.defaultSubqueryStep = defaultSubqueryStep
        self.isCancelled = isCancelled
    }
}
