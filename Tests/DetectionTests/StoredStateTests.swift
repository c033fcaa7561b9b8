import Foundation
import Testing
import TimeSeries

@testable import Detection

/// States that a detector did not leave: damaged ones with a right checksum, or of another program.
@Suite("Stored state of detectors")
struct StoredStateTests {
    private static func detector() throws -> String {
        var detector = AnomalyDetector(options: AnomalyOptions(warmUpCount: 30, memoryCount: 120))
        for i in 0..<150 {
            _ = detector.observe(Double(i % 7), at: Timestamp(milliseconds: Int64(i) * 60_000))
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(detector), as: UTF8.self)
    }

    @Test(
        "numbers that no anomaly detector leaves are refused",
        arguments: [
            #""calm":[^,}]*"#, #""silentCount":[^,}]*"#, #""hourCount":[^,}]*"#,
            #""variance":[^,}]*"#, #""levelMean":[^,}]*"#, #""levelVariance":[^,}]*"#,
            #""shiftVariance":[^,}]*"#, #""shiftCount":[^,}]*"#, #""smallest":[^,}]*"#,
            #""largest":[^,}]*"#, #""unit":[^,}]*"#, #""origin":[^,}]*"#,
            #""intervalSeconds":[^,}]*"#, #""recentAlarmCount":[^,}]*"#, #""count":[^,}]*"#,
            #""warmUpCount":[^,}]*"#, #""memoryCount":[^,}]*"#, #""rate":[^,}]*"#,
        ])
    func anomaly(field: String) throws {
        let state = try Self.detector()
        let range = try #require(state.range(of: field, options: .regularExpression))
        let name = try #require(state[range].split(separator: ":").first)
        for number in ["9223372036854775807", "-9223372036854775808", "-1e300"] {
            let damaged = state.replacingCharacters(in: range, with: "\(name):\(number)")
            // One side of 0 may be sound: then it goes on.
            guard
                var detector = try? JSONDecoder().decode(
                    AnomalyDetector.self, from: Data(damaged.utf8))
            else { continue }
            for i in 150..<400 {
                let at = Timestamp(milliseconds: Int64(i) * 60_000)
                let verdict = detector.observe(Double(i % 9), at: at)
                #expect((0...1).contains(verdict.score), "\(name): \(number)")
            }
        }
        let isWhole = ["calm", "silentCount", "count", "warmUpCount", "memoryCount"]
            .contains(name.filter(\.isLetter))
        for number in isWhole ? ["-1", "9223372036854775807"] : ["-1e300"] {
            let damaged = state.replacingCharacters(in: range, with: "\(name):\(number)")
            #expect(throws: DecodingError.self) {
                try JSONDecoder().decode(AnomalyDetector.self, from: Data(damaged.utf8))
            }
        }
    }

    @Test("a count that was left too long ago to add to is refused")
    func beginning() throws {
        let largest = Int.max
        for phase in [
            #"{"constant":{"_0":4,"count":\#(largest)}}"#,
            #"{"left":{"_0":4,"after":1,"count":\#(largest),"latest":5,"run":1}}"#,
            #"{"left":{"_0":4,"after":1,"count":2,"latest":5,"run":\#(largest)}}"#,
        ] {
            #expect(throws: DecodingError.self) {
                try JSONDecoder().decode(
                    ConstantBeginning.self, from: Data(#"{"phase":\#(phase)}"#.utf8))
            }
        }
    }

    @Test(
        "a sketch whose buckets or counts would overflow is refused",
        arguments: [
            #"{"e":1e-308,"b":512,"p":[],"n":[],"z":0}"#,
            #"{"e":0.01,"b":512,"p":[1,9223372036854775807],"n":[1,9223372036854775807],"z":9}"#,
            #"{"e":0.01,"b":512,"p":[],"n":[],"z":18446744073709551615}"#,
        ])
    func sketch(state: String) {
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(DDSketch.self, from: Data(state.utf8))
        }
    }

    @Test("a drift detector begins anew with numbers that none has left")
    func drift() throws {
        let reference = DriftReference(kind: .categories, bins: ["a", "b"], counts: [500, 300])
        var detector = DriftDetector(reference: reference)
        _ = detector.judge(bins: ["a", "b", "c"], counts: [2, 1, 3])
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let sound = String(decoding: try encoder.encode(detector.state), as: UTF8.self)
        for count in ["\"windowCount\":1", "\"absence\":0"] {
            let name = count.dropLast(1)
            let damaged = sound.replacing(count, with: "\(name)\(Int.max)")
            #expect(damaged != sound)
            let state = try JSONDecoder().decode(DriftState.self, from: Data(damaged.utf8))
            var again = DriftDetector(reference: reference, state: state)
            let verdict = again.judge(bins: ["a", "b", "c"], counts: [2, 1, 3])
            // Two windows would have been gathered.
            #expect(verdict.n == 6)
        }
    }
}
