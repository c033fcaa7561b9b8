import TimeSeries

/// What each hour of the day is like on a stream, and how far points stray from that.
struct HourlySeason: Codable, Sendable, Equatable {
    /// Points an hour needs before its own mean counts.
    private static let neededCount = 5.0

    private var means = [Double](repeating: 0, count: 24)
    private var counts = [Double](repeating: 0, count: 24)
    private var variance = 0.0

    /// Hour of day, UTC, in 0..<24.
    static func hour(of time: Timestamp) -> Int {
        let hours = time.milliseconds / 3_600_000 - (time.milliseconds % 3_600_000 < 0 ? 1 : 0)
        return Int((hours % 24 + 24) % 24)
    }

    /// nil while the hour is hardly known.
    func mean(at hour: Int) -> Double? {
        counts[hour] >= Self.neededCount ? means[hour] : nil
    }

    /// Standard deviation of points from their hour's mean.
    var deviation: Double { variance.squareRoot() }

    /// - Parameters:
    ///   - level: Mean of the stream, for hours that are hardly known.
    ///   - count: Points before this one.
    mutating func learn(_ point: Double, hour: Int, level: Double, count: Int) {
        if count > 0 {
            let residual = AnomalyDetector.bounded(
                point - (mean(at: hour) ?? level), by: variance)
            let rate = max(0.01, 1 / Double(count))
            variance = (1 - rate) * variance + rate * residual * residual
        }
        counts[hour] += 1
        means[hour] += max(0.02, 1 / counts[hour]) * (point - means[hour])
    }
}
