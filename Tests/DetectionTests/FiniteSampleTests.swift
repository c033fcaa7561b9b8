import TestSupport
import Testing

@testable import Detection

@Suite("Samples")
struct FiniteSampleTests {
    @Test("the median deviation is that of the sorted deviations", arguments: 0..<200)
    func medianDeviation(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let count = Int.random(in: 1...12, using: &generator)
        let values = (0..<count).map { _ in Double(Int.random(in: -4...4, using: &generator)) / 2 }
        let centre = Double(Int.random(in: -6...6, using: &generator)) / 2
        let expected = FiniteSample(values.map { abs($0 - centre) }).median
        #expect(
            FiniteSample(values).medianDeviation(from: centre) == expected, "\(values) \(centre)")
    }

    @Test("numbers are taken as values are")
    func numbers() {
        let values = [3, .nan, -0.0, .infinity, -.infinity, 1, 0, .nan, -2]
        let sample = FiniteSample(numbers: values)
        #expect(sample == FiniteSample(values))
        #expect(sample.missingCount == 2 && sample.infiniteCount == 2)
        #expect(sample.sorted.map(\.sign) == [.minus, .plus, .plus, .plus, .plus])
        #expect(FiniteSample(numbers: []).isEmpty)
        #expect(FiniteSample(numbers: []).medianDeviation(from: 0) == nil)
    }
}
