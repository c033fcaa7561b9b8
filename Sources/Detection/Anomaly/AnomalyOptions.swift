/// How a stream is watched for unusual points. The defaults serve every signal.
package struct AnomalyOptions: Codable, Sendable, Equatable {
    /// Points before the first judgement.
    package var warmUpCount: Int
    /// Points over which median and spread are taken; each costs 16 bytes of memory.
    package var memoryCount: Int
    /// Weight of the newest point in the moving mean and variance.
    package var rate: Double
    /// Distance from the usual, in standard deviations, that raises an alarm.
    package var threshold: Double
    /// Share by which every alarm of the latest days raises the threshold.
    package var fatigue: Double
    /// Spread that is never thought smaller, in the signal's unit. 0 makes a signal that was
    /// constant sensitive to any change.
    package var minimumSpread: Double

    package init(
        warmUpCount: Int = 100, memoryCount: Int = 960, rate: Double = 0.01,
        threshold: Double = 4, fatigue: Double = 0.15, minimumSpread: Double = 0
    ) {
        self.warmUpCount = max(warmUpCount, 30)
        self.memoryCount = min(max(memoryCount, 120), 10_000)
        self.rate = min(max(rate, 1e-4), 1)
        self.threshold = max(threshold, 0.1)
        self.fatigue = max(fatigue, 0)
        self.minimumSpread = max(minimumSpread, 0)
    }
}
