/// How a stream is watched for unusual points. The defaults serve every signal.
package struct AnomalyOptions: Codable, Sendable, Equatable {
    /// Points before the first judgement.
    package var warmUpCount: Int
    /// Points over which median and spread are taken.
    package var memoryCount: Int
    /// Weight of the newest point in the moving mean and variance.
    package var rate: Double
    /// Distance from the usual, in robust standard deviations, that scores 0.5.
    package var threshold: Double
    /// Spread that is never thought smaller, in the signal's unit. 0 makes a signal that was
    /// constant sensitive to any change.
    package var minimumSpread: Double
    /// Points without a score over the threshold after which an incident is over.
    package var recoveryCount: Int

    package init(
        warmUpCount: Int = 100, memoryCount: Int = 1000, rate: Double = 0.01,
        threshold: Double = 6, minimumSpread: Double = 0, recoveryCount: Int = 10
    ) {
        self.warmUpCount = max(warmUpCount, 2)
        self.memoryCount = min(max(memoryCount, 120), 10_000)
        self.rate = rate
        self.threshold = threshold
        self.minimumSpread = minimumSpread
        self.recoveryCount = max(recoveryCount, 1)
    }
}
