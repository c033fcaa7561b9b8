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
/// A point is unusual when it lies far from what its hour is like and ends a stretch unlike every
/// earlier one, when the level of the latest points has shifted, or when it leaves the range of all
/// values so far; each measured in the stream's own spread, so that unit and offset do not matter.
///
/// - Complexity: one pass over the memory a point, with no branch in it and no allocation.
package struct AnomalyDetector: Codable, Sendable {
    /// Distance from the earlier stretches counts twice as much as distance from the hour, and a
    /// root mean square over a stretch is about a third of what its largest deviation is.
    private static let seasonWeight = 1 / 3.0
    private static let patternWeight = 2.0
    private static let shiftLength = 10
    private static let shiftBefore = 100
    /// A shift counts as many of its own standard deviations more than a single point.
    private static let shiftWeight = 1.4
    /// Share of the range by which a value must leave it, and the deviations it must also have.
    private static let noveltyShare = 0.02
    private static let noveltyDeviations = 3.5
    /// Points before a record says anything: early ones are broken all the time.
    private static let noveltyAfter = 500

    /// A deviation of more spreads teaches, and moves a stretch, no more than one of so many.
    private static let boundedSpreads = 10.0

    /// After as many points the threshold is twice what it comes to be.
    private static let youthCount = 50.0

    package let options: AnomalyOptions
    /// Points seen, missing ones not counted.
    package private(set) var count = 0

    private var memory: PatternMemory
    private var levelMean = 0.0
    private var levelVariance = 0.0
    private var season = HourlySeason()
    private var shiftVariance = 0.0
    private var shiftCount = 0.0
    private var smallest = 0.0
    private var largest = 0.0
    /// Distances of the two latest points, for the score's order; the older one first.
    private var distanceBefore = 0.0
    private var distanceLatest = 0.0
    private var pacing = AlarmPacing()
    private var beginning = ConstantBeginning()

    package init(options: AnomalyOptions = AnomalyOptions()) {
        self.options = options
        memory = PatternMemory(capacity: options.memoryCount)
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        options = try container.decode(AnomalyOptions.self, forKey: .options)
        count = try container.decode(.count, in: StoredRange.count)
        memory = try container.decode(PatternMemory.self, forKey: .memory)
        try container.check(
            memory.capacity == options.memoryCount && memory.count == min(count, memory.capacity),
            .memory)
        levelMean = try container.decode(.levelMean, in: StoredRange.value)
        levelVariance = try container.decode(.levelVariance, in: StoredRange.square)
        season = try container.decode(HourlySeason.self, forKey: .season)
        shiftVariance = try container.decode(.shiftVariance, in: StoredRange.square)
        shiftCount = try container.decode(.shiftCount, in: StoredRange.size)
        smallest = try container.decode(.smallest, in: StoredRange.value)
        largest = try container.decode(.largest, in: smallest...StoredRange.value.upperBound)
        distanceBefore = try container.decode(.distanceBefore, in: StoredRange.size)
        distanceLatest = try container.decode(.distanceLatest, in: StoredRange.size)
        pacing = try container.decode(AlarmPacing.self, forKey: .pacing)
        beginning = try container.decode(ConstantBeginning.self, forKey: .beginning)
    }

    /// Judges the next point, then learns from it.
    ///
    /// - Parameters:
    ///   - value: nil or not finite for a missing point, which scores 0 and teaches nothing.
    ///   - time: Ascending from call to call.
    package mutating func observe(_ value: Double?, at time: Timestamp) -> AnomalyVerdict {
        pacing.advance(to: time)
        let warmUp = min(Double(count) / Double(options.warmUpCount), 1)
        guard let value, value.isFinite else { return .unjudged(nil, warmUp: warmUp) }
        // Squares of larger values would overflow; the score of such a point is 1 all the same.
        let point = min(max(value, -1e150), 1e150)
        let hour = HourlySeason.hour(of: time)
        let expected = season.expected(at: hour, for: point) ?? levelMean
        // What is remembered of a wild point is that it was far, so that it does not drown the rest.
        let leastSpread = leastSpread(at: point)
        let spread = spread(atLeast: leastSpread)
        let reach = Self.boundedSpreads * spread
        let near = min(max(point, levelMean - reach), levelMean + reach)
        let shift = shift(to: near)
        let isBegun = beginning.advance(point, settledCount: quietCount)
        let isJudged = count >= options.warmUpCount && !isBeginning
        let fromMedian = isJudged ? distanceFromMedian(of: point, leastSpread: leastSpread) : 0
        let pattern = memory.insert(near, limit: reach) ?? 0
        var verdict = AnomalyVerdict.unjudged(value, warmUp: warmUp)
        if isJudged {
            verdict = judge(
                point, expected: expected, spread: spread, leastSpread: leastSpread, shift: shift,
                pattern: pattern, fromMedian: fromMedian)
            verdict.value = value
        }
        learn(point, hour: hour, expected: expected, shift: shift)
        if isBegun { beginAnew() }
        return verdict
    }

    /// - Parameters:
    ///   - pattern: Distance of the stretch that ends here from the earlier one most like it.
    ///   - fromMedian: Distance from the median, in robust spreads.
    private mutating func judge(
        _ point: Double, expected: Double, spread: Double, leastSpread: Double, shift: Double?,
        pattern: Double, fromMedian: Double
    ) -> AnomalyVerdict {
        let seasonSpread = max(season.deviation, leastSpread)
        let fromSeason = Self.distance(point - expected, over: seasonSpread)
        let fromPattern = Self.distance(pattern, over: spread)
        var strength = Self.seasonWeight * fromSeason + Self.patternWeight * fromPattern
        if let shift {
            let usual = max(spread / 2, shiftVariance.squareRoot(), leastSpread)
            strength = max(strength, Self.shiftWeight * Self.distance(shift, over: usual))
        }
        strength /= options.threshold
        let excess = max(point - largest, smallest - point)
        if excess > leastSpread, count >= Self.noveltyAfter {
            let novelty = excess / (Self.noveltyShare * (largest - smallest))
            let fromLevel = Self.distance(point - levelMean, over: spread)
            strength = max(strength, min(novelty, fromLevel / Self.noveltyDeviations))
        }
        let factor = pacing.factor(fatigue: options.fatigue) * youthFactor
        strength /= factor

        let isAlarm = pacing.advance(isBeyond: strength >= 1)
        let usual = 1 - exp2(-strength)
        let rank = rank(fromMedian + min(fromSeason, 1e6) + 3 * min(fromPattern, 1e6))
        var verdict = AnomalyVerdict(
            value: point, score: isAlarm ? 0.5 + 0.5 * rank : 0.499 * rank,
            severity: pacing.isInIncident ? max(usual, 0.5) : min(usual, 0.499), warmUp: 1,
            isAlarm: isAlarm)
        (verdict.lower, verdict.upper) = Self.band(
            levelMean, spread, expected, seasonSpread, options.threshold * factor)
        return verdict
    }

    /// The score's order: the mean distance of the latest three points, in 0..<1. Single points are
    /// ranked below stretches.
    private mutating func rank(_ distance: Double) -> Double {
        let mean = (distanceBefore + distanceLatest + distance) / 3
        distanceBefore = distanceLatest
        distanceLatest = distance
        return 1 - exp2(-mean / 10)
    }

    /// How many times the threshold that few points so far ask for: spread and hours are hardly
    /// known, and among few stretches the nearest is far by chance.
    private var youthFactor: Double { 1 + Self.youthCount / Double(max(count, 1)) }

    private func distanceFromMedian(of point: Double, leastSpread: Double) -> Double {
        let median = memory.median
        let usual = max(
            1.482602218505602 * memory.medianDeviation(from: median), 0.01 * memory.range,
            leastSpread)
        return min(Self.distance(point - median, over: usual), 1e6)
    }

    /// Rounding makes constants stray by a little; it is no deviation.
    private func leastSpread(at point: Double) -> Double {
        max(
            options.minimumSpread, options.minimumSpreadShare * abs(levelMean),
            1e-12 * max(abs(point), abs(smallest), abs(largest)))
    }

    /// The stream's own spread; ∞ while nothing is known of it.
    private func spread(atLeast leastSpread: Double) -> Double {
        count > quietCount ? max(levelVariance.squareRoot(), leastSpread) : .infinity
    }

    /// Level of the latest points, this one included, less that of those before.
    private func shift(to point: Double) -> Double? {
        let rest = Self.shiftLength - 1
        guard memory.count >= Self.shiftBefore + 2 * Self.shiftLength else { return nil }
        let latest = (memory.mean(from: 0, length: rest) * Double(rest) + point) / Double(rest + 1)
        return latest - memory.mean(from: rest, length: Self.shiftBefore)
    }

    /// Points at the beginning that only fill the memory.
    private var quietCount: Int { options.warmUpCount / 4 }

    /// The constant was left while the stream was young: what comes is not known yet.
    private var isBeginning: Bool {
        beginning.leftAfter.map { $0 < options.warmUpCount } ?? false
    }

    /// Forgets the constant with which the stream began, as if it had begun with what came then.
    private mutating func beginAnew() {
        let points = memory.latest(quietCount)
        var anew = AnomalyDetector(options: options)
        for point in points {
            _ = anew.memory.insert(point)
            anew.levelMean = point
        }
        anew.count = points.count
        anew.beginning = beginning
        anew.pacing = pacing
        self = anew
    }

    private mutating func learn(_ point: Double, hour: Int, expected: Double, shift: Double?) {
        count += 1
        // Signals begin with what is not usual: counters at zero, caches that are cold.
        let learned = count - quietCount
        guard learned > 0 else {
            levelMean = point
            return
        }
        season.learn(
            point, hour: hour, expected: expected, intervalSeconds: pacing.intervalSeconds,
            count: learned - 1)
        if let shift {
            shiftCount += 1
            let rate = max(0.002, 1 / shiftCount)
            shiftVariance = (1 - rate) * shiftVariance + rate * shift * shift
        }
        guard learned > 1 else {
            (levelMean, smallest, largest) = (point, point, point)
            return
        }
        smallest = min(smallest, point)
        largest = max(largest, point)
        // Until the rate is reached, every point counts the same.
        let rate = max(options.rate, 1 / Double(learned))
        let d = Self.bounded(point - levelMean, by: levelVariance)
        levelMean += rate * d
        levelVariance = (1 - rate) * (levelVariance + rate * d * d)
    }

    /// A deviation that teaches at most as much as one of ten standard deviations: a single wild
    /// point must not blind the detector, and a new level is still learned within some points.
    static func bounded(_ deviation: Double, by variance: Double) -> Double {
        let limit = boundedSpreads * variance.squareRoot()
        return limit > 0 ? min(max(deviation, -limit), limit) : deviation
    }

    /// Distance in units of spread; ∞ for any distance when there is none.
    private static func distance(_ difference: Double, over spread: Double) -> Double {
        difference == 0 ? 0 : abs(difference) / spread
    }

    /// The values that are within the threshold, where a stretch is as far from earlier ones as its
    /// last point alone is from the level.
    private static func band(
        _ level: Double, _ spread: Double, _ expected: Double, _ seasonSpread: Double,
        _ threshold: Double
    ) -> (Double, Double) {
        guard spread > 0, seasonSpread > 0 else { return (level, level) }
        let a = patternWeight * PatternMemory.newestShare / spread
        let b = seasonWeight / seasonSpread
        let centre = (a * level + b * expected) / (a + b)
        let reach = threshold / (a + b)
        return (centre - reach, centre + reach)
    }
}
