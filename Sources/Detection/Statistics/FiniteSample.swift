/// The usable values of a sample, ascending, and how many were not usable.
package struct FiniteSample: Sendable, Equatable {
    /// Finite, ascending; −0 is 0.
    package let sorted: [Double]
    /// NaN and missing values.
    package let missingCount: Int
    package let infiniteCount: Int

    /// - Parameter values: nil where a value is missing.
    /// - Complexity: O(n log n).
    package init(_ values: [Double?]) {
        var finite: [Double] = []
        finite.reserveCapacity(values.count)
        var missing = 0
        var infinite = 0
        for value in values {
            guard let value, !value.isNaN else {
                missing += 1
                continue
            }
            if value.isInfinite { infinite += 1 } else { finite.append(value + 0.0) }
        }
        finite.sort()
        sorted = finite
        missingCount = missing
        infiniteCount = infinite
    }

    /// The same without a copy, where all values are there.
    package init(numbers: consuming [Double]) {
        var finite = numbers
        let count = finite.count
        let missing = finite.count { $0.isNaN }
        if finite.contains(where: { !$0.isFinite }) { finite.removeAll { !$0.isFinite } }
        for i in finite.indices where finite[i] == 0 { finite[i] = 0 }
        finite.sort()
        sorted = finite
        missingCount = missing
        infiniteCount = count - missing - finite.count
    }

    package var count: Int { sorted.count }
    package var isEmpty: Bool { sorted.isEmpty }

    /// Mean, without overflow for values near the largest number; nil for an empty sample.
    package var mean: Double? {
        isEmpty ? nil : exactMean(sorted)
    }

    /// Middle value, or the mean of the two middle ones; nil for an empty sample.
    package var median: Double? {
        guard !isEmpty else { return nil }
        let middle = count / 2
        return count % 2 == 1 ? sorted[middle] : midpoint(sorted[middle - 1], sorted[middle])
    }

    /// The mean less that of another sample, which keeps the digits that both means round away
    /// where values lie far from 0; 0 where a sample is empty.
    package func meanDifference(from other: FiniteSample) -> Double {
        guard let a = other.mean, let b = mean else { return 0 }
        let centre = other.sorted[other.count / 2]
        let exact = meanDeviation(from: centre) - other.meanDeviation(from: centre)
        return exact.isFinite ? exact : b - a
    }

    /// The same for the medians.
    package func medianDifference(from other: FiniteSample) -> Double {
        guard let a = other.median, let b = median else { return 0 }
        let centre = other.sorted[other.count / 2]
        let exact = signedMedian(from: centre) - other.signedMedian(from: centre)
        return exact.isFinite ? exact : b - a
    }

    private func meanDeviation(from centre: Double) -> Double {
        var sum = CompensatedSum()
        for x in sorted { sum.add(x - centre) }
        return sum.value / Double(count)
    }

    private func signedMedian(from centre: Double) -> Double {
        let high = sorted[count / 2] - centre
        return count % 2 == 1 ? high : midpoint(sorted[count / 2 - 1] - centre, high)
    }

    /// Quantile of type 7, linear between neighbours; nil for an empty sample or q outside 0...1.
    package func quantile(_ q: Double) -> Double? {
        guard !isEmpty, q >= 0, q <= 1 else { return nil }
        let h = Double(count - 1) * q
        let low = min(Int(h), count - 1)
        guard low + 1 < count else { return sorted[low] }
        return interpolated(sorted[low], sorted[low + 1], at: h - Double(low))
    }

    /// Σ (x − centre)², or ∞ when it overflows.
    package func squaredDeviation(from centre: Double) -> Double {
        var sum = CompensatedSum()
        for x in sorted { sum.add((x - centre) * (x - centre)) }
        return sum.value
    }

    /// Standard deviation with divisor n; scaled, so that neither tiny nor huge values lose it.
    package var populationDeviation: Double? {
        guard let mean, let low = sorted.first, let high = sorted.last else { return nil }
        let reach = max(mean - low, high - mean)
        guard reach > 0 else { return 0 }
        if reach.isInfinite {
            // Values on both ends of the range: work on halves.
            return FiniteSample(sorted.map { $0 / 4 }).populationDeviation.map { $0 * 4 }
        }
        let scale = Double(sign: .plus, exponent: reach.exponent, significand: 1)
        var sum = CompensatedSum()
        for x in sorted {
            let d = (x - mean) / scale
            sum.add(d * d)
        }
        return (sum.value / Double(count)).squareRoot() * scale
    }

    /// Median of |x − centre|; nil for an empty sample.
    package func medianDeviation(from centre: Double) -> Double? {
        guard !isEmpty else { return nil }
        // Deviations ascend to both sides of the centre.
        var above = sorted.partitioned { $0 < centre }
        var below = above - 1
        var (last, previous) = (0.0, 0.0)
        for _ in 0...(count / 2) {
            previous = last
            let left = below >= 0 ? abs(sorted[below] - centre) : .infinity
            let right = above < count ? abs(sorted[above] - centre) : .infinity
            if above >= count || (below >= 0 && left <= right) {
                last = left
                below -= 1
            } else {
                last = right
                above += 1
            }
        }
        return count % 2 == 1 ? last : midpoint(previous, last)
    }
}

extension [Double] {
    /// Where the elements that meet a condition end, all of which come first.
    fileprivate func partitioned(by isFirst: (Double) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isFirst(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// A sum whose rounding errors are kept beside it (Neumaier).
struct CompensatedSum {
    private var sum = 0.0
    private var error = 0.0

    mutating func add(_ x: Double) {
        let next = sum + x
        error += abs(sum) >= abs(x) ? (sum - next) + x : (x - next) + sum
        sum = next
    }

    var value: Double { error.isFinite ? sum + error : sum }
}

/// The mean of values of any size.
func exactMean(_ values: [Double]) -> Double {
    let largest = values.reduce(0) { max($0, abs($1)) }
    let count = Double(values.count)
    // Scaling by a power of two is exact and keeps the sum in range.
    let scale = largest > 1e290 ? 0x1p-40 : 1
    var sum = CompensatedSum()
    for x in values { sum.add(x * scale) }
    let mean = sum.value / count / scale
    return mean.isFinite ? mean : sum.value / count * (1 / scale)
}

/// Halfway between two numbers, without overflow.
func midpoint(_ a: Double, _ b: Double) -> Double {
    let sum = a + b
    return sum.isFinite ? sum / 2 : a / 2 + b / 2
}

/// Linear between a and b, without overflow.
func interpolated(_ a: Double, _ b: Double, at fraction: Double) -> Double {
    if fraction == 0 || a == b { return a }
    let difference = b - a
    return difference.isFinite ? a + fraction * difference : a * (1 - fraction) + b * fraction
}
