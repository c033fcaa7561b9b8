#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// How often scores between 0 and 1 fell into each bucket of a histogram.
package struct ScoreHistogram: Sendable, Equatable {
    /// Scores above `low` and up to `high`.
    package struct Bucket: Sendable, Equatable {
        package var low: Double
        package var high: Double
        package var count: Double
    }

    /// A score that stands for some of a bucket's observations.
    struct Point {
        var score: Double
        var count: Double
    }

    /// Ascending; those without observations are left out, so that `count` is not 0.
    package let buckets: [Bucket]
    /// Of all scores; nil where it is not known, or no sum of scores in these buckets.
    package let sum: Double?

    /// Observations.
    package var count: Double { buckets.reduce(0) { $0 + $1.count } }

    /// nil where there are no observations, or some of them are certainly no probabilities.
    ///
    /// - Parameters:
    ///   - bins: Upper bounds as PromQL writes `le`, in ascending order.
    ///   - counts: Observations in each, not cumulative.
    ///   - sum: Of the scores.
    package init?(bins: [String], counts: [Double], sum: Double? = nil) {
        precondition(bins.count == counts.count, "\(bins.count) bins, \(counts.count) counts")
        var buckets: [Bucket] = []
        var low = -Double.infinity
        for (bin, count) in zip(bins, counts) {
            guard let bound = bin == "+Inf" ? .infinity : Double(bin) else { return nil }
            if count > 0 {
                guard bound >= 0, low < 1 else { return nil }
                buckets.append(Bucket(low: min(max(low, 0), 1), high: min(bound, 1), count: count))
            }
            low = bound
        }
        guard !buckets.isEmpty else { return nil }
        self.buckets = buckets
        let range = (
            buckets.reduce(0) { $0 + $1.low * $1.count },
            buckets.reduce(0) { $0 + $1.high * $1.count }
        )
        self.sum = sum.flatMap { (range.0...range.1).contains($0) ? $0 : nil }
    }

    /// Whether these can be chances of the class predicted among so many: the likeliest of K
    /// classes has a chance of at least 1/K. Of two classes that says too little.
    package func isOfPredictedClass(amongst classCount: Int) -> Bool {
        guard classCount > 2 else { return false }
        let below = buckets.filter { $0.high <= 1 / Double(classCount) }
        return below.reduce(0) { $0 + $1.count } <= 0.01 * count
    }

    /// Points per bucket.
    private static let resolution = 16

    /// Where the scores probably were: in each bucket spread evenly, or where the sum is known, as
    /// evenly as it allows (the distribution of largest entropy).
    func points() -> [Point] {
        guard let sum else { return points(tilt: 0) }
        var (low, high) = (-2000.0, 2000.0)
        for _ in 0..<48 {
            let middle = (low + high) / 2
            let mean = points(tilt: middle).reduce(0) { $0 + $1.score * $1.count }
            if mean < sum { low = middle } else { high = middle }
        }
        return points(tilt: (low + high) / 2)
    }

    /// - Parameter tilt: The density within a bucket grows as exp(tilt · score).
    private func points(tilt: Double) -> [Point] {
        var points: [Point] = []
        points.reserveCapacity(buckets.count * Self.resolution)
        for bucket in buckets {
            let width = bucket.high - bucket.low
            guard width > 0 else {
                points.append(Point(score: bucket.high, count: bucket.count))
                continue
            }
            let middle = tilt > 0 ? bucket.high : bucket.low
            let scores = (0..<Self.resolution).map {
                bucket.low + width * (Double($0) + 0.5) / Double(Self.resolution)
            }
            let weights = scores.map { exp(tilt * ($0 - middle)) }
            let total = weights.reduce(0, +)
            for (score, weight) in zip(scores, weights) {
                points.append(Point(score: score, count: bucket.count * weight / total))
            }
        }
        return points
    }
}
