/// How a stream is watched for unusual points. The defaults serve every signal.
package struct AnomalyOptions: Codable, Sendable, Equatable {
    /// Points before the first judgement.
    package var warmUpCount: Int
    /// Points that are remembered; each costs 12 bytes of memory.
    package var memoryCount: Int
    /// Weight of the newest point in the moving mean and variance.
    package var rate: Double
    /// Distance from the usual, in standard deviations, that raises an alarm.
    package var threshold: Double
    /// How much the threshold grows with the number of alarms of the latest days; see
    /// `AlarmPacing`.
    package var fatigue: Double
    /// Spread that is never thought smaller, in the signal's unit. 0 makes a signal that was
    /// constant sensitive to any change.
    package var minimumSpread: Double
    /// Spread that is never thought smaller, as a share of the signal's level.
    package var minimumSpreadShare: Double

    package init(
        warmUpCount: Int = 100, memoryCount: Int = 960, rate: Double = 0.005,
        threshold: Double = 3.5, fatigue: Double = 0.5, minimumSpread: Double = 0,
        minimumSpreadShare: Double = 0
    ) {
        self.warmUpCount = max(warmUpCount, 30)
        self.memoryCount = min(max(memoryCount, 120), 10_000)
        self.rate = min(max(rate, 1e-4), 1)
        self.threshold = max(threshold, 0.1)
        self.fatigue = max(fatigue, 0)
        self.minimumSpread = max(minimumSpread, 0)
        self.minimumSpreadShare = max(minimumSpreadShare, 0)
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func number(_ key: CodingKeys) throws -> Double {
            try container.decode(key, in: StoredRange.square)
        }
        self.init(
            warmUpCount: try container.decode(.warmUpCount, in: StoredRange.count),
            memoryCount: try container.decode(.memoryCount, in: StoredRange.count),
            rate: try number(.rate), threshold: try number(.threshold),
            fatigue: try number(.fatigue), minimumSpread: try number(.minimumSpread),
            minimumSpreadShare: try number(.minimumSpreadShare))
    }
}
