import Foundation
import TestSupport
import Testing

@testable import Detection

@Suite("Pattern memory")
struct PatternMemoryTests {
    func walk(_ count: Int, seed: Int) -> [Double] {
        var generator = SplitMix64(seed: UInt64(seed))
        return (0..<count).map { _ in Double(Int.random(in: 0..<40, using: &generator)) }
    }

    @Test("median, deviation, range and means agree with sorting", arguments: 0..<20)
    func order(seed: Int) {
        var memory = PatternMemory(capacity: 37)
        var values: [Double] = []
        for value in walk(150, seed: seed) {
            _ = memory.insert(value)
            values.append(value)
            let latest = Array(values.suffix(37))
            let sorted = latest.sorted()
            #expect(memory.count == latest.count)
            let median = FiniteSample(sorted).median ?? .nan
            #expect(memory.median == median)
            let distances = latest.map { abs($0 - median) }.sorted()
            #expect(memory.medianDeviation(from: median) == distances[latest.count / 2])
            #expect(memory.range == sorted[sorted.count - 1] - sorted[0])
            if latest.count > 8 {
                let mean = latest.dropLast(2).suffix(5).reduce(0, +) / 5
                #expect(abs(memory.mean(from: 2, length: 5) - mean) < 1e-5)
            }
        }
    }

    /// The definition: the weighted squared distances of all remembered stretches, one by one.
    func nearest(_ values: [Double], capacity: Int) -> Double? {
        let t = values.count - 1
        var nearest = Double.infinity
        for lag in 21...max(min(capacity, t), 21) where lag <= t {
            var sum = 0.0
            var weight = 1.0
            for i in 0...(t - lag) {
                sum += weight * pow(values[t - i] - values[t - i - lag], 2)
                weight *= 0.8
            }
            nearest = min(nearest, sum)
        }
        return nearest.isFinite ? (nearest * 0.2).squareRoot() : nil
    }

    @Test("the nearest stretch is that of the definition", arguments: 0..<6)
    func pattern(seed: Int) {
        var memory = PatternMemory(capacity: 50)
        var values: [Double] = []
        for value in walk(220, seed: seed) {
            let distance = memory.insert(value)
            values.append(value)
            let expected = nearest(values, capacity: 50)
            #expect((distance == nil) == (expected == nil), "\(values.count)")
            if let distance, let expected { #expect(abs(distance - expected) < 1e-3) }
        }
    }

    @Test("a repeated pattern is at no distance once it was seen")
    func repetition() {
        var memory = PatternMemory(capacity: 200)
        for i in 0..<500 {
            let distance = memory.insert(Double(i % 30) * 1e9 + 5e12)
            if i > 150 { #expect((distance ?? .infinity) < 1e5) }
        }
        let broken = memory.insert(5e12 + 50e9)
        #expect((broken ?? 0) > 1e9)
    }

    @Test("the state is the same after coding, and a damaged one is refused")
    func coding() throws {
        var memory = PatternMemory(capacity: 64)
        for value in walk(150, seed: 3) { _ = memory.insert(value) }
        let data = try JSONEncoder().encode(memory)
        var copy = try JSONDecoder().decode(PatternMemory.self, from: data)
        for value in walk(150, seed: 4) { #expect(copy.insert(value) == memory.insert(value)) }
        let text = String(decoding: data, as: UTF8.self)
        for damaged in [
            text.replacing("\"capacity\":64", with: "\"capacity\":63"),
            text.replacing("\"distances\":[", with: "\"distances\":[0,"),
        ] {
            #expect(damaged != text)
            #expect(throws: DecodingError.self) {
                try JSONDecoder().decode(PatternMemory.self, from: Data(damaged.utf8))
            }
        }
    }
}
