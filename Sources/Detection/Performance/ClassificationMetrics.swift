#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Realised performance of a binary classifier, once labels have arrived.
package struct ClassificationMetrics: Sendable, Equatable {
    /// At threshold 0.5; a score of 0.5 is positive.
    package private(set) var confusion = ConfusionMatrix()
    package let brierScore: Double
    /// Natural logarithm; scores clipped to 2⁻⁵²...1 − 2⁻⁵².
    package let logLoss: Double
    /// nil when a class is missing, as are the two below.
    package let rocAuc: Double?
    package let averagePrecision: Double?
    /// Largest difference between true and false positive rate over all thresholds.
    package let kolmogorovSmirnov: Double?
    /// Expected calibration error over ten bins.
    package let calibrationError: Double

    /// nil when there is no prediction with a finite score.
    package init?(scores: [Double], labels: [Bool]) {
        precondition(scores.count == labels.count, "\(scores.count) scores, \(labels.count) labels")
        let pairs = zip(scores, labels).filter { $0.0.isFinite }
        guard !pairs.isEmpty else { return nil }
        let count = Double(pairs.count)
        var (squares, loss) = (CompensatedSum(), CompensatedSum())
        var bins = [(score: Double, label: Double)](repeating: (0, 0), count: 10)
        for (score, label) in pairs {
            switch (score >= 0.5, label) {
            case (true, true): confusion.truePositive += 1
            case (true, false): confusion.falsePositive += 1
            case (false, true): confusion.falseNegative += 1
            case (false, false): confusion.trueNegative += 1
            }
            let y = label ? 1.0 : 0
            squares.add((score - y) * (score - y))
            let clipped = min(max(score, 0x1p-52), 1 - 0x1p-52)
            loss.add(label ? -log(clipped) : -log1p(-clipped))
            let bin = Int(min(max((10 * score).rounded(.up) - 1, 0), 9))
            bins[bin].score += score
            bins[bin].label += y
        }
        brierScore = squares.value / count
        logLoss = loss.value / count
        calibrationError = bins.reduce(0) { $0 + abs($1.score - $1.label) } / count
        let positives = confusion.truePositive + confusion.falseNegative
        guard positives > 0, positives < count else {
            (rocAuc, averagePrecision, kolmogorovSmirnov) = (nil, nil, nil)
            return
        }
        rocAuc = PerformanceEstimate.area(
            pairs.map { (score: $0.0, positive: $0.1 ? 1 : 0, negative: $0.1 ? 0 : 1) })
        let sorted = pairs.sorted { $0.0 > $1.0 }
        var (hits, misses, precision, largest) = (0.0, 0.0, 0.0, 0.0)
        var i = 0
        while i < sorted.count {
            let before = hits
            let score = sorted[i].0
            while i < sorted.count, sorted[i].0 == score {
                if sorted[i].1 { hits += 1 } else { misses += 1 }
                i += 1
            }
            precision += (hits - before) / positives * (hits / (hits + misses))
            largest = max(largest, abs(hits / positives - misses / (count - positives)))
        }
        averagePrecision = precision
        kolmogorovSmirnov = largest
    }
}

/// Realised performance of a regression, once the true values have arrived.
package struct RegressionMetrics: Sendable, Equatable {
    package let meanAbsoluteError: Double
    package let meanSquaredError: Double
    /// Share of variance explained; nil when the true values are all equal.
    package let rSquared: Double?
    /// A fraction, not per cent; true values of 0 count as 2⁻⁵².
    package let meanAbsolutePercentageError: Double
    /// Mean of prediction less truth.
    package let bias: Double
    package let medianAbsoluteError: Double

    package var rootMeanSquaredError: Double { meanSquaredError.squareRoot() }

    /// nil when there is no pair of finite numbers.
    package init?(predictions: [Double], truth: [Double]) {
        precondition(predictions.count == truth.count)
        let pairs = zip(predictions, truth).filter { $0.0.isFinite && $0.1.isFinite }
        let errors = pairs.map { $0.0 - $0.1 }
        let sizes = FiniteSample(errors.map { abs($0) })
        guard let mean = sizes.mean, let median = sizes.median else { return nil }
        meanAbsoluteError = mean
        medianAbsoluteError = median
        bias = exactMean(errors)
        meanSquaredError = exactMean(errors.map { $0 * $0 })
        meanAbsolutePercentageError = exactMean(
            pairs.map { abs($0.0 - $0.1) / max(abs($0.1), 0x1p-52) })
        let values = FiniteSample(pairs.map { $0.1 })
        let spread = values.mean.map { values.squaredDeviation(from: $0) } ?? 0
        rSquared = spread > 0 ? 1 - meanSquaredError * Double(pairs.count) / spread : nil
    }
}
