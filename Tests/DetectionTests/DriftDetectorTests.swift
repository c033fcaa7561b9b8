import Foundation
import TestSupport
import Testing

@testable import Detection

extension SplitMix64 {
    /// Counts of `n` draws from a distribution over bins.
    mutating func counts(_ shares: [Double], n: Int) -> [Double] {
        let total = shares.reduce(0, +)
        var counts = shares.map { _ in 0.0 }
        for _ in 0..<n {
            var rest = Double.random(in: 0..<total, using: &self)
            var i = 0
            while i + 1 < shares.count, rest >= shares[i] {
                rest -= shares[i]
                i += 1
            }
            counts[i] += 1
        }
        return counts
    }
}

@Suite("Drift detector")
struct DriftDetectorTests {
    let digits = (0..<10).map(String.init)
    let even = [Double](repeating: 1, count: 10)
    let inverted: [Double] = [1, 1, 8, 1, 1, 2, 1, 1, 12, 1]

    func reference(
        _ kind: DriftReference.Kind, _ shares: [Double], windows: Int = 12, n: Int = 200,
        using generator: inout SplitMix64
    ) -> DriftReference {
        let windows = (0..<windows).map { _ in generator.counts(shares, n: n) }
        let counts = shares.indices.map { i in windows.reduce(0) { $0 + $1[i] } }
        return DriftReference(
            kind: kind, bins: shares.indices.map(String.init), counts: counts, windows: windows)
    }

    @Test("a big change drifts at once and ends a few windows after it is over", arguments: 0..<10)
    func episode(seed: Int) {
        var generator = SplitMix64(seed: UInt64(seed))
        var detector = DriftDetector(
            reference: reference(.categories, even, using: &generator))
        var states: [DriftVerdict.State] = []
        var alarms = 0
        for window in 0..<40 {
            let shares = (10..<20).contains(window) ? inverted : even
            let verdict = detector.judge(bins: digits, counts: generator.counts(shares, n: 200))
            states.append(verdict.state)
            if verdict.isAlarm { alarms += 1 }
        }
        #expect(states[0..<10].allSatisfy { $0 == .stable })
        #expect(states[11..<20].allSatisfy { $0 == .drifted })
        #expect(states[26...].allSatisfy { $0 == .stable }, "\(states)")
        #expect(alarms == 1)
    }

    @Test("the state survives a restart", arguments: [DriftReference.Kind.categories, .ordered])
    func restart(kind: DriftReference.Kind) throws {
        var generator = SplitMix64(seed: 3)
        let reference = reference(kind, even, using: &generator)
        var running = DriftDetector(reference: reference)
        var restarted = DriftDetector(reference: reference)
        for window in 0..<20 {
            let counts = generator.counts(window < 8 ? even : inverted, n: window == 5 ? 30 : 150)
            let data = try JSONEncoder().encode(restarted.state)
            let state = try JSONDecoder().decode(DriftState.self, from: data)
            restarted = DriftDetector(reference: reference, state: state)
            let expected = running.judge(bins: digits, counts: counts)
            #expect(restarted.judge(bins: digits, counts: counts) == expected)
        }
        #expect(running.state.isDrifted)
    }

    @Test("a state of another reference is ignored")
    func otherReference() {
        var generator = SplitMix64(seed: 4)
        let first = reference(.categories, even, using: &generator)
        var detector = DriftDetector(reference: first)
        for _ in 0..<5 {
            _ = detector.judge(bins: digits, counts: generator.counts(inverted, n: 200))
        }
        #expect(detector.state.isDrifted)
        let second = reference(.categories, inverted, using: &generator)
        #expect(!DriftDetector(reference: second, state: detector.state).state.isDrifted)
        #expect(DriftDetector(reference: first, state: detector.state).state.isDrifted)
    }

