#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import TimeSeries

/// Judges a stream point by point, from nothing but the points before it.
///
/// A point is unusual when it lies far from both the moving mean and what its hour of day is like,
/// when the level of the latest points has shifted, or when it leaves the range of all values so
/// far; each measured in the stream's own spread, so that unit and offset do not matter.
///
/// - Complexity: O(log n) a point for n points of memory, plus one move of at most n numbers; no
///   allocation once the memory is full.
package struct AnomalyDetector: Codable, Sendable {
    private static let shiftLength = 10
    private static let shiftBefore = 100
    /// A shift counts as many of its own standard deviations more than a single point.
    private static let shiftWeight = 1.2
    /// Share of the range by which a value must leave it, and the deviations it must also have.
    private static let noveltyShare = 0.05
    private static let noveltyDeviations = 2.0
    /// Points before a record says anything: early ones are broken all the time.
    private static let noveltyAfter = 500

    package let options: AnomalyOptions
    /// Points seen, missing ones not counted.
    package private(set) var count = 0

    private var ring: ValueRing
    private var levelMean = 0.0
    private var levelVariance = 0.0
    private var season = HourlySeason()
    private var shiftVariance = 0.0
    private var shiftCount = 0.0
    private var smallest = 0.0
    private var largest = 0.0
    /// Distances of the two latest points, for the score's order; the older one first.
    private var distancesBefore = [0.0, 0.0]
    private var pacing = AlarmPacing()

    package init(options: AnomalyOptions = AnomalyOptions()) {
        self.options = options
        ring = ValueRing(capacity: options.memoryCount)
    }

    /// Judges the next point, then learns from it.
    ///
    /// - Parameters:
    ///   - value: nil or not finite for a missing point, which scores 0 and teaches nothing.
    ///   - time: Ascending from call to call.
    package mutating func observe(_ value: Double?, at time: Timestamp) -> AnomalyVerdict {
        pacing.advance(to: time)
        guard let value, value.isFinite else {
            return .unjudged(nil, isWarmingUp: count < options.warmUpCount)
        }
        // Squares of larger values would overflow; the score of such a point is 1 all the same.
        let point = min(max(value, -1e150), 1e150)
        let hour = HourlySeason.hour(of: time)
        let shift = shift(to: point)
        var verdict = AnomalyVerdict.unjudged(value, isWarmingUp: true)
        if count >= options.warmUpCount {
            verdict = judge(point, hour: hour, shift: shift)
            verdict.value = value
        }
        learn(point, hour: hour, shift: shift)
        return verdict
    }

    private mutating func judge(_ point: Double, hour: Int, shift: Double?) -> AnomalyVerdict {
        let threshold = options.threshold * (1 + options.fatigue * pacing.recentAlarmCount)
        // Rounding makes constants stray by this much; it is no deviation.
        let rounding = 1e-12 * max(abs(point), abs(smallest), abs(largest))
        let leastSpread = max(options.minimumSpread, rounding)
        let spread = max(levelVariance.squareRoot(), leastSpread)
        let fromLevel = Self.distance(point - levelMean, over: spread)
        let expected = season.mean(at: hour) ?? levelMean
        let seasonSpread = max(season.deviation, leastSpread)
        let fromSeason = Self.distance(point - expected, over: seasonSpread)
        var strength = (fromLevel + fromSeason) / 2
        if let shift {
            let usual = max(spread / 2, shiftVariance.squareRoot(), leastSpread)
            strength = max(strength, Self.shiftWeight * Self.distance(shift, over: usual))
        }
        let excess = max(point - largest, smallest - point)
        if excess > leastSpread, count >= Self.noveltyAfter {
            let novelty = excess / (Self.noveltyShare * (largest - smallest))
            strength = max(
                strength, options.threshold * min(novelty, fromLevel / Self.noveltyDeviations))
        }
        strength /= threshold

        let isAlarm = strength >= 1 && !pacing.isSilent
        if isAlarm { pacing.noteAlarm() }
        let ranked = rankingDistance(of: point, fromSeason: fromSeason, leastSpread: leastSpread)
        let rank = 1 - exp2(-ranked / 10)
        var verdict = AnomalyVerdict(
            value: point, score: isAlarm ? 0.5 + 0.5 * rank : 0.499 * rank,
            severity: 1 - exp2(-strength), isWarmingUp: false, isAlarm: isAlarm)
        (verdict.lower, verdict.upper) = Self.band(
            levelMean, spread, expected, seasonSpread, threshold)
        return verdict
    }

    /// Mean distance of the latest three points from the median and from what their hours are like;
    /// single points are ranked below stretches.
    private mutating func rankingDistance(
        of point: Double, fromSeason: Double, leastSpread: Double
    ) -> Double {
        let median = ring.median
        let usual = max(
            1.482602218505602 * ring.medianDeviation(from: median),
            0.01 * (ring.largest - ring.smallest), leastSpread)
        let distance =
            min(Self.distance(point - median, over: usual), 1e6) + min(fromSeason, 1e6)
        let mean = (distancesBefore[0] + distancesBefore[1] + distance) / 3
        distancesBefore[0] = distancesBefore[1]
        distancesBefore[1] = distance
        return mean
    }

    /// Level of the latest points, this one included, less that of those before.
    private func shift(to point: Double) -> Double? {
        let rest = Self.shiftLength - 1
        guard ring.count >= Self.shiftBefore + 2 * Self.shiftLength else { return nil }
        let latest = (ring.mean(from: 0, length: rest) * Double(rest) + point) / Double(rest + 1)
        return latest - ring.mean(from: rest, length: Self.shiftBefore)
    }

    private mutating func learn(_ point: Double, hour: Int, shift: Double?) {
        season.learn(point, hour: hour, level: levelMean, count: count)
        if let shift {
            shiftCount += 1
            let rate = max(0.002, 1 / shiftCount)
            shiftVariance = (1 - rate) * shiftVariance + rate * shift * shift
        }
        ring.insert(point)
        count += 1
        guard count > 1 else {
            (levelMean, smallest, largest) = (point, point, point)
            return
        }
        smallest = min(smallest, point)
        largest = max(largest, point)
        // Until the rate is reached, every point counts the same.
        let rate = max(options.rate, 1 / Double(count))
        let d = Self.bounded(point - levelMean, by: levelVariance)
        levelMean += rate * d
        levelVariance = (1 - rate) * (levelVariance + rate * d * d)
    }

    /// A deviation that teaches at most as much as one of ten standard deviations: a single wild
    /// point must not blind the detector, and a new level is still learned within some points.
    static func bounded(_ deviation: Double, by variance: Double) -> Double {
        let limit = 10 * variance.squareRoot()
        return limit > 0 ? min(max(deviation, -limit), limit) : deviation
    }

    /// Distance in units of spread; ∞ for any distance when there is no spread.
    private static func distance(_ difference: Double, over spread: Double) -> Double {
        difference == 0 ? 0 : abs(difference) / spread
    }

    /// The values whose mean distance from both centres is the threshold.
    private static func band(
        _ level: Double, _ spread: Double, _ expected: Double, _ seasonSpread: Double,
        _ threshold: Double
    ) -> (Double, Double) {
        guard spread > 0, seasonSpread > 0 else { return (level, level) }
        let (a, b) = (0.5 / spread, 0.5 / seasonSpread)
        let centre = (a * level + b * expected) / (a + b)
        let reach = threshold / (a + b)
        return (centre - reach, centre + reach)
    }
}
