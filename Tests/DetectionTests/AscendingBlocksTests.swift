import TestSupport
import Testing

@testable import Detection

/// Values of an array, lent a few at a time.
private struct Pieces: AscendingBlocks {
    let values: [Double]
    let length: Int

    var count: Int { values.count }

    func block(at i: Int) -> (first: Int, values: [Double]) {
        let first = i - i % length
        return (first, Array(values[first..<min(first + length, count)]))
    }
}

@Suite("Samples in blocks")
struct AscendingBlocksTests {
    @Test("statistics of a sample in blocks are those of one in memory", arguments: 0..<50)
    func agreement(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        func sample(_ shift: Double) -> [Double] {
            (0..<Int.random(in: 2...90, using: &random)).map { _ in
                let value = Double.random(in: -1...1, using: &random) + shift
                // Ties within and between the samples.
                return Bool.random(using: &random) ? (value * 4).rounded() : value
            }.sorted()
        }
        let (a, b) = (FiniteSample(sample(0)), FiniteSample(sample(0.3)))
        let length = Int.random(in: 1...11, using: &random)
        func inPieces(_ sample: FiniteSample) -> FiniteSample {
            FiniteSample(
                Pieces(values: sample.sorted, length: length), missingCount: 0, infiniteCount: 0)
        }
        let (p, q) = (inPieces(a), inPieces(b))
        #expect(p == a && p.smallest == a.smallest && p.largest == a.largest)
        #expect(p.median == a.median && p.mean == a.mean && p.quantile(0.3) == a.quantile(0.3))
        #expect(p.medianDeviation(from: 0.2) == a.medianDeviation(from: 0.2))
        #expect(p.populationDeviation == a.populationDeviation)
        #expect(
            KolmogorovSmirnov(reference: p, current: q)
                == KolmogorovSmirnov(reference: a, current: b))
        #expect(
            CramerVonMises(reference: p, current: q) == CramerVonMises(reference: a, current: b))
        #expect(Wasserstein(reference: p, current: q) == Wasserstein(reference: a, current: b))
        #expect(LocationTests(reference: p, current: q) == LocationTests(reference: a, current: b))
        #expect((try? AndersonDarling([p, q])) == (try? AndersonDarling([a, b])))
        let bins = try #require(QuantileBins(reference: a, binCount: 10))
        #expect(QuantileBins(reference: p, binCount: 10) == bins)
        #expect(bins.counts(of: q) == bins.counts(of: b.sorted))
    }
}