    @Test("clean windows are called drifted at about the wanted rate")
    func falseAlarms() {
        var generator = SplitMix64(seed: 5)
        var significant = 0
        var judged = 0
        for stream in 0..<60 {
            let kind: DriftReference.Kind = stream % 2 == 0 ? .categories : .ordered
            let n = [60, 200, 1000][stream % 3]
            var detector = DriftDetector(
                reference: reference(kind, even, windows: 40, n: n, using: &generator),
                options: DriftOptions(significance: 0.01, minimumEffect: -1))
            for _ in 0..<50 {
                judged += 1
                let counts = generator.counts(even, n: n)
                if detector.judge(bins: digits, counts: counts).isSignificant { significant += 1 }
            }
        }
        let rate = Double(significant) / Double(judged)
        #expect(rate > 0.001 && rate < 0.02, "\(significant) of \(judged)")
    }

    @Test("a small change is found by the memory of windows")
    func smallChange() {
        var generator = SplitMix64(seed: 6)
        let slightly: [Double] = [1.25, 1.2, 1.1, 1.05, 1, 1, 0.95, 0.9, 0.8, 0.75]
        var detector = DriftDetector(
            reference: reference(.ordered, even, windows: 60, using: &generator))
        let verdicts = (0..<30).map { _ in
            detector.judge(bins: digits, counts: generator.counts(slightly, n: 200))
        }
        #expect(verdicts.contains { $0.isAlarm })
        let locations = verdicts.compactMap { $0.movement?.location }
        #expect(locations.count == 30 && locations.reduce(0, +) / 30 < -1)
    }

    @Test("an effect too small to matter is no drift, however significant")
    func effectGate() {
        let reference = DriftReference(
            kind: .ordered, bins: digits, counts: even.map { $0 * 10_000_000 })
        var detector = DriftDetector(reference: reference)
        let slightly = (0..<10).map { 100_000.0 + Double($0) * 500 }
        let verdict = detector.judge(bins: digits, counts: slightly)
        #expect(verdict.state == .stable)
        #expect((verdict.pValue ?? 1) < 1e-6)
    }

    @Test("windows too small to judge are carried into the next, and never alarm")
    func insufficient() {
        var generator = SplitMix64(seed: 7)
        var detector = DriftDetector(
            reference: reference(.categories, even, using: &generator))
        let tiny: [Double] = [0, 0, 20, 0, 0, 0, 0, 0, 0, 0]
        let first = detector.judge(bins: digits, counts: tiny)
        #expect(first.state == .insufficient)
        #expect(first.note == "n = 20 of 50 needed")
        #expect(detector.judge(bins: digits, counts: tiny).state == .insufficient)
        let third = detector.judge(bins: digits, counts: tiny)
        #expect(third.state == .drifted)
        #expect(third.n == 60)
        let empty = detector.judge(bins: [], counts: [])
        #expect(empty.state == .insufficient && !empty.isAlarm)
    }

    @Test("classes are matched by their bytes; new and vanished ones are named")
    func classes() {
        let reference = DriftReference(
            kind: .categories, bins: ["é", "cat", "dog"], counts: [500, 500, 1000])
        var detector = DriftDetector(reference: reference)
        // Decomposed é is another class.
        let verdict = detector.judge(
            bins: ["e\u{301}", "dog", "cat"], counts: [50, 100, 50])
        #expect(verdict.state == .drifted)
        let moved = verdict.largestChanges.map { Array($0.bin.utf8) }
        #expect(Set(moved) == Set(["unseen", "é", "dog"].map { Array($0.utf8) }))
        #expect(verdict.largestChanges.first { $0.bin == "unseen" }?.share == 0.25)
    }

    @Test("one new value among hundreds is no drift, a share of three per cent is")
    func unseen() {
        let reference = DriftReference(
            kind: .categories, bins: ["a", "b"], counts: [6000, 4000])
        var detector = DriftDetector(reference: reference)
        let one = detector.judge(bins: ["a", "b", "x"], counts: [120, 79, 1])
        #expect(one.state == .stable)
        let many = detector.judge(bins: ["a", "b", "x"], counts: [117, 77, 6])
        #expect(many.state == .drifted)
    }

