/// A metric that was estimated.
package struct MetricEstimate: Sendable, Equatable {
    package var value: Double
    /// With 95 % chance the metric is between these, in 0...1.
    package var lower: Double
    package var upper: Double

    /// - Parameters:
    ///   - possible: What the value may be, since only the buckets of scores are known.
    ///   - variance: By chance of the labels.
    init(_ value: Double, possible: ClosedRange<Double>, variance: Double) {
        let margin = 1.959963984540054 * max(variance, 0).squareRoot()
        self.value = value
        lower = max(0, min(value, possible.lowerBound) - margin)
        upper = min(1, max(value, possible.upperBound) + margin)
    }
}

/// Confidence-based estimate of a classifier's performance from the histogram of its scores.
///
/// Takes each score, or what the calibration makes of it, as the chance of its label. That holds
/// while scores are calibrated and the relation between inputs and labels stays; a change of that
/// relation (concept drift) is not seen. The interval holds chance of the labels and what the
/// buckets leave open.
///
/// Source: J. Białek et al., *Estimating Model Performance Under Covariate Shift*, 2024 (CBPE).
package struct HistogramPerformance: Sendable, Equatable {
    package enum Meaning: Sendable, Equatable {
        /// Scores are chances of the positive class, which is predicted from the threshold on.
        case positive(threshold: Double)
        /// Scores are chances of the class that was predicted.
        case predicted

        /// The chance that a prediction is right.
        ///
        /// - Parameter chance: Of the label that the score is about.
        func accuracy(score: Double, chance: Double) -> Double {
            if case .positive(let threshold) = self, score < threshold { return 1 - chance }
            return chance
        }
    }

    /// Observations in the window.
    package let count: Double
    package let accuracy: MetricEstimate
    /// Of the positive class; nil where scores are of the predicted class.
    package let f1: MetricEstimate?
    /// nil also where one class is expected never.
    package let rocAuc: MetricEstimate?

    package init(
        _ histogram: ScoreHistogram, meaning: Meaning, calibration: IsotonicCalibration? = nil
    ) {
        let points = histogram.points().map { point in
            Weighted(
                score: point.score, count: point.count,
                chance: calibration?.probability(at: point.score) ?? point.score)
        }
        let bounds = Bounds(histogram, meaning: meaning, calibration: calibration)
        let n = histogram.count
        count = n
        func isPositive(_ score: Double) -> Bool {
            if case .positive(let threshold) = meaning { score >= threshold } else { true }
        }
        var (positives, hits, misses) = (0.0, 0.0, 0.0)
        var (hitVariance, missVariance) = (0.0, 0.0)
        for point in points {
            let (p, c) = (point.chance, point.count)
            if isPositive(point.score) {
                positives += c
                hits += c * p
                hitVariance += c * p * (1 - p)
            } else {
                misses += c * p
                missVariance += c * p * (1 - p)
            }
        }
        accuracy = MetricEstimate(
            (hits + (n - positives) - misses) / n,
            possible: bounds.range { ($0 + (n - positives) - $1) / n },
            variance: (hitVariance + missVariance) / (n * n))
        guard case .positive = meaning else {
            (f1, rocAuc) = (nil, nil)
            return
        }
        func score(_ hits: Double, _ misses: Double) -> Double {
            ConfusionMatrix.ratio(2 * hits, positives + hits + misses)
        }
        let size = positives + hits + misses
        let others = positives + misses
        let spread = 4 * (others * others * hitVariance + hits * hits * missVariance)
        f1 = MetricEstimate(
            score(hits, misses), possible: bounds.range(score),
            variance: ConfusionMatrix.ratio(spread, size * size * size * size))
        rocAuc = Self.area(points, histogram, calibration)
    }

    private struct Weighted {
        var score: Double
        var count: Double
        var chance: Double
    }

    /// Between all scores of a bucket tied, and half of them at either end of it.
    private static func area(
        _ points: [Weighted], _ histogram: ScoreHistogram, _ calibration: IsotonicCalibration?
    ) -> MetricEstimate? {
        func area(_ points: [Weighted]) -> Double {
            PerformanceEstimate.area(
                points.map {
                    (
                        score: $0.score, positive: $0.count * $0.chance,
                        negative: $0.count * (1 - $0.chance)
                    )
                })
        }
        let value = area(points)
        guard value.isFinite else { return nil }
        let tied = points.map { point in
            var point = point
            let bucket = histogram.buckets.first { point.score <= $0.high }
            point.score = bucket?.high ?? point.score
            return point
        }
        let apart = histogram.buckets.flatMap { bucket in
            [bucket.low, bucket.high].map {
                Weighted(
                    score: $0, count: bucket.count / 2,
                    chance: calibration?.probability(at: $0) ?? $0)
            }
        }
        let possible = [area(tied), area(apart)].filter(\.isFinite)
        return MetricEstimate(
            value,
            possible: min(value, possible.min() ?? value)...max(value, possible.max() ?? value),
            variance: areaVariance(points, area: value))
    }

    /// By the delta method: how much the area changes when a label turns from negative to positive.
    private static func areaVariance(_ points: [Weighted], area: Double) -> Double {
        let sorted = points.sorted { $0.score < $1.score }
        let positives = sorted.reduce(0) { $0 + $1.count * $1.chance }
        let negatives = sorted.reduce(0) { $0 + $1.count * (1 - $1.chance) }
        var (negativesBelow, positivesBelow, variance) = (0.0, 0.0, 0.0)
        for point in sorted {
            let (p, c) = (point.chance, point.count)
            let beaten = (negativesBelow + c * (1 - p) / 2) / negatives
            let beating = 1 - (positivesBelow + c * p / 2) / positives
            let slope = (beaten - area) / positives - (beating - area) / negatives
            variance += c * p * (1 - p) * slope * slope
            negativesBelow += c * (1 - p)
            positivesBelow += c * p
        }
        return variance
    }
}

