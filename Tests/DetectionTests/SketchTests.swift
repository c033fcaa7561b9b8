import Foundation
import TestSupport
import Testing

@testable import Detection

@Suite("Sketch, KSWIN and fixed rules")
struct SketchTests {
    func lognormal(_ count: Int, seed: UInt64) -> [Double] {
        var generator = SplitMix64(seed: seed)
        return (0..<count).map { _ in
            exp(
                (0..<12).reduce(-6.0) { sum, _ in
                    sum + Double.random(in: 0..<1, using: &generator)
                })
        }
    }

    @Test("quantiles are within a hundredth, for values of either sign")
    func sketch() throws {
        let values = lognormal(5000, seed: 1) + lognormal(3000, seed: 2).map { -$0 } + [0, 0]
        var sketch = DDSketch()
        for value in values { sketch.insert(value) }
        let sorted = values.sorted()
        for q in [0, 0.01, 0.25, 0.375, 0.5, 0.95, 0.99, 1] {
            let exact = sorted[Int((q * Double(sorted.count - 1)).rounded(.down))]
            let estimate = try #require(sketch.quantile(q))
            #expect(abs(estimate - exact) <= 0.01 * abs(exact) + 1e-12, "q = \(q)")
        }
        #expect(sketch.quantile(1.1) == nil && DDSketch().quantile(0.5) == nil)
    }

    @Test("a merged sketch is that of the joined stream, and survives storage in under 4 KB")
    func merge() throws {
        let (a, b) = (lognormal(4000, seed: 3), lognormal(4000, seed: 4).map { -2 * $0 })
        var (left, right, both) = (DDSketch(), DDSketch(), DDSketch())
        for value in a { left.insert(value) }
        for value in b { right.insert(value) }
        for value in a + b { both.insert(value) }
        left.merge(right)
        #expect(left == both)
        let data = try JSONEncoder().encode(right)
        #expect(try JSONDecoder().decode(DDSketch.self, from: data) == right)
        #expect(data.count <= 4096)
    }

    @Test("buckets are bounded, and the upper quantiles stay exact enough")
    func bounded() throws {
        var sketch = DDSketch(maximumBucketCount: 64)
        for i in 1...100_000 { sketch.insert(Double(i)) }
        #expect(sketch.count == 100_000)
        let estimate = try #require(sketch.quantile(0.9))
        #expect(abs(estimate - 90_000) < 1_000)
    }

    @Test("KSWIN finds a change, keeps quiet before it, and goes on from a stored state")
    func kswin() throws {
        var detector = KSWIN()
        let values = lognormal(300, seed: 5).map { log($0) }
        var early = 0
        for value in values where detector.update(value) { early += 1 }
        #expect(early <= 2)
        let data = try JSONEncoder().encode(detector)
        var restored = try JSONDecoder().decode(KSWIN.self, from: data)
        var found = false
        for value in values.prefix(60) {
            let answer = detector.update(value + 3)
            #expect(restored.update(value + 3) == answer)
            found = found || answer
        }
        #expect(found)
    }

    @Test("the interval of PSI holds the truth in 95 of 100 samples")
    func interval() throws {
        var generator = SplitMix64(seed: 6)
        let p = [Double](repeating: 0.1, count: 10)
        let q = [0.13, 0.12, 0.11, 0.1, 0.1, 0.1, 0.1, 0.09, 0.08, 0.07]
        let truth = zip(p, q).reduce(0) { $0 + ($1.1 - $1.0) * log($1.1 / $1.0) }
        var held = 0
        for _ in 0..<300 {
            let reference = generator.counts(p, n: 4000)
            let current = generator.counts(q, n: 1000)
            let psi = try #require(
                PopulationStability.index(reference: reference, current: current))
            let interval = try #require(
                PopulationStability.interval(index: psi, binCount: 10, m: 4000, n: 1000))
            if interval.contains(truth) { held += 1 }
        }
        #expect((275...296).contains(held))
    }

    @Test("the interval's two ways of computing agree where they meet")
    func intervalLimit() throws {
        let below = try #require(
            PopulationStability.interval(index: 1.9999, binCount: 10, m: 2000, n: 2000))
        let above = try #require(
            PopulationStability.interval(index: 2.0001, binCount: 10, m: 2000, n: 2000))
        #expect(abs(below.lowerBound - above.lowerBound) < 0.01)
        #expect(abs(below.upperBound - above.upperBound) < 0.01)
    }

    @Test("simulated false alarms of fixed rules agree with published ones")
    func fixedRules() {
        // 40,000 replicates gave 441 (n = 50, m = 10,000) and 34 (n = 100) per 1,000 for
        // PSI > 0.2 with ten bins and empty shares as 1e-4.
        var rates = FalseAlarmRates()
        #expect(abs(rates.rates(binCount: 10, m: 10_000, n: 50)[1] - 441) < 30)
        #expect(abs(rates.rates(binCount: 10, m: 10_000, n: 100)[1] - 34) < 12)
        // JS distance > 0.1 in nats: 926.
        #expect(abs(rates.rates(binCount: 10, m: 10_000, n: 50)[3] - 926) < 20)
        #expect(abs(rates.rates(binCount: 10, m: 10_000, n: 1000)[5] - 50) < 14)
        let even = [Double](repeating: 100, count: 10)
        let rules = FixedRule.all(reference: even, current: even, rates: &rates)
        #expect(rules.count == FixedRule.usual.count && rules.allSatisfy { !$0.isAlarm })
    }

    @Test("moments of many values at once are those of one after the other")
    func bulkMoments() throws {
        var random = SeededBits(state: 9)
        for (offset, size) in [(0.0, 5000), (1e9, 4099), (-3, 7)] {
            let values = (0..<size).map { _ in offset + random.normal() }
            for odd in [[], [Double.nan, .infinity], [1e300]] {
                var single = Moments()
                var bulk = Moments()
                for value in values + odd { single.insert(value) }
                bulk.insert(contentsOf: values + odd)
                #expect(bulk.count == single.count && bulk.missingCount == single.missingCount)
                #expect(bulk.smallest == single.smallest && bulk.largest == single.largest)
                for path in [\Moments.mean, \.sampleVariance, \.skewness, \.excessKurtosis] {
                    let (a, b) = (bulk[keyPath: path] ?? .nan, single[keyPath: path] ?? .nan)
                    #expect(
                        a == b || abs(a - b) <= 1e-9 * max(1, abs(b)) || (a.isNaN && b.isNaN),
                        "\(a) \(b)")
                }
            }
        }
    }

    @Test("values are counted as each one's bin says")
    func bulkCounts() throws {
        var random = SeededBits(state: 10)
        for binCount in [1, 2, 3, 10, 60, 64] {
            let values = (0..<3000).map { _ in (random.normal() * 20).rounded() / 4 }
            let bins = try #require(
                QuantileBins(reference: FiniteSample(values), binCount: binCount))
            var counts = [Double](repeating: 0, count: bins.binCount)
            let odd = [-Double.infinity, .infinity, 0, -0.0, 1e308]
            for value in values + odd { counts[bins.bin(of: value)] += 1 }
            #expect(bins.counts(of: values + odd + [.nan]) == counts)
        }
    }
}
