/// Confidence-based estimate of a binary classifier's performance, without labels.
///
/// A calibrated score p is a label with chance p; averaged over the window that gives the expected
/// confusion matrix. Valid only while the relation between inputs and labels stays (no concept
/// drift) and scores are calibrated.
///
/// Source: J. Białek et al., *Estimating Model Performance Under Covariate Shift*, 2024 (CBPE).
package struct PerformanceEstimate: Sendable, Equatable {
    package private(set) var expected = ConfusionMatrix()
    /// Area under the ROC curve, ties grouped; NaN when a class is expected never.
    package let rocAuc: Double

    /// nil when nothing is left after predictions with a missing probability are dropped.
    ///
    /// - Parameters:
    ///   - probabilities: Calibrated chance of the positive class.
    ///   - scores: What the model said, in the same order; ranks them for the area.
    ///   - isPositive: The predicted labels.
    package init?(probabilities: [Double], scores: [Double], isPositive: [Bool]) {
        precondition(
            probabilities.count == scores.count && scores.count == isPositive.count,
            "\(probabilities.count), \(scores.count) and \(isPositive.count) values"
        )
        let used = probabilities.indices.filter {
            probabilities[$0].isFinite && scores[$0].isFinite
        }
        guard !used.isEmpty else { return nil }
        for i in used {
            let p = probabilities[i]
            if isPositive[i] {
                expected.truePositive += p
                expected.falsePositive += 1 - p
            } else {
                expected.falseNegative += p
                expected.trueNegative += 1 - p
            }
        }
        rocAuc = Self.area(
            used.map {
                (score: scores[$0], positive: probabilities[$0], negative: 1 - probabilities[$0])
            })
    }

    /// Weighted share of pairs in which the positive has the higher score, ties half.
    static func area(_ points: [(score: Double, positive: Double, negative: Double)]) -> Double {
        let sorted = points.sorted { $0.score < $1.score }
        var negatives = 0.0
        var positives = 0.0
        var pairs = 0.0
        var i = 0
        while i < sorted.count {
            var (p, n) = (0.0, 0.0)
            let score = sorted[i].score
            while i < sorted.count, sorted[i].score == score {
                p += sorted[i].positive
                n += sorted[i].negative
                i += 1
            }
            pairs += p * (negatives + n / 2)
            negatives += n
            positives += p
        }
        let all = positives * negatives
        return all > 0 ? pairs / all : .nan
    }
}