/// What the expected numbers of true positives and false negatives may be, given the buckets.
private struct Bounds {
    private var hits: ClosedRange<Double>
    private var misses: ClosedRange<Double>

    init(
        _ histogram: ScoreHistogram, meaning: HistogramPerformance.Meaning,
        calibration: IsotonicCalibration?
    ) {
        var (hitsLow, hitsHigh, missesLow, missesHigh) = (0.0, 0.0, 0.0, 0.0)
        func chance(_ score: Double) -> Double { calibration?.probability(at: score) ?? score }
        var threshold = -Double.infinity
        if case .positive(let value) = meaning { threshold = value }
        for point in histogram.points() {
            // Which side of a threshold inside a bucket is interpolated.
            guard let bucket = histogram.buckets.first(where: { point.score <= $0.high }) else {
                continue
            }
            if point.score >= threshold {
                hitsLow += point.count * chance(max(bucket.low, threshold))
                hitsHigh += point.count * chance(bucket.high)
            } else {
                missesLow += point.count * chance(bucket.low)
                missesHigh += point.count * chance(min(bucket.high, threshold))
            }
        }
        if let sum = histogram.sum, calibration == nil {
            // What one side has the other has not.
            let low = max(hitsLow, sum - missesHigh)
            let high = min(hitsHigh, sum - missesLow)
            (missesLow, missesHigh) = (
                max(missesLow, sum - hitsHigh), min(missesHigh, sum - hitsLow)
            )
            (hitsLow, hitsHigh) = (low, high)
        }
        // Rounding of sums must not turn a range around.
        hits = min(hitsLow, hitsHigh)...max(hitsLow, hitsHigh)
        misses = min(missesLow, missesHigh)...max(missesLow, missesHigh)
    }

    /// The range of a metric that grows with the hits and falls with the misses.
    func range(_ metric: (_ hits: Double, _ misses: Double) -> Double) -> ClosedRange<Double> {
        let low = metric(hits.lowerBound, misses.upperBound)
        let high = metric(hits.upperBound, misses.lowerBound)
        return min(low, high)...max(low, high)
    }
}