    @Test("changed bucket bounds are said, not judged")
    func changedBounds() {
        let reference = DriftReference(
            kind: .ordered, bins: ["0.5", "1", "+Inf"], counts: [500, 400, 100])
        var detector = DriftDetector(reference: reference)
        let verdict = detector.judge(bins: ["0.25", "1", "+Inf"], counts: [90, 90, 10])
        #expect(verdict.state == .insufficient)
        #expect(verdict.note?.contains("bounds changed") == true)
    }

    @Test("counts that cannot be are taken as none")
    func hostileCounts() {
        let reference = DriftReference(
            kind: .ordered, bins: ["1", "2"], counts: [.nan, -5], windows: [[.infinity, 1]])
        var detector = DriftDetector(reference: reference)
        let verdict = detector.judge(bins: ["1", "2"], counts: [.infinity, -3])
        #expect(verdict.state == .insufficient)
        #expect(verdict.n == 0)
    }

    @Test(
        "a constant that becomes another, and one of 0 and 1 that changes its rate, are seen",
        arguments: [([0, 400, 0], [0, 0, 60]), ([900, 0, 100], [150, 0, 60])]
            as [([Double], [Double])])
    func degenerate(counts: [Double], window: [Double]) {
        let reference = DriftReference(kind: .ordered, bins: ["a", "b", "c"], counts: counts)
        var detector = DriftDetector(reference: reference)
        let same = detector.judge(bins: ["a", "b", "c"], counts: counts.map { $0 / 4 })
        #expect(same.state == .stable)
        #expect(detector.judge(bins: ["a", "b", "c"], counts: window).state == .drifted)
    }

    @Test("PSI and its null mean are those of the golden definitions")
    func index() {
        let reference = DriftReference(
            kind: .categories, bins: ["a", "b"], counts: [600, 400])
        var detector = DriftDetector(reference: reference)
        let verdict = detector.judge(bins: ["a", "b"], counts: [50, 50])
        let p = [600.5 / 1001, 400.5 / 1001]
        let psi = zip(p, [0.5, 0.5]).reduce(0) { $0 + ($1.1 - $1.0) * log($1.1 / $1.0) }
        #expect(abs((verdict.psi ?? 0) - psi) < 1e-12)
        #expect(abs((verdict.psiNullMean ?? 0) - (1.0 / 1000 + 1.0 / 100)) < 1e-15)
    }

    @Test("the size of a movement is that of normal values")
    func movementSize() throws {
        var random = SeededBits(state: 8)
        let normal = (0..<40_000).map { _ in random.normal() }
        let sample = FiniteSample(normal)
        let bins = try #require(QuantileBins(reference: sample, binCount: 60))
        var shifted = DriftDetector(
            reference: DriftReference(
                kind: .ordered, bins: bins.names, counts: bins.counts(of: normal)))
        var wider = shifted
        let values = (0..<20_000).map { _ in random.normal() }
        let location = shifted.judge(
            bins: bins.names, counts: bins.counts(of: values.map { $0 - 0.2 }))
        #expect(abs((location.movement?.locationSize ?? 0) + 0.2) < 0.03)
        #expect(location.movement?.words.first?.hasPrefix("location -0.") == true)
        let spread = wider.judge(
            bins: bins.names, counts: bins.counts(of: values.map { $0 * 1.2 }))
        #expect(abs((spread.movement?.spreadRatio ?? 0) - 1.2) < 0.04)
        #expect(abs(spread.movement?.locationSize ?? 1) < 0.03)
    }

    @Test("drift is critical where the true PSI is large beyond doubt, until its episode ends")
    func critical() {
        let reference = DriftReference(
            kind: .categories, bins: ["a", "b"], counts: [50_000, 50_000])
        func verdicts(_ windows: [[Double]]) -> [DriftVerdict] {
            var detector = DriftDetector(reference: reference)
            return windows.map { detector.judge(bins: ["a", "b"], counts: $0) }
        }
        // True PSI of 0.04 and of 1.1.
        let small = verdicts([[6000, 4000]])
        #expect(small[0].state == .drifted && !small[0].isCritical)
        let large = verdicts([[700, 300], [540, 460], [500, 500], [500, 500], [500, 500]])
        #expect(large[0].isCritical && large[1].isCritical)
        #expect(large[4].state == .stable && !large[4].isCritical)
    }

