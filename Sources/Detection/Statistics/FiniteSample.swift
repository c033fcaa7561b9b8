/// The usable values of a sample, ascending, and how many were not usable.
package struct FiniteSample: Sendable {
    /// Finite, ascending; −0 is 0.
    private let blocks: any AscendingBlocks
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
        blocks = finite
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
        blocks = finite
        missingCount = missing
        infiniteCount = count - missing - finite.count
    }

    /// Numbers that are finite, ascending and without −0.
    package init(_ blocks: any AscendingBlocks, missingCount: Int, infiniteCount: Int) {
        self.blocks = blocks
        self.missingCount = missingCount
        self.infiniteCount = infiniteCount
    }

    package var count: Int { blocks.count }
    package var isEmpty: Bool { blocks.count == 0 }

    /// All of them, ascending.
    package var sorted: [Double] {
        var all: [Double] = []
        forEachBlock { all.append(contentsOf: $0) }
        return all
    }

    var cursor: AscendingCursor { AscendingCursor(blocks) }

    /// Lends the numbers, in their order.
    func forEachBlock(_ body: ([Double]) -> Void) {
        var i = 0
        while i < count {
            let block = blocks.block(at: i)
            body(block.values)
            i = block.first + block.values.count
        }
    }

    /// The number of a rank from 0.
    private subscript(i: Int) -> Double {
        let block = blocks.block(at: i)
        return block.values[i - block.first]
    }

    /// nil for an empty sample, as is the largest.
    package var smallest: Double? { isEmpty ? nil : self[0] }
    package var largest: Double? { isEmpty ? nil : self[count - 1] }

    /// The largest distance of a value from 0.
    var largestSize: Double { max(abs(smallest ?? 0), abs(largest ?? 0)) }

    /// Mean, without overflow for values near the largest number; nil for an empty sample.
    package var mean: Double? { isEmpty ? nil : mean(atMost: largestSize) { $0 } }

    /// The mean of what becomes of each value.
    ///
    /// - Parameter limit: No result lies further from 0.
    private func mean(atMost limit: Double, of transform: (Double) -> Double) -> Double {
        var mean = ExactMean(limit: limit)
        forEachBlock { block in
            for x in block { mean.add(transform(x)) }
        }
        return mean.value(count: count)
    }

    /// Mean of |x − centre|; 0 for an empty sample.
    package func meanDeviation(from centre: Double) -> Double {
        guard let smallest, let largest else { return 0 }
        let limit = max(abs(smallest - centre), abs(largest - centre))
        return mean(atMost: limit) { abs($0 - centre) }
    }

    /// Middle value, or the mean of the two middle ones; nil for an empty sample.
    package var median: Double? {
        guard !isEmpty else { return nil }
        let middle = count / 2
        return count % 2 == 1 ? self[middle] : midpoint(self[middle - 1], self[middle])
    }

    /// The mean less that of another sample, which keeps the digits that both means round away
    /// where values lie far from 0; 0 where a sample is empty.
    package func meanDifference(from other: FiniteSample) -> Double {
        guard let a = other.mean, let b = mean else { return 0 }
        let centre = other[other.count / 2]
        let exact = signedMean(from: centre) - other.signedMean(from: centre)
        return exact.isFinite ? exact : b - a
    }

    /// The same for the medians.
    package func medianDifference(from other: FiniteSample) -> Double {
        guard let a = other.median, let b = median else { return 0 }
        let centre = other[other.count / 2]
        let exact = signedMedian(from: centre) - other.signedMedian(from: centre)
        return exact.isFinite ? exact : b - a
    }

    private func signedMean(from centre: Double) -> Double {
        sum { $0 - centre } / Double(count)
    }

    private func sum(of transform: (Double) -> Double) -> Double {
        var sum = CompensatedSum()
        forEachBlock { block in
            for x in block { sum.add(transform(x)) }
        }
        return sum.value
    }

    private func signedMedian(from centre: Double) -> Double {
        let high = self[count / 2] - centre
        return count % 2 == 1 ? high : midpoint(self[count / 2 - 1] - centre, high)
    }

    /// Quantile of type 7, linear between neighbours; nil for an empty sample or q outside 0...1.
    package func quantile(_ q: Double) -> Double? {
        guard !isEmpty, q >= 0, q <= 1 else { return nil }
        let h = Double(count - 1) * q
        let low = min(Int(h), count - 1)
        guard low + 1 < count else { return self[low] }
        return interpolated(self[low], self[low + 1], at: h - Double(low))
    }

    /// Σ (x − centre)², or ∞ when it overflows.
    package func squaredDeviation(from centre: Double) -> Double {
        sum { ($0 - centre) * ($0 - centre) }
    }

    /// Standard deviation with divisor n; scaled, so that neither tiny nor huge values lose it.
    package var populationDeviation: Double? {
        guard let smallest, let largest, let mean else { return nil }
        let reach = max(mean - smallest, largest - mean)
        // Values on both ends of the range: work on a quarter of each.
        return reach.isFinite ? deviation(of: 1) : deviation(of: 0.25) * 4
    }

    /// That of the values times a factor.
    private func deviation(of factor: Double) -> Double {
        guard let smallest, let largest else { return 0 }
        let mean = mean(atMost: largestSize * factor) { $0 * factor }
        let reach = max(mean - smallest * factor, largest * factor - mean)
        guard reach > 0 else { return 0 }
        let scale = Double(sign: .plus, exponent: reach.exponent, significand: 1)
        let sum = sum { x in
            let d = (x * factor - mean) / scale
            return d * d
        }
        return (sum / Double(count)).squareRoot() * scale
    }

    /// Median of |x − centre|; nil for an empty sample.
    package func medianDeviation(from centre: Double) -> Double? {
        guard !isEmpty else { return nil }
        // Deviations ascend to both sides of the centre.
        var (highs, lows) = (cursor, cursor)
        var above = firstRank { $0 >= centre }
        var below = above - 1
        var (last, previous) = (0.0, 0.0)
        for _ in 0...(count / 2) {
            previous = last
            let left = below >= 0 ? abs(lows[below] - centre) : .infinity
            let right = above < count ? abs(highs[above] - centre) : .infinity
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

    /// Rank of the first number that meets a condition, as do all after it; the count where none
    /// does.
    private func firstRank(where isBeyond: (Double) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isBeyond(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

extension FiniteSample: Equatable {
    package static func == (a: FiniteSample, b: FiniteSample) -> Bool {
        a.missingCount == b.missingCount && a.infiniteCount == b.infiniteCount
            && a.sorted == b.sorted
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

/// The mean of values of any size up to a limit.
private struct ExactMean {
    private let scale: Double
    private var sum = CompensatedSum()

    init(limit: Double) {
        // Scaling by a power of two is exact and keeps the sum in range.
        scale = limit > 1e290 ? 0x1p-40 : 1
    }

    mutating func add(_ x: Double) { sum.add(x * scale) }

    func value(count: Int) -> Double {
        let mean = sum.value / Double(count) / scale
        return mean.isFinite ? mean : sum.value / Double(count) * (1 / scale)
    }
}

/// The mean of values of any size.
func exactMean(_ values: [Double]) -> Double {
    var mean = ExactMean(limit: values.reduce(0) { max($0, abs($1)) })
    for x in values { mean.add(x) }
    return mean.value(count: values.count)
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
