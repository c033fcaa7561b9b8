import Foundation
import TestSupport
import Testing
import TimeSeries

@testable import Detection

@Suite("Drift watcher")
struct DriftWatcherTests {
    static func hour(_ i: Int) -> Timestamp { Timestamp(milliseconds: Int64(i) * 3_600_000) }

    /// A window of normal values.
    func sample(
        _ count: Int, mean: Double, at time: Timestamp?, using generator: inout SplitMix64,
        into empty: DriftSample = DriftSample()
    ) -> DriftSample {
        var sample = empty
        sample.time = time
        for _ in 0..<count {
            let noise = (0..<12).reduce(-6.0) { sum, _ in
                sum + Double.random(in: 0..<1, using: &generator)
            }
            sample.insert(mean + noise)
        }
        return sample
    }

    func seasonal(_ i: Int) -> Double { 0.3 * sin(2 * .pi * Double(i) / 24) }

    func watcher(_ count: Int, seed: UInt64, isTimed: Bool) -> (DriftWatcher, SplitMix64) {
        var generator = SplitMix64(seed: seed)
        let samples = (0..<72).map { i in
            sample(
                count, mean: seasonal(i), at: isTimed ? Self.hour(i) : nil, using: &generator)
        }
        return (DriftWatcher(samples, kind: nil, options: DriftOptions()), generator)
    }

    @Test("a season of the day is no drift, and a shift on top of it is found", arguments: 1...6)
    func season(seed: Int) {
        var (watcher, generator) = watcher(50, seed: UInt64(seed), isTimed: true)
        var falseAlarms = 0
        var delay: Int?
        for i in 72..<144 {
            let isDrifted = i >= 120
            let verdict = watcher.judge(
                sample(
                    50, mean: seasonal(i) + (isDrifted ? 0.3 : 0), at: Self.hour(i),
                    using: &generator, into: watcher.emptySample))
            #expect(verdict.isSeasonCorrected)
            if !isDrifted, verdict.isSignificant { falseAlarms += 1 }
            if isDrifted, verdict.isSignificant, delay == nil { delay = i - 119 }
        }
        #expect(falseAlarms <= 2)
        #expect(delay.map { $0 <= 20 } == true)
    }

    @Test("where windows have no times, no season is corrected")
    func untimed() {
        var (watcher, generator) = watcher(50, seed: 3, isTimed: false)
        let verdict = watcher.judge(
            sample(50, mean: 0, at: nil, using: &generator, into: watcher.emptySample))
        #expect(!verdict.isSeasonCorrected)
        #expect(verdict.isDispersionCorrected)
    }

    @Test("a stream without rhythm gets no season", arguments: 1...5)
    func noSeason(seed: Int) {
        var generator = SplitMix64(seed: UInt64(seed))
        let samples = (0..<72).map {
            sample(50, mean: 0, at: Self.hour($0), using: &generator)
        }
        var watcher = DriftWatcher(samples, kind: nil, options: DriftOptions())
        let verdict = watcher.judge(
            sample(50, mean: 0, at: Self.hour(72), using: &generator, into: watcher.emptySample))
        #expect(!verdict.isSeasonCorrected)
    }

    @Test("kinds are found from the reference, and unseen categories drift")
    func categories() {
        var samples: [DriftSample] = []
        for _ in 0..<10 {
            var sample = DriftSample()
            for i in 0..<100 { sample.insert(category: (i % 3 == 0 ? "yes" : "no").utf8) }
            samples.append(sample)
        }
        var watcher = DriftWatcher(samples, kind: nil, options: DriftOptions())
        #expect(watcher.kind == .categorical)
        #expect(watcher.judge(samples[0]).state == .stable)
        var odd = DriftSample()
        for i in 0..<100 { odd.insert(category: (i % 3 == 0 ? "maybe" : "no").utf8) }
        let verdict = watcher.judge(odd)
        #expect(verdict.state == .drifted && verdict.isAlarm)
        #expect(verdict.largestChanges.contains { $0.bin == "unseen" })
    }

    @Test("few far values are found in single windows, whichever end they lie on")
    func tails() {
        for sign in [1.0, -1.0] {
            var generator = SplitMix64(seed: 11)
            let samples = (0..<72).map { _ in
                sample(200, mean: 0, at: nil, using: &generator)
            }
            var watcher = DriftWatcher(samples, kind: .numeric, options: DriftOptions())
            var found = 0
            for _ in 0..<10 {
                var window = sample(
                    186, mean: 0, at: nil, using: &generator, into: watcher.emptySample)
                for _ in 0..<14 { window.insert(sign * 4) }
                if watcher.judge(window).isSignificant { found += 1 }
            }
            #expect(found >= 9)
        }
    }

    @Test("an empty reference is insufficient, never an alarm")
    func empty() {
        var watcher = DriftWatcher(
            [DriftSample(), DriftSample()], kind: .numeric, options: DriftOptions())
        var sample = watcher.emptySample
        sample.insert(1)
        #expect(watcher.judge(sample).state == .insufficient)
    }

    @Test("more categories than have bins share one, and are not unseen")
    func manyCategories() {
        var sample = DriftSample()
        for i in 0..<1500 {
            for _ in 0..<(i < 1000 ? 2 : 1) { sample.insert(category: "c\(i)".utf8) }
        }
        var watcher = DriftWatcher([sample], kind: .categorical, options: DriftOptions())
        #expect(watcher.detector.reference.bins.count == 1001)
        #expect(watcher.judge(sample).state == .stable)
    }

    @Test("values that go missing are drift, and none that were never there")
    func missing() {
        var generator = SplitMix64(seed: 12)
        func window(_ missing: Int, _ watcher: DriftWatcher? = nil) -> DriftSample {
            var sample = sample(
                200, mean: 0, at: nil, using: &generator,
                into: watcher?.emptySample ?? DriftSample())
            sample.missingCount = Double(missing)
            return sample
        }
        for share in [0, 8] {
            let samples = (0..<40).map { _ in window(share) }
            var watcher = DriftWatcher(samples, kind: nil, options: DriftOptions())
            for _ in 0..<10 { #expect(!watcher.judge(window(share, watcher)).isSignificant) }
            let verdict = watcher.judge(window(60, watcher))
            #expect(verdict.state == .drifted && verdict.isAlarm)
            #expect(verdict.largestChanges.first?.bin == "(missing)")
            var empty = watcher.emptySample
            empty.missingCount = 250
            #expect(watcher.judge(empty).isSignificant, "all are missing")
        }
    }
}