    @Test("a classic rule judges alone, by its threshold", arguments: FixedRule.Statistic.allCases)
    func classic(statistic: FixedRule.Statistic) throws {
        let reference = DriftReference(
            kind: .ordered, bins: digits, counts: even.map { $0 * 1000 })
        let window = inverted.map { $0 * 10 }
        let value = try #require(
            FixedRule.value(statistic, reference.counts, window), "\(statistic)")
        for (threshold, isAlarm) in [
            (value * 0.99, !statistic.isPValue), (value * 1.01, statistic.isPValue),
        ] {
            var options = DriftOptions()
            options.rule = FixedRule.Criterion(statistic, threshold)
            var detector = DriftDetector(reference: reference, options: options)
            let verdict = detector.judge(bins: digits, counts: window)
            #expect(verdict.isSignificant == isAlarm && verdict.isAlarm == isAlarm)
            #expect(verdict.ruleValue == value)
            let clean = detector.judge(bins: digits, counts: even.map { $0 * 10 })
            #expect(clean.state == .stable)
        }
    }

    @Test("fixed rules stand beside the verdict with what they cost")
    func fixedRules() throws {
        let reference = DriftReference(
            kind: .ordered, bins: digits, counts: even.map { $0 * 1000 })
        var detector = DriftDetector(reference: reference)
        var rates = FalseAlarmRates()
        let rules = detector.judge(bins: digits, counts: even.map { $0 * 5 }).fixedRules(&rates)
        let psi = try #require(rules.first { $0.criterion.description == "PSI > 0.2" })
        #expect(!psi.isAlarm && psi.value.map { $0 < 1e-6 } == true)
        #expect(abs(psi.falseAlarmsPerThousand - 441) < 30)
        #expect(rules.contains { $0.criterion.statistic == .kolmogorovSmirnov })
    }

    @Test("rare observations are judged by the law of few, not of many")
    func rare() throws {
        // Half an observation is expected: four of them come once in 300 windows.
        var detector = DriftDetector(
            reference: DriftReference(kind: .ordered, bins: ["0", "1"], counts: [3564, 36]))
        let four = detector.judge(bins: ["0", "1"], counts: [46, 4])
        let p = try #require(four.pValue)
        #expect(p > 0.002 && p < 0.05 && !four.isSignificant)
        #expect(detector.judge(bins: ["0", "1"], counts: [40, 10]).isSignificant)
    }

    @Test("the memory's place in the season has the weights of its windows")
    func seasonOfMemory() throws {
        var state = DriftState(fingerprint: 0, binCount: 2)
        state.remember([10, 20], .fixed([1, 0.5]))
        #expect(state.memoryDesign == [1, 0.5])
        state.remember([20, 10], .fixed([1, -0.5]))
        let design = try #require(state.memoryDesign)
        // 0.85 and 1, as of the windows themselves.
        #expect(abs(design[1] - (0.85 * 0.5 - 0.5) / 1.85) < 1e-12)
    }

    @Test("eigenvalues are those of the second difference", arguments: [1, 2, 3, 10, 60])
    func eigenvalues(size: Int) {
        let matrix = (0..<size).map { i in
            (0..<size).map { $0 == i ? 2.0 : abs($0 - i) == 1 ? -1 : 0 }
        }
        let values = symmetricEigenvalues(matrix).sorted()
        for (k, value) in values.enumerated() {
            let expected = 2 - 2 * cos(Double(k + 1) * .pi / Double(size + 1))
            #expect(abs(value - expected) < 1e-12, "\(k) of \(size)")
        }
    }
}
