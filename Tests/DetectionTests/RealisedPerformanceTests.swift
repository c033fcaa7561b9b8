import Foundation
import Testing

@testable import Detection

@Suite("Performance by labels")
struct RealisedPerformanceTests {
    private func measured(
        _ outcomes: [(String?, Double?, String)],
        _ change: (inout PerformanceOptions.Service) -> Void = { _ in }
    ) -> RealisedPerformance {
        var options = PerformanceOptions.Service()
        change(&options)
        return RealisedPerformance(
            outcomes.map { .init(prediction: $0.0, score: $0.1, label: $0.2) }, options: options)
    }

    @Test("two classes by hand")
    func twoClasses() {
        let result = measured([
            ("1", 0.9, "1"), ("1", 0.6, "0"), ("0", 0.4, "1"), ("0", 0.1, "0"), ("0", 0.2, "0"),
        ])
        #expect(result.accuracy == 0.6)
        #expect(result.precision == 0.5 && result.recall == 0.5 && result.f1 == 0.5)
        // Squares 0.01 + 0.36 + 0.36 + 0.01 + 0.04.
        #expect(abs((result.brierScore ?? 0) - 0.156) < 1e-12)
        let loss = -(log(0.9) + log(0.4) + log(0.4) + log(0.9) + log(0.8)) / 5
        #expect(abs((result.logLoss ?? 0) - loss) < 1e-12)
        // Positives 0.9, 0.4 against 0.6, 0.1, 0.2: five of six pairs.
        #expect(abs((result.rocAuc ?? 0) - 5.0 / 6) < 1e-12)
        #expect(result.meanAbsoluteError == nil)
    }

    @Test("scores alone are predictions by the threshold; truth may be a word")
    func threshold() {
        let result = measured([(nil, 0.4, "true"), (nil, 0.2, "FALSE"), (nil, 0.35, "0")]) {
            $0.threshold = 0.3
        }
        #expect(result.accuracy == 2.0 / 3 && result.recall == 1 && result.precision == 0.5)
        let named = measured([("fraud", 0.9, "fraud"), ("ok", 0.8, "fraud")]) {
            $0.positiveClass = "fraud"
            $0.scores = .predicted
        }
        #expect(named.accuracy == 0.5 && named.recall == 0.5 && named.precision == 1)
        // 0.9 and 1 − 0.8, both of the class fraud.
        #expect(abs((named.brierScore ?? 0) - (0.01 + 0.64) / 2) < 1e-12)
    }

    @Test("several classes have means over the classes")
    func classes() {
        let result = measured([
            ("7", 0.9, "7"), ("7", 0.5, "1"), ("1", nil, "1"), ("3", nil, "1"),
        ])
        #expect(result.accuracy == 0.5)
        // 7: 1/2, 1: 1/1, 3: 0/1. Recall 1, 1/3, 0/0.
        #expect(abs((result.precision ?? 0) - 0.5) < 1e-12)
        #expect(abs((result.recall ?? 0) - 4.0 / 9) < 1e-12)
        #expect(abs((result.brierScore ?? 0) - (0.01 + 0.25) / 2) < 1e-12)
        #expect(result.logLoss == nil && result.rocAuc == nil)
    }

    @Test("numbers with a fraction are a regression")
    func numbers() {
        let result = measured([("10.5", nil, "10"), ("20", nil, "22"), ("5", nil, "5")])
        #expect(abs((result.meanAbsoluteError ?? 0) - 2.5 / 3) < 1e-12)
        #expect(abs((result.rootMeanSquaredError ?? 0) - (4.25 / 3).squareRoot()) < 1e-12)
        #expect(result.accuracy == nil)
        #expect(measured([("3", nil, "4")]) { $0.task = .regression }.meanAbsoluteError == 1)
        #expect(measured([("3.0", nil, "3")]) { $0.task = .classification }.accuracy == 1)
        #expect(measured([]) == measured([(nil, nil, "1")]))
    }

    @Test("a share that fell is told from chance")
    func change() throws {
        let earlier = [0.91, 0.89, 0.9, 0.9].map { LabelledShare(share: $0, count: 500) }
        let fallen = try #require(
            LabelledShare.change(of: .init(share: 0.8, count: 500), against: earlier))
        #expect(abs(fallen.difference + 0.1) < 1e-12 && fallen.pValue < 1e-7)
        let same = try #require(
            LabelledShare.change(of: .init(share: 0.89, count: 500), against: earlier))
        #expect(same.pValue > 0.2)
        #expect(LabelledShare.change(of: .init(share: 0, count: 5), against: []) == nil)
    }
}
