import Foundation
import TestSupport
import Testing

@testable import Storage

@Suite("State of detectors, coded")
struct StateCodingTests {
    private struct Sample: Codable, Equatable {
        enum Phase: Codable, Equatable {
            case waiting
            case seen(Double, count: Int)
        }
        struct Key: Codable, Hashable {
            var name: String
        }

        var name = "a"
        var phase = Phase.seen(0.1, count: -3)
        var numbers: [Double] = []
        var singles: [Float] = [1.5, -0.0]
        var bytes: [UInt8] = [0, 255]
        var table: [Key: [String: Double]] = [:]
        var nested: [[Double]] = [[], [1, -2, 300], [0.5]]
        var missing: Int?
        var flag = true
        var hash = UInt64.max
        var small: Int64 = .min
    }

    private static func sample() -> Sample {
        var sample = Sample()
        sample.numbers = [0, -0.0, 1e300, .pi, .infinity, .leastNonzeroMagnitude, 0x1p48]
        for i in 0..<40 { sample.table[.init(name: "k\(i)")] = ["x": Double(i), "ü": -0.5] }
        return sample
    }

    private func decoded(_ bytes: [UInt8]) throws -> Sample {
        try StateDecoder.decode(Sample.self, from: bytes)
    }

    @Test("what is encoded comes back, bit for bit")
    func roundTrip() throws {
        let sample = Self.sample()
        let back = try decoded(try StateEncoder.encode(sample))
        #expect(back == sample)
        #expect(back.numbers.map(\.bitPattern) == sample.numbers.map(\.bitPattern))
        #expect(back.singles.map(\.bitPattern) == sample.singles.map(\.bitPattern))
    }

    @Test("the example of docs/storage-format.md")
    func example() throws {
        struct Example: Encodable {
            let a = [0.5, 2]
            let b = "a"
        }
        let bytes = try StateEncoder.encode(Example())
        let expected: [UInt8] =
            [1, 9, 6, 1, 0x61, 13, 2] + [0, 0, 0, 0, 0, 0, 0xE0, 0x3F] + [
                0, 0, 0, 0, 0, 0, 0, 0x40,
            ]
            + [6, 1, 0x62, 7, 0, 10]
        #expect(bytes == Self.checked(expected))
    }

    @Test("the JSON of older files is read")
    func json() throws {
        var sample = Self.sample()
        sample.numbers = [0.1, 3]
        #expect(try decoded([UInt8](try JSONEncoder().encode(sample))) == sample)
    }

    @Test("fields that came later are left out, and those that are missing are told")
    func evolution() throws {
        struct Older: Codable, Equatable { var a = 1 }
        struct Newer: Codable, Equatable {
            var a = 1
            var b = [["x": 0.5]]
        }
        let newer = try StateEncoder.encode(Newer())
        #expect(try StateDecoder.decode(Older.self, from: newer) == Older())
        #expect(throws: StateDamage(reason: "a state without 'b'")) {
            try StateDecoder.decode(Newer.self, from: try StateEncoder.encode(Older()))
        }
    }

    @Test("what is damaged, cut or of another version is refused")
    func damaged() throws {
        let bytes = try StateEncoder.encode(Self.sample())
        for count in 0..<bytes.count {
            #expect(throws: StateDamage.self) { try decoded(Array(bytes.prefix(count))) }
        }
        for i in bytes.indices {
            var damaged = bytes
            damaged[i] ^= 1 << (i % 8)
            #expect(throws: StateDamage.self) { try decoded(damaged) }
        }
        #expect(throws: StateDamage(reason: "a state of version 2")) {
            try decoded([2] + bytes.dropFirst())
        }
    }

    /// Bytes with a right checksum, so that what lies behind it is reached.
    private static func checked(_ bytes: [UInt8]) -> [UInt8] {
        let checksum = bytes.withUnsafeBytes { Checksum.folded($0) }
        return bytes + withUnsafeBytes(of: checksum.littleEndian) { Array($0) }
    }

    @Test("hostile bytes are refused without a crash", arguments: 0..<20)
    func hostile(seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        let bytes = Array(try StateEncoder.encode(Self.sample()).dropLast(4))
        for _ in 0..<500 {
            var hostile = bytes
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                let i = Int.random(in: 1..<hostile.count, using: &random)
                hostile[i] = .random(in: 0...255, using: &random)
            }
            _ = try? decoded(Self.checked(hostile))
        }
    }

    @Test("depth and counts that no state has are refused")
    func limits() {
        func reason(_ body: [UInt8]) -> String? {
            StateDecoder.damage(in: Self.checked([StateTag.version] + body))
        }
        let list = StateTag.list.rawValue
        #expect(reason([UInt8](repeating: list, count: 100_000)) == "a state too deep")
        #expect(reason([StateTag.doubles.rawValue, 0xFF, 0xFF, 0xFF, 0x7F]) != nil)
        #expect(reason([StateTag.knownText.rawValue, 0]) == "text 0 of 0")
        #expect(reason([StateTag.end.rawValue]) == "an end without beginning")
        #expect(reason([0x80, 0x80]) == "bytes behind a state")
        #expect(reason([0x81]) == nil)
    }

    @Test("verify tells of a damaged state")
    func verify() throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        try store.record(detectorState: Self.sample(), for: "drift")
        #expect(try store.verify().isEmpty)
        try store.record(stateBytes: [1, 2, 3, 4, 5, 6, 7], for: "drift")
        #expect(try store.verify() == ["state of the detector 'drift': a wrong checksum"])
        #expect(throws: StateDamage(reason: "a wrong checksum")) {
            try store.detectorState(Sample.self, for: "drift")
        }
    }
}
