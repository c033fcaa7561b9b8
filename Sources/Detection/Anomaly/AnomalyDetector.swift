#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

import TimeSeries

/// Judges a stream point by point from the points before it.
///
/// - Complexity: O(log n) a point for n points of memory, plus one move of at most n numbers; no
///   allocation once the memory is full.
package struct AnomalyDetector: Codable, Sendable {
    package let options: AnomalyOptions
    /// Points seen, missing ones not counted.
    package private(set) var count = 0

    private var ring: ValueRing
    private var mean = 0.0
    private var variance = 0.0
    /// Points of an incident still to come before it counts as over; 0 outside incidents.
    private var quietCount = 0

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
        guard let value, value.isFinite else {
            return AnomalyVerdict(
                value: nil, score: 0, isWarmingUp: count < options.warmUpCount, isAlarm: false)
        }
        // Squares of larger values would overflow; the score of such a point is 1 all the same.
        let point = min(max(value, -1e150), 1e150)
        defer { learn(point) }
        guard count >= options.warmUpCount else {
            return AnomalyVerdict(value: value, score: 0, isWarmingUp: true, isAlarm: false)
        }
        let spread = self.spread
        let z = deviation(of: point)
        var score = z.isInfinite ? 1 : 1 - exp2(-z / options.threshold)
        let isAlarm = score >= 0.5 && quietCount == 0
        if score >= 0.5 {
            if !isAlarm { score = 0.45 + 0.04 * score }
            quietCount = options.recoveryCount
        } else if quietCount > 0 {
            quietCount -= 1
        }
        return AnomalyVerdict(
            value: value, score: score, lower: mean - options.threshold * spread,
            upper: mean + options.threshold * spread, isWarmingUp: false, isAlarm: isAlarm)
    }

    private var spread: Double {
        max(variance.squareRoot(), options.minimumSpread)
    }

    /// The smaller of two distances: from the moving mean in moving standard deviations, and from
    /// the median in robust ones.
    private func deviation(of point: Double) -> Double {
        let median = ring.median
        let range = ring.largest - ring.smallest
        let robust = max(
            1.482602218505602 * ring.medianDeviation(from: median), 0.01 * range,
            options.minimumSpread)
        return max(
            Self.distance(point - mean, over: spread),
            0.5 * Self.distance(point - median, over: robust))
    }

    private static func distance(_ difference: Double, over spread: Double) -> Double {
        let difference = abs(difference)
        return difference == 0 ? 0 : difference / spread
    }

    private mutating func learn(_ point: Double) {
        ring.insert(point)
        count += 1
        if count == 1 {
            mean = point
            return
        }
        // Until the rate is reached, every point counts the same.
        let rate = max(options.rate, 1 / Double(count))
        let d = point - mean
        mean += rate * d
        variance = (1 - rate) * (variance + rate * d * d)
    }
}
