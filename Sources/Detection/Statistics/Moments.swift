/// Count, mean, spread and shape of a stream in one pass, and of two streams from their parts.
///
/// Source: T. Terriberry's and P. Pébay's update formulas (Sandia report SAND2008-6212).
package struct Moments: Codable, Sendable, Equatable {
    package private(set) var count = 0
    /// NaN and missing values.
    package private(set) var missingCount = 0
    package private(set) var infiniteCount = 0
    package private(set) var smallest: Double?
    package private(set) var largest: Double?
    /// Σ (x − mean)², cubed and to the fourth.
    package private(set) var m2 = 0.0
    private var m3 = 0.0
    private var m4 = 0.0
    /// The first value, and the mean's distance from it: far from 0, the mean alone would lose
    /// the digits that differences need.
    private var origin = 0.0
    private var centre = 0.0
    /// Sum with its rounding errors beside it; values beyond 1e290 apart and scaled by 2⁻⁶⁴.
    private var sumHigh = 0.0
    private var sumLow = 0.0
    private var hugeHigh = 0.0
    private var hugeLow = 0.0

    package init() {}

    package mutating func insert(_ value: Double?) {
        guard let value, !value.isNaN else {
            missingCount += 1
            return
        }
        guard value.isFinite else {
            infiniteCount += 1
            return
        }
        let x = value + 0.0
        count += 1
        smallest = min(smallest ?? x, x)
        largest = max(largest ?? x, x)
        if abs(x) > 1e290 {
            Self.add(x * 0x1p-64, to: &hugeHigh, &hugeLow)
        } else {
            Self.add(x, to: &sumHigh, &sumLow)
        }
        let n = Double(count)
        if count == 1 { origin = x }
        let d = (x - origin) - centre
        let step = d / n
        let square = step * step
        let term = d * step * (n - 1)
        m4 += term * square * (n * n - 3 * n + 3) + 6 * square * m2 - 4 * step * m3
        m3 += term * step * (n - 2) - 3 * step * m2
        m2 += term
        centre += step
    }

    /// The same as each value after the other, but for rounding, and faster.
    package mutating func insert(contentsOf values: [Double]) {
        let blockCount = 2048
        values.withUnsafeBufferPointer { values in
            var start = 0
            while start < values.count {
                let end = min(start + blockCount, values.count)
                let block = UnsafeBufferPointer(rebasing: values[start..<end])
                if let moments = Moments(block: block) {
                    self = merged(with: moments)
                } else {
                    for value in block { insert(value) }
                }
                start = end
            }
        }
    }

    /// Two passes over a few values that stay in the cache; nil where one of them is not finite,
    /// or so large that powers overflow.
    private init?(block: UnsafeBufferPointer<Double>) {
        guard block.count >= 8, let first = block.first else { return nil }
        typealias Lanes = SIMD4<Double>
        let laneCount = block.count / 4
        func lanes(_ i: Int) -> Lanes {
            Lanes(block[4 * i], block[4 * i + 1], block[4 * i + 2], block[4 * i + 3])
        }
        var (total, low, high) = (Lanes.zero, lanes(0), lanes(0))
        for i in 0..<laneCount {
            let x = lanes(i)
            total += x - first
            low = pointwiseMin(low, x)
            high = pointwiseMax(high, x)
        }
        var (sum, least, most) = (total.sum(), low.min(), high.max())
        for x in block[(4 * laneCount)...] {
            sum += x - first
            least = min(least, x)
            most = max(most, x)
        }
        guard sum.isFinite, least > -1e70, most < 1e70 else { return nil }
        let n = Double(block.count)
        let mean = sum / n
        var (second, third, fourth) = (Lanes.zero, Lanes.zero, Lanes.zero)
        for i in 0..<laneCount {
            let d = (lanes(i) - first) - mean
            let square = d * d
            second += square
            third += square * d
            fourth += square * square
        }
        (m2, m3, m4) = (second.sum(), third.sum(), fourth.sum())
        for x in block[(4 * laneCount)...] {
            let d = (x - first) - mean
            m2 += d * d
            m3 += d * d * d
            m4 += d * d * d * d
        }
        count = block.count
        smallest = least + 0.0
        largest = most + 0.0
        origin = first
        centre = mean
        Self.add(first * n, to: &sumHigh, &sumLow)
        Self.add(sum, to: &sumHigh, &sumLow)
    }

    /// The moments of both streams together.
    package func merged(with other: Moments) -> Moments {
        guard count > 0 else { return other.counting(missingCount, infiniteCount) }
        guard other.count > 0 else { return counting(other.missingCount, other.infiniteCount) }
        var both = counting(other.missingCount, other.infiniteCount)
        let (a, b) = (Double(count), Double(other.count))
        let n = a + b
        let d = (other.origin - origin) + (other.centre - centre)
        let square = d * d
        both.count = count + other.count
        both.m2 = m2 + other.m2 + square * a * b / n
        both.m3 =
            m3 + other.m3 + square * d * a * b * (a - b) / (n * n)
            + 3 * d * (a * other.m2 - b * m2) / n
        both.m4 =
            m4 + other.m4 + square * square * a * b * (a * a - a * b + b * b) / (n * n * n)
            + 6 * square * (a * a * other.m2 + b * b * m2) / (n * n)
            + 4 * d * (a * other.m3 - b * m3) / n
        both.centre = centre + d * b / n
        both.smallest = Self.extreme(smallest, other.smallest, min)
        both.largest = Self.extreme(largest, other.largest, max)
        Self.add(other.sumHigh, to: &both.sumHigh, &both.sumLow)
        both.sumLow += other.sumLow
        Self.add(other.hugeHigh, to: &both.hugeHigh, &both.hugeLow)
        both.hugeLow += other.hugeLow
        return both
    }

    package var sum: Double {
        let huge = hugeHigh + hugeLow
        return huge == 0 ? sumHigh + sumLow : (huge + (sumHigh + sumLow) * 0x1p-64) * 0x1p64
    }

    /// nil for an empty stream, as are the others below.
    package var mean: Double? {
        guard count > 0 else { return nil }
        let n = Double(count)
        let huge = hugeHigh + hugeLow
        let mean = (sumHigh + sumLow) / n
        return huge == 0 ? mean : huge / n * 0x1p64 + mean
    }

    package var populationVariance: Double? { count > 0 ? m2 / Double(count) : nil }
    /// nil for fewer than two values.
    package var sampleVariance: Double? { count > 1 ? m2 / Double(count - 1) : nil }

    /// nil when all values are equal.
    package var skewness: Double? {
        guard m2 > 0 else { return nil }
        let n = Double(count)
        let deviation = (m2 / n).squareRoot()
        return m3 / n / deviation / deviation / deviation
    }

    /// Kurtosis less that of the normal law; nil when all values are equal.
    package var excessKurtosis: Double? {
        guard m2 > 0 else { return nil }
        let n = Double(count)
        return m4 / n / (m2 / n) / (m2 / n) - 3
    }

    private func counting(_ missing: Int, _ infinite: Int) -> Moments {
        var copy = self
        copy.missingCount += missing
        copy.infiniteCount += infinite
        return copy
    }

    private static func extreme(
        _ a: Double?, _ b: Double?, _ choose: (Double, Double) -> Double
    ) -> Double? {
        guard let a else { return b }
        return b.map { choose(a, $0) } ?? a
    }

    private static func add(_ x: Double, to high: inout Double, _ low: inout Double) {
        let next = high + x
        low += abs(high) >= abs(x) ? (high - next) + x : (x - next) + high
        high = next
    }
}

/// Exponentially weighted mean and variance; the first value starts them.
package struct MovingMoments: Codable, Sendable, Equatable {
    /// Weight of the newest value, in 0...1.
    package let rate: Double
    package private(set) var variance = 0.0
    /// The first value, and the mean's distance from it: far from 0, differences of means would
    /// lose digits.
    private var origin: Double?
    private var offset = 0.0

    package init(rate: Double) {
        self.rate = rate
    }

    /// nil until the first value.
    package var mean: Double? { origin.map { $0 + offset } }

    package mutating func insert(_ value: Double) {
        guard value.isFinite else { return }
        guard let origin else {
            self.origin = value
            return
        }
        let d = (value - origin) - offset
        if d.isFinite {
            offset += rate * d
        } else {
            self.origin = (1 - rate) * (origin + offset) + rate * value
            offset = 0
        }
        variance = (1 - rate) * (variance + rate * d * d)
    }
}
