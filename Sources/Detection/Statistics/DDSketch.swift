#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Quantiles of any number of values within a relative error, in bounded memory.
///
/// Bucket i holds values in (γⁱ⁻¹, γⁱ] with γ = (1 + α)/(1 − α); negative values have buckets of
/// their own, and what is nearly 0 is counted apart. Beyond `maximumBucketCount` the buckets nearest
/// to 0 are joined. Sketches of the same error merge without loss.
///
/// Source: C. Masson, J. E. Rim, H. K. Lee, *DDSketch: A Fast and Fully-Mergeable Quantile Sketch
/// with Relative-Error Guarantees*, VLDB 12 (2019) 2195–2205.
package struct DDSketch: Sendable, Equatable {
    /// Of a smaller error, buckets would have larger numbers than 32 bits hold.
    private static let smallestError = 1e-6
    /// Values nearer to 0 count as 0.
    private static let smallestMagnitude = 1e-300

    package let relativeError: Double
    package let maximumBucketCount: Int
    private var positive: [Int32: UInt64] = [:]
    private var negative: [Int32: UInt64] = [:]
    private var zeroCount: UInt64 = 0
    private let lnGamma: Double

    /// - Precondition: 10⁻⁶ ≤ relativeError < 1.
    package init(relativeError: Double = 0.01, maximumBucketCount: Int = 512) {
        precondition(
            relativeError >= Self.smallestError && relativeError < 1,
            "relative error \(relativeError)")
        self.relativeError = relativeError
        self.maximumBucketCount = max(maximumBucketCount, 2)
        lnGamma = log((1 + relativeError) / (1 - relativeError))
    }

    package var count: UInt64 {
        zeroCount + positive.values.reduce(0, +) + negative.values.reduce(0, +)
    }

    /// Adds a value; what is not finite is left out.
    ///
    /// - Complexity: O(1).
    package mutating func insert(_ value: Double) {
        guard value.isFinite else { return }
        guard abs(value) >= Self.smallestMagnitude else { return zeroCount += 1 }
        let bucket = Int32((log(abs(value)) / lnGamma).rounded(.up))
        if value > 0 {
            positive[bucket, default: 0] += 1
            collapse(&positive)
        } else {
            negative[bucket, default: 0] += 1
            collapse(&negative)
        }
    }

    /// The value of rank ⌊q (count − 1)⌋ within the relative error; nil for an empty sketch or q
    /// outside 0...1.
    ///
    /// - Complexity: O(buckets log buckets).
    package func quantile(_ q: Double) -> Double? {
        let total = count
        guard total > 0, q >= 0, q <= 1 else { return nil }
        var rank = UInt64((q * Double(total - 1)).rounded(.down))
        for (bucket, count) in negative.sorted(by: { $0.key > $1.key }) {
            if rank < count { return -middle(bucket) }
            rank -= count
        }
        if rank < zeroCount { return 0 }
        rank -= zeroCount
        var latest = 0.0
        for (bucket, count) in positive.sorted(by: { $0.key < $1.key }) {
            latest = middle(bucket)
            if rank < count { return latest }
            rank -= count
        }
        return latest
    }

    /// Takes in another sketch; the result is that of both streams together.
    ///
    /// - Precondition: Both have the same relative error.
    package mutating func merge(_ other: DDSketch) {
        precondition(relativeError == other.relativeError, "sketches of different error")
        positive.merge(other.positive, uniquingKeysWith: +)
        negative.merge(other.negative, uniquingKeysWith: +)
        zeroCount += other.zeroCount
        collapse(&positive)
        collapse(&negative)
    }

    /// 2γⁱ/(γ + 1), equally far from both ends of the bucket in relative terms.
    private func middle(_ bucket: Int32) -> Double {
        exp(Double(bucket) * lnGamma) * (1 - relativeError)
    }

    private func collapse(_ buckets: inout [Int32: UInt64]) {
        guard buckets.count > maximumBucketCount else { return }
        let sorted = buckets.keys.sorted()
        let kept = sorted[sorted.count - maximumBucketCount]
        for key in sorted.prefix(sorted.count - maximumBucketCount) {
            if let count = buckets.removeValue(forKey: key) { buckets[kept, default: 0] += count }
        }
    }
}

extension DDSketch: Codable {
    private enum CodingKeys: String, CodingKey {
        case relativeError = "e"
        case maximumBucketCount = "b"
        case positive = "p"
        case negative = "n"
        case zeroCount = "z"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let error = try container.decode(.relativeError, in: Self.smallestError...1.0.nextDown)
        self.init(
            relativeError: error,
            maximumBucketCount: try container.decode(Int.self, forKey: .maximumBucketCount))
        let (above, below) = (
            try container.decode([Int64].self, forKey: .positive),
            try container.decode([Int64].self, forKey: .negative)
        )
        zeroCount = try container.decode(UInt64.self, forKey: .zeroCount)
        // More than anything has counted; sums of them would overflow.
        let total = (above + below).reduce(Double(zeroCount)) { $0 + max(Double($1), 0) }
        try container.check(total <= 0x1p53, .positive)
        positive = Self.buckets(above)
        negative = Self.buckets(below)
        collapse(&positive)
        collapse(&negative)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(relativeError, forKey: .relativeError)
        try container.encode(maximumBucketCount, forKey: .maximumBucketCount)
        try container.encode(Self.flat(positive), forKey: .positive)
        try container.encode(Self.flat(negative), forKey: .negative)
        try container.encode(zeroCount, forKey: .zeroCount)
    }

    /// Distance to the bucket before, then count, ascending: short numbers.
    private static func flat(_ buckets: [Int32: UInt64]) -> [Int64] {
        var latest: Int64 = 0
        return buckets.sorted { $0.key < $1.key }.flatMap { bucket, count in
            defer { latest = Int64(bucket) }
            return [Int64(bucket) - latest, Int64(clamping: count)]
        }
    }

    private static func buckets(_ flat: [Int64]) -> [Int32: UInt64] {
        var buckets: [Int32: UInt64] = [:]
        var latest: Int64 = 0
        for i in stride(from: 0, to: flat.count - 1, by: 2) {
            latest = Int64(Int32(clamping: latest &+ flat[i]))
            if flat[i + 1] > 0 {
                buckets[Int32(clamping: latest), default: 0] += UInt64(flat[i + 1])
            }
        }
        return buckets
    }
}
