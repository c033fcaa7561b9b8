import Foundation
import TestSupport
import Testing

@testable import Detection

@Suite("Performance from score histograms")
struct HistogramPerformanceTests {
    private static let tenths = (1...10).map { $0 == 10 ? "1.0" : "0.\($0)" } + ["+Inf"]

    /// Scores in tenths, with their sum or without.
    private func histogram(_ scores: [Double], hasSum: Bool = true) throws -> ScoreHistogram {
        var counts = [Double](repeating: 0, count: Self.tenths.count)
        for score in scores { counts[max(0, Int((score * 10).rounded(.up)) - 1)] += 1 }
        return try #require(
            ScoreHistogram(
                bins: Self.tenths, counts: counts, sum: hasSum ? scores.reduce(0, +) : nil))
    }

    @Test("scores at the bounds of their buckets give the numbers computed by hand")
    func byHand() throws {
        // Scores 0 and 1 alone leave nothing open: all is right.
        let sure = try #require(
            ScoreHistogram(bins: ["0", "0.999", "1", "+Inf"], counts: [60, 0, 40, 0], sum: 40))
        let estimate = HistogramPerformance(sure, meaning: .positive(threshold: 0.5))
        #expect(estimate.count == 100)
        #expect(abs(estimate.accuracy.value - 1) < 1e-3)
        #expect(estimate.accuracy.upper == 1 && estimate.accuracy.lower > 0.99)

        // Of the predicted class: the mean of the scores, whatever the buckets.
        let known = HistogramPerformance(
            try histogram([0.95, 0.95, 0.85, 0.65]), meaning: .predicted)
        #expect(abs(known.accuracy.value - 0.85) < 1e-9)
        // p(1 − p) summed: 2 · 0.0475 + 0.1275 + 0.2275 = 0.45, within what the buckets allow.
        let margin = 1.959964 * 0.45.squareRoot() / 4
        #expect(abs(known.accuracy.lower - (0.85 - margin)) < 2e-3)
        #expect(known.f1 == nil && known.rocAuc == nil)
    }

    @Test("one score alone has the confusion matrix of its chance")
    func oneScore() throws {
        let points = try #require(
            ScoreHistogram(
                bins: ["0.2", "0.2000001", "0.8", "0.8000001", "+Inf"], counts: [0, 50, 0, 150, 0]))
        let estimate = HistogramPerformance(points, meaning: .positive(threshold: 0.5))
        // tp 120, fp 30, fn 10, tn 40.
        #expect(abs(estimate.accuracy.value - 0.8) < 1e-6)
        #expect(abs(try #require(estimate.f1).value - 240 / 280) < 1e-6)
        // (120 · 40 + (120 · 30 + 10 · 40) / 2) / (130 · 70), but for what is within a bucket.
        #expect(abs(try #require(estimate.rocAuc).value - 6800 / 9100) < 1e-6)
        // Σ p(1 − p) = 200 · 0.16.
        let margin = 1.959964 * 32.0.squareRoot() / 200
        #expect(abs(estimate.accuracy.upper - (0.8 + margin)) < 1e-6)
    }

    @Test("what cannot be chances has no estimate")
    func refused() {
        #expect(ScoreHistogram(bins: ["1", "2", "+Inf"], counts: [5, 1, 0]) == nil)
        #expect(ScoreHistogram(bins: ["-1", "1", "+Inf"], counts: [1, 5, 0]) == nil)
        #expect(ScoreHistogram(bins: ["0.5", "1", "+Inf"], counts: [0, 0, 0]) == nil)
        #expect(ScoreHistogram(bins: ["0.5", "x"], counts: [1, 1]) == nil)
        #expect(ScoreHistogram(bins: [], counts: []) == nil)
        // A sum that these buckets cannot have is left aside.
        #expect(ScoreHistogram(bins: ["0.5", "1"], counts: [1, 1], sum: 2)?.sum == nil)
    }

    @Test("the interval holds what labels then say, and more than by the chance of labels alone")
    func coverage() throws {
        var generator = SplitMix64(seed: 7)
        var inside = [0, 0, 0]
        var offset = [0.0, 0.0, 0.0]
        let rounds = 200
        for _ in 0..<rounds {
            // Squares of uniform numbers: most scores are low, as of a rare class.
            let scores = (0..<400).map { _ in
                let u = Double.random(in: 0..<1, using: &generator)
                return u * u
            }
            let labels = scores.map { Double.random(in: 0..<1, using: &generator) < $0 }
            let truth = try #require(ClassificationMetrics(scores: scores, labels: labels))
            let estimate = HistogramPerformance(
                try histogram(scores), meaning: .positive(threshold: 0.5))
            let pairs = [
                (estimate.accuracy, truth.confusion.accuracy),
                (try #require(estimate.f1), truth.confusion.f1),
                (try #require(estimate.rocAuc), try #require(truth.rocAuc)),
            ]
            for (i, (estimate, truth)) in pairs.enumerated() {
                if (estimate.lower...estimate.upper).contains(truth) { inside[i] += 1 }
                offset[i] += (estimate.value - truth) / Double(rounds)
            }
        }
        for i in inside.indices {
            #expect(Double(inside[i]) / Double(rounds) >= 0.93, "metric \(i): \(inside[i])")
            #expect(abs(offset[i]) < 0.01, "metric \(i): \(offset[i])")
        }
    }

    @Test("a calibration replaces the scores by the chances it learned")
    func calibration() throws {
        // Overconfident: of scores of 0.9 and more six in ten are right.
        let calibration = try #require(
            IsotonicCalibration(scores: [0, 0.9, 1], labels: [0.4, 0.6, 0.6]))
        let estimate = HistogramPerformance(
            try histogram([Double](repeating: 0.95, count: 100)), meaning: .predicted,
            calibration: calibration)
        #expect(abs(estimate.accuracy.value - 0.6) < 1e-6)
    }

    @Test("clean windows are no fall of accuracy, and less sure ones are")
    func change() throws {
        var generator = SplitMix64(seed: 11)
        func window(_ power: Double, _ count: Int) -> [Double] {
            var counts = [Double](repeating: 0, count: 11)
            for _ in 0..<count {
                let score = pow(Double.random(in: 0..<1, using: &generator), power)
                counts[max(0, Int((score * 10).rounded(.up)) - 1)] += 1
            }
            return counts
        }
        let windows = (0..<20).map { _ in window(0.25, 200) }
        let reference = (0..<11).map { bin in windows.reduce(0) { $0 + $1[bin] } }
        func change(_ counts: [Double]) throws -> AccuracyChange {
            try #require(
                AccuracyChange(
                    bins: Self.tenths, counts: counts, reference: reference, windows: windows,
                    meaning: .predicted, calibration: nil))
        }
        let clean = try (0..<500).map { _ in try change(window(0.25, 200)).pValue }
        #expect((1...12).contains(clean.count { $0 < 0.01 }), "\(clean.count { $0 < 0.01 })")
        let fallen = try change(window(0.5, 200))
        #expect(fallen.difference < -0.08 && fallen.pValue < 1e-5)
        #expect(try change(window(0.1, 200)).pValue > 0.999)
    }
}
