import Foundation
import TestSupport
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
        var generator = SplitMix64(seed: seed)
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
        var inside = 0
        for verdict in verdicts[100...] {
            let lower = try #require(verdict.lower)
            let upper = try #require(verdict.upper)
            let value = try #require(verdict.value)
            #expect(!verdict.isWarmingUp && lower < upper)
            inside += lower < value && value < upper ? 1 : 0
        }
        #expect(inside > 290)
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

    @Test("a restart changes no later score")
    func exactRestart() throws {
        var values = noise(3000, seed: 29)
        for i in 2500..<2520 { values[i] += 20 }
        let whole = verdicts(values)
        var detector = AnomalyDetector()
        for (i, value) in values.enumerated() {
            if i % 700 == 699 {
                let data = try JSONEncoder().encode(detector)
                detector = try JSONDecoder().decode(AnomalyDetector.self, from: data)
            }
            let verdict = detector.observe(value, at: Timestamp(milliseconds: Int64(i) * 60_000))
            #expect(verdict == whole[i])
        }
    }

    @Test("an incident is one alarm however long it lasts, and the next one is another")
    func incidents() {
        var values: [Double?] = noise(2000, seed: 31)
        for i in 600..<900 { values[i] = (values[i] ?? 0) + 60 }
        values[1500] = 200
        let verdicts = verdicts(values)
        #expect(verdicts.indices.filter { verdicts[$0].isAlarm }.first == 600)
        // The new level is usual before long; its end is the second incident.
        #expect(verdicts[601..<900].allSatisfy { !$0.isAlarm })
        #expect(verdicts[1500].isAlarm)
        for (i, verdict) in verdicts.enumerated() where verdict.severity >= 0.5 {
            let alarm = verdicts[...i].lastIndex { $0.isAlarm }
            #expect(alarm != nil, "row \(i) is beyond the threshold outside an incident")
        }
    }

    @Test("a pattern that breaks is found though every value was seen before")
    func pattern() {
        // A peak every sixth point, then one that lasts five.
        var values: [Double?] = noise(1200, seed: 37, centre: 0).enumerated().map {
            ($0 % 6 == 0 ? 100 : 0) + $1
        }
        for i in 960..<965 { values[i] = 100 }
        let verdicts = verdicts(values)
        #expect(verdicts[..<960].allSatisfy { !$0.isAlarm })
        #expect(verdicts[960..<965].contains { $0.isAlarm })
    }

    @Test("a level far from zero or of tiny size is watched as well", arguments: [1e-9, 1e12])
    func scales(unit: Double) {
        var values = noise(900, seed: 41, centre: 0)
        values[600] = 12
        // It begins at zero, as counters do.
        let shifted: [Double?] = [0, 0] + values.map { ($0 + 3e6) * unit }
        let verdicts = verdicts(shifted)
        #expect(verdicts[602].isAlarm)
        #expect(verdicts.indices.filter { $0 < 602 && verdicts[$0].isAlarm } == [])
    }

    @Test(
        "a signal that begins after a constant is learned from there",
        arguments: [1, 2, 20, 25, 26, 60, 99, 100, 101, 500], [3e6, 20])
    func beginning(lead: Int, level: Double) {
        let leading = [Double?](repeating: 0, count: lead)
        var values = leading + noise(1200, seed: UInt64(lead), centre: level)
        values[lead + 800] = level + 30
        let verdicts = verdicts(values)
        let alarms = verdicts.indices.filter { verdicts[$0].isAlarm }
        // That a constant is left is an incident where it was known for one.
        #expect(alarms == (lead >= 100 ? [lead, lead + 800] : [lead + 800]), "after \(lead)")
        // A single value is no constant; from another one the signal begins anew.
        let first = verdicts.lastIndex { $0.isWarmingUp }
        #expect(first == (lead == 1 ? 99 : lead + 99))
    }

    @Test("a constant that is left now and then is no beginning")
    func sparse() {
        var values = [Double?](repeating: 0, count: 1000)
        for i in stride(from: 200, to: 1000, by: 50) { values[i] = 1 }
        for i in 900..<960 { values[i] = 30 }
        let verdicts = verdicts(values)
        #expect(!verdicts[100...].contains { $0.isWarmingUp })
        #expect(verdicts[200].isAlarm && verdicts[900].isAlarm)
    }

    @Test("one wild point is forgotten before long")
    func wildPoint() {
        var values: [Double?] = noise(600, seed: 47)
        values[300] = 1e9
        let verdicts = verdicts(values)
        #expect(verdicts.indices.filter { verdicts[$0].isAlarm } == [300])
        #expect(verdicts[330...].allSatisfy { $0.severity < 0.5 })
    }

    @Test("what is usual on that day of the week is usual")
    func weekly() {
        var detector = AnomalyDetector()
        var alarms: [Int] = []
        let noise = noise(24 * 7 * 6, seed: 43, centre: 0)
        for (hour, value) in noise.enumerated() {
            // Mondays are busy: 1970-01-05 is one, 4 days after the first hour.
            let isMonday = (hour / 24 + 3) % 7 == 0
            let verdict = detector.observe(
                value + (isMonday ? 40 : 0), at: Timestamp(milliseconds: Int64(hour) * 3_600_000))
            if verdict.isAlarm { alarms.append(hour / 24 / 7) }
        }
        #expect(alarms.allSatisfy { $0 < 3 }, "\(alarms)")
    }

    @Test("a floor as a share of the level keeps small changes of a constant quiet")
    func floor() {
        var values = [Double?](repeating: 200, count: 300)
        values[200] = 206
        let options = AnomalyOptions(minimumSpreadShare: 0.05)
        #expect(!verdicts(values, options: options)[200].isAlarm)
        values[200] = 320
        #expect(verdicts(values, options: options)[200].isAlarm)
    }

    @Test("the text in which older files have numbers is read, and damaged text is refused")
    func packed() throws {
        #expect(PackedNumbers.floats("AAAg_AAAAAAC") == [1, -0.0])
        #expect(PackedNumbers.doubles("AAAAAAAAA8_A") == [1])
        #expect(PackedNumbers.floats("AAAg_AA") == nil)
        #expect(PackedNumbers.doubles("AAAg_A") == nil)
        #expect(PackedNumbers.floats("??????") == nil)
        #expect(PackedNumbers.floats("______") == nil)
    }
}
