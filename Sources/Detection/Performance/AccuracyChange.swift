/// How the estimated accuracy of a window differs from that of its reference.
///
/// Both are estimated from buckets alone, so that their resolution cancels out.
package struct AccuracyChange: Sendable, Equatable {
    /// Of the window, less that of the reference; in −1...1.
    package let difference: Double
    /// Chance of a fall this large or larger while nothing changed. Where the reference's own
    /// windows differ by more than chance, by so much more.
    package let pValue: Double

    /// nil where the reference or the window has no observations that are probabilities.
    ///
    /// - Parameters:
    ///   - bins: Upper bounds of both, ascending.
    ///   - windows: The reference's own windows over the same bins; may be empty.
    package init?(
        bins: [String], counts: [Double], reference: [Double], windows: [[Double]],
        meaning: HistogramPerformance.Meaning, calibration: IsotonicCalibration?
    ) {
        func estimate(_ counts: [Double]) -> Estimate? {
            ScoreHistogram(bins: bins, counts: counts).map {
                Estimate($0, meaning: meaning, calibration: calibration)
            }
        }
        guard let old = estimate(reference), let new = estimate(counts) else { return nil }
        difference = new.accuracy - old.accuracy
        let squares = windows.compactMap(estimate).filter { $0.variance > 0 }.map { window in
            let distance = window.accuracy - old.accuracy
            return distance * distance / window.variance
        }
        let spread =
            squares.count >= Self.minimumWindowCount
            ? squares.reduce(0, +) / Double(squares.count - 1) : 1
        let variance = max(spread, 1) * (new.variance + old.variance)
        pValue =
            variance > 0
            ? Normal.upper(-difference / variance.squareRoot()) : difference < 0 ? 0 : 1
    }

    /// Fewer windows say nothing of how much they differ.
    private static let minimumWindowCount = 4

    private struct Estimate {
        var accuracy: Double
        /// By chance of which inputs came.
        var variance: Double

        init(
            _ histogram: ScoreHistogram, meaning: HistogramPerformance.Meaning,
            calibration: IsotonicCalibration?
        ) {
            let n = histogram.count
            var (sum, squares) = (0.0, 0.0)
            for point in histogram.points() {
                let right = meaning.accuracy(
                    score: point.score,
                    chance: calibration?.probability(at: point.score) ?? point.score)
                sum += point.count * right
                squares += point.count * right * right
            }
            accuracy = sum / n
            variance = max(squares / n - accuracy * accuracy, 0) / n
        }
    }
}
