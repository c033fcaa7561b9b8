import CDetection
import TestSupport
import Testing

@Suite("Advanced distances")
struct AdvancedDistancesTests {
    @Test(
        "every distance is the same to the last bit as one at a time",
        arguments: [0, 1, 15, 16, 17, 100, 960], [0, 1, 15, 16, 17, 31, 80, 940])
    func oneAtATime(count: Int, apart: Int) {
        guard apart <= count else { return }
        var generator = SplitMix64(seed: UInt64(count * 1000 + apart))
        func numbers(in range: ClosedRange<Float>) -> [Float] {
            (0..<(count + Int(mlmon_lane_count))).map { _ in
                .random(in: range, using: &generator)
            }
        }
        let values = numbers(in: -3...3)
        var distances = numbers(in: 0...50)
        let before = distances
        let least = mlmon_advance_distances(&distances, values, count, apart, 0.7, 5, 0.8)
        let expected = (0..<count).map { i -> Float in
            let apart = 0.7 - values[i]
            // Two statements, so that none is fused with the other.
            let square = apart * apart
            let decayed = 0.8 * before[i]
            return decayed + min(square, 5)
        }
        #expect(Array(distances.prefix(count)) == expected, "\(count), \(apart)")
        #expect(least == expected.prefix(apart).min() ?? .infinity, "\(count), \(apart)")
    }
}
