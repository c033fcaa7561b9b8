import Foundation
import Testing
import TimeSeries

@testable import Detection

@Suite("Anomaly detector")
struct AnomalyDetectorTests {
    /// Points a minute apart.
    func verdicts(
        _ values: [Double?], options: AnomalyOptions = AnomalyOptions()
    ) -> [AnomalyVerdict] {
        var detector = AnomalyDetector(options: options)
        return values.enumerated().map {
            detector.observe($1, at: Timestamp(milliseconds: Int64($0) * 60_000))
        }
    }

    func noise(_ count: Int, seed: UInt64, centre: Double = 100) -> [Double] {
        var generator = SplitMix64(state: seed)
        return (0..<count).map { _ in
            centre
                + (0..<12).reduce(-6.0) { sum, _ in
                    sum + Double.random(in: 0..<1, using: &generator)
                }
        }
    }

    @Test("a spike scores over the threshold once, and noise does not", arguments: 0..<5)
    func spike(seed: Int) {
        var values: [Double?] = noise(600, seed: UInt64(seed))
        for i in 400..<405 { values[i] = 130 }
        let verdicts = verdicts(values)
        #expect(verdicts[..<400].allSatisfy { $0.score < 0.5 && !$0.isAlarm })
        #expect(verdicts[400].isAlarm && verdicts[400].score > 0.5)
        #expect(verdicts.count { $0.isAlarm } == 1)
        #expect(verdicts.allSatisfy { (0...1).contains($0.score) })
    }

    @Test("nothing is judged while warming up, and the band holds what is usual afterwards")
    func warmUp() throws {
        let values = noise(400, seed: 9)
        let verdicts = verdicts(values)
        #expect(verdicts[..<100].allSatisfy { $0.isWarmingUp && $0.score == 0 && $0.lower == nil })
        for verdict in verdicts[100...] {
            let lower = try #require(verdict.lower)
            let upper = try #require(verdict.upper)
            let value = try #require(verdict.value)
            #expect(!verdict.isWarmingUp && lower < value && value < upper)
        }
    }

    @Test("missing points score 0, teach nothing and do not count")
    func missing() {
        let values: [Double?] = noise(300, seed: 11)
        var withGaps: [Double?] = []
        for value in values { withGaps += [nil, value, .nan, .infinity] }
        let plain = verdicts(values)
        let gaps = verdicts(withGaps)
        for (i, verdict) in gaps.enumerated() where i % 4 != 1 { #expect(verdict.score == 0) }
        for (i, verdict) in plain.enumerated() {
            #expect(gaps[4 * i + 1].isWarmingUp == verdict.isWarmingUp)
        }
    }

    @Test("a constant signal is quiet, and any change of it is found")
    func constant() {
        var values = [Double?](repeating: 0.1, count: 500)
        #expect(verdicts(values).allSatisfy { $0.score < 0.5 })
        values[450] = 0.3
        #expect(verdicts(values)[450].isAlarm)
        let insensitive = AnomalyOptions(minimumSpread: 0.2)
        #expect(!verdicts(values, options: insensitive)[450].isAlarm)
    }

    @Test("scores do not depend on unit or offset")
    func affine() {
        var values = noise(800, seed: 13)
        for i in 500..<520 { values[i] += 12 }
        let plain = verdicts(values)
        let rescaled = verdicts(values.map { $0 * 3.7 + 11 })
        for (a, b) in zip(plain, rescaled) { #expect(abs(a.score - b.score) < 1e-6) }
    }

    @Test("later points do not change earlier scores")
    func prefix() {
        var values: [Double?] = noise(700, seed: 17)
        values[350] = 150
        let whole = verdicts(values)
        #expect(Array(whole[..<420]) == verdicts(Array(values[..<420])))
    }

    @Test("the state survives a restart at any point", arguments: [30, 150, 1300])
    func restart(at point: Int) throws {
        var values = noise(1500, seed: 19)
        values[1400] = 200
        var detector = AnomalyDetector()
        for (i, value) in values.enumerated() {
            if i == point {
                let data = try JSONEncoder().encode(detector)
                detector = try JSONDecoder().decode(AnomalyDetector.self, from: data)
            }
            let time = Timestamp(milliseconds: Int64(i) * 60_000)
            let verdict = detector.observe(value, at: time)
            if i == 1400 { #expect(verdict.isAlarm) }
        }
        let uninterrupted = verdicts(values)
        #expect(uninterrupted[1400].isAlarm)
        #expect(detector.count == 1500)
    }

    @Test("values at the ends of the range of numbers do no harm")
    func extremes() {
        var values: [Double?] = noise(300, seed: 23)
        values[200] = .greatestFiniteMagnitude
        values[250] = -.greatestFiniteMagnitude
        values[260] = .leastNonzeroMagnitude
        let verdicts = verdicts(values)
        #expect(verdicts[200].isAlarm)
        #expect(verdicts.allSatisfy { $0.score >= 0 && $0.score <= 1 })
    }

    @Test("median and median deviation of the ring agree with sorting", arguments: 0..<20)
    func ring(seed: Int) {
        var generator = SplitMix64(state: UInt64(seed))
        var ring = ValueRing(capacity: 37)
        var values: [Double] = []
        for _ in 0..<150 {
            let value = Double(Int.random(in: 0..<40, using: &generator))
            ring.insert(value)
            values.append(value)
            let latest = values.suffix(37).sorted()
            let median = FiniteSample(latest).median ?? .nan
            #expect(ring.median == median)
            let distances = latest.map { abs($0 - median) }.sorted()
            #expect(ring.medianDeviation(from: median) == distances[latest.count / 2])
            #expect(ring.latest(0) == value)
        }
    }

    @Test("a restart changes no later score, and the stored state is under 16 KB")
    func exactRestart() throws {
        var values = noise(3000, seed: 29)
        for i in 2500..<2520 { values[i] += 20 }
        let whole = verdicts(values)
        var detector = AnomalyDetector()
        for (i, value) in values.enumerated() {
            if i % 700 == 699 {
                let data = try JSONEncoder().encode(detector)
                #expect(data.count <= 16_384)
                detector = try JSONDecoder().decode(AnomalyDetector.self, from: data)
            }
            let verdict = detector.observe(value, at: Timestamp(milliseconds: Int64(i) * 60_000))
            #expect(verdict == whole[i])
        }
    }

    @Test("packed numbers are the same bit for bit, and damaged text is refused")
    func packed() throws {
        let numbers = [0, -0.0, 1, -1.5, .pi, .leastNonzeroMagnitude, .greatestFiniteMagnitude]
        let text = PackedNumbers.encoded(numbers)
        let decoded = try #require(PackedNumbers.decoded(text))
        #expect(decoded.map(\.bitPattern) == numbers.map(\.bitPattern))
        #expect(PackedNumbers.decoded(text + "A") == nil)
        #expect(PackedNumbers.decoded("???????????") == nil)
    }
}
