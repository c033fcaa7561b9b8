import Foundation
import TestSupport
import Testing

@testable import Detection

@Suite("New values")
struct NewcomersTests {
    /// Windows of values that are all rare: 2,000 equally likely ones.
    func window(
        _ n: Int, newShare: Double = 0, using generator: inout SplitMix64
    ) -> [String: Double] {
        var counts: [String: Double] = [:]
        for _ in 0..<n {
            let isNew = Double.random(in: 0..<1, using: &generator) < newShare
            let name = isNew ? "new" : "v\(Int.random(in: 0..<2000, using: &generator))"
            counts[name, default: 0] += 1
        }
        return counts
    }

    func detector(using generator: inout SplitMix64) -> DriftDetector {
        let windows = (0..<40).map { _ in window(50, using: &generator) }
        let bins = Set(windows.flatMap(\.keys)).sorted()
        let counts = windows.map { window in bins.map { window[$0] ?? 0 } }
        return DriftDetector(
            reference: DriftReference(
                kind: .categories, bins: bins,
                counts: bins.indices.map { i in counts.reduce(0) { $0 + $1[i] } },
                windows: counts))
    }

    func verdict(_ detector: inout DriftDetector, _ window: [String: Double]) -> DriftVerdict {
        let values = window.sorted { $0.key < $1.key }
        return detector.judge(bins: values.map(\.key), counts: values.map(\.value))
    }

    @Test("one new value among many rare ones is found and named", arguments: 1...8)
    func found(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        var detector = detector(using: &generator)
        let verdicts = (0..<12).map { _ in
            verdict(&detector, window(50, newShare: 0.1, using: &generator))
        }
        let first = try #require(verdicts.first { $0.newcomer != nil })
        #expect(first.isSignificant)
        #expect(first.newcomer?.name == "new")
        #expect(first.summary.contains("new value 'new'"))
        // While it stays, so does the episode.
        #expect(verdicts.last?.state == .drifted)
        #expect(verdicts.count(where: \.isAlarm) == 1)
    }

    @Test("rare values that the reference does not have are no new ones", arguments: 1...4)
    func clean(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        var detector = detector(using: &generator)
        for _ in 0..<60 {
            #expect(verdict(&detector, window(50, using: &generator)).newcomer == nil)
        }
    }

    @Test("the bound holds: c observations of one value are as unlikely as (N/m)ᶜ m/c says")
    func bound() throws {
        var newcomers = Newcomers()
        let first = newcomers.insert([("a", 1)], n: 50, m: 3600)
        #expect(first == nil)
        let second = newcomers.insert([("a", 3)], n: 50, m: 3600)
        let found = try #require(second)
        let expected = 4 * log(100.0 / 3600) + log(3600.0 / 4) + log(Double.pi * .pi / 6 * 4)
        #expect(abs(found.lnPValue - expected) < 1e-12)
        #expect(found.count == 4 && found.n == 100)
    }

    @Test("where values come in batches, one that comes again is nothing")
    func batches() {
        // Each value comes three times, all in one window; or once in each of three windows.
        let inBatches = (0..<30).map { w in (0..<90).map { $0 % 30 == w ? 3.0 : 0 } }
        let spread = (0..<30).map { w in
            (0..<90).map { ($0 % 30 + 30 - w) % 30 < 3 ? 1.0 : 0 }
        }
        let counts = [Double](repeating: 3, count: 90)
        #expect(Newcomers.comeInBatches(counts: counts, windows: inBatches))
        #expect(!Newcomers.comeInBatches(counts: counts, windows: spread))
    }

    @Test("what is remembered is bounded")
    func bounded() throws {
        var newcomers = Newcomers()
        for w in 0..<50 {
            _ = newcomers.insert(
                (0..<1000).map { ("\(w)-\($0)", 1.0) }, n: 1000, m: 1e6)
        }
        let stored = try JSONEncoder().encode(newcomers)
        #expect(stored.count < 4096)
    }
}
