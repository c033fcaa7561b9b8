import TestSupport
import Testing

@testable import Alerting

@Suite struct RecentValuesTests {
    @Test("come back bit for bit, whatever they are", arguments: 0..<50)
    func values(seed: Int) {
        var generator = SplitMix64(seed: UInt64(seed))
        let odd = [
            -0.0, 0.5, .nan, .infinity, Double(Int32.max) + 1, Double(Int32.min) - 1, 1e300,
        ]
        var expected: [Double] = []
        var values = RecentValues()
        for _ in 0..<400 {
            switch Int.random(in: 0..<100, using: &generator) {
            case 0 where seed % 2 == 1:
                expected.append(odd[Int.random(in: 0..<odd.count, using: &generator)])
                values.append(expected[expected.count - 1])
            case 1..<20:
                let count = Int.random(in: 0...expected.count, using: &generator)
                expected.removeFirst(count)
                values.removeFirst(count)
            default:
                expected.append(Double(Int32.random(in: .min ... .max, using: &generator)))
                values.append(expected[expected.count - 1])
            }
            #expect(values.count == expected.count)
            #expect(
                expected.indices.allSatisfy { values[$0].bitPattern == expected[$0].bitPattern })
        }
    }
}
