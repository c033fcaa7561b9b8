/// One bucket of a classic histogram at one instant.
package struct HistogramBucket: Sendable {
    /// Inclusive.
    package var upperBound: Double
    /// Observations at or below the bound.
    package var cumulativeCount: Double

    package init(upperBound: Double, cumulativeCount: Double) {
        self.upperBound = upperBound
        self.cumulativeCount = cumulativeCount
    }
}

/// The φ-quantile that a classic histogram's buckets suggest, linear inside a bucket.
///
/// Counts that fall towards higher bounds, or rise by no more than rounding errors, are repaired
/// first. The lowest bucket begins at 0 unless its bound is not positive.
///
/// - Parameter buckets: In any order; equal bounds are added up.
/// - Returns: NaN where the highest bound is not +∞, or there are fewer than two buckets or no
///   observations; −∞ for φ < 0, +∞ for φ > 1; the second-highest bound where the quantile lies
///   in the highest bucket.
///
/// Source: https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile
package func histogramQuantile(_ q: Double, of buckets: [HistogramBucket]) -> Double {
    var sorted = buckets.sorted { $0.upperBound < $1.upperBound }
    var isFalling = false
    return histogramQuantile(q, ofSorted: &sorted, isFalling: &isFalling)
}

/// As above, of buckets in ascending order of bounds; repairs them in place.
///
/// - Parameter isFalling: Set where counts fell by more than rounding errors.
func histogramQuantile(
    _ q: Double, ofSorted buckets: inout [HistogramBucket], isFalling: inout Bool
) -> Double {
    if q.isNaN { return .nan }
    if q < 0 { return -.infinity }
    if q > 1 { return .infinity }
    guard repair(&buckets, isFalling: &isFalling) else { return .nan }
    let last = buckets.count - 1
    var rank = q * buckets[last].cumulativeCount
    let index = bucketIndex(of: rank, in: buckets)
    if index == last { return buckets[last - 1].upperBound }
    if index == 0, buckets[0].upperBound <= 0 { return buckets[0].upperBound }
    var start = 0.0
    var count = buckets[index].cumulativeCount
    if index > 0 {
        start = buckets[index - 1].upperBound
        count -= buckets[index - 1].cumulativeCount
        rank -= buckets[index - 1].cumulativeCount
    }
    return start + (buckets[index].upperBound - start) * (rank / count)
}

/// The share of observations between two bounds, linear inside a bucket.
///
/// - Parameter buckets: In ascending order of bounds; repaired in place.
/// - Returns: 0...1; NaN where the quantile would be NaN or a bound is NaN; 0 where the bounds
///   are equal or in the wrong order.
func histogramFraction(
    from lower: Double, to upper: Double, ofSorted buckets: inout [HistogramBucket],
    isFalling: inout Bool
) -> Double {
    guard repair(&buckets, isFalling: &isFalling) else { return .nan }
    if lower.isNaN || upper.isNaN { return .nan }
    if lower >= upper { return 0 }
    let total = buckets[buckets.count - 1].cumulativeCount
    let lowerRank = rank(of: lower, in: buckets)
    let upperRank = rank(of: upper, in: buckets)
    return (upperRank - lowerRank) / total
}

/// How many observations lie at or below a value.
private func rank(of value: Double, in buckets: [HistogramBucket]) -> Double {
    var lowerBound = buckets[0].upperBound > 0 ? 0 : -Double.infinity
    var lowerCount = 0.0
    for bucket in buckets {
        if value <= lowerBound { return lowerCount }
        if value < bucket.upperBound {
            guard bucket.upperBound.isFinite, lowerBound.isFinite else { return lowerCount }
            let share = (value - lowerBound) / (bucket.upperBound - lowerBound)
            return lowerCount + (bucket.cumulativeCount - lowerCount) * share
        }
        lowerBound = bucket.upperBound
        lowerCount = bucket.cumulativeCount
    }
    return lowerCount
}

/// Adds up equal bounds and makes counts ascend; false where nothing can be said of the buckets.
private func repair(_ buckets: inout [HistogramBucket], isFalling: inout Bool) -> Bool {
    guard buckets.last?.upperBound == .infinity else { return false }
    var kept = 0
    for index in 1..<buckets.count {
        if buckets[index].upperBound == buckets[kept].upperBound {
            buckets[kept].cumulativeCount += buckets[index].cumulativeCount
        } else {
            kept += 1
            buckets[kept] = buckets[index]
        }
    }
    buckets.removeSubrange((kept + 1)...)
    guard buckets.count >= 2 else { return false }
    var previous = buckets[0].cumulativeCount
    for index in 1..<buckets.count {
        let count = buckets[index].cumulativeCount
        let isEqual = isAlmostEqual(previous, count)
        if count < previous || isEqual {
            if !isEqual { isFalling = true }
            buckets[index].cumulativeCount = previous
        } else {
            previous = count
        }
    }
    let total = buckets[buckets.count - 1].cumulativeCount
    return total != 0
}

private func isAlmostEqual(_ a: Double, _ b: Double) -> Bool {
    if a == b || (a.isNaN && b.isNaN) { return true }
    let sum = abs(a) + abs(b)
    let difference = abs(a - b)
    if a == 0 || b == 0 || sum < .leastNormalMagnitude {
        return difference < 1e-12 * .leastNormalMagnitude
    }
    return difference / min(sum, .greatestFiniteMagnitude) < 1e-12
}

/// The first bucket but the last whose count reaches the rank, else the last.
private func bucketIndex(of rank: Double, in buckets: [HistogramBucket]) -> Int {
    var low = 0
    var high = buckets.count - 1
    while low < high {
        let middle = (low + high) / 2
        if buckets[middle].cumulativeCount >= rank { high = middle } else { low = middle + 1 }
    }
    return low
}
