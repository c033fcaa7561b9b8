import TestSupport
import Testing
import TimeSeries

@testable import Storage

@Suite("Putting label sets together")
struct LabelSetAssemblyTests {
    private struct Missing: Error {}

    @Test("a set is what its labels are, whatever came before", arguments: UInt64(1)...20)
    func anyOrder(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var assembly = LabelSetAssembly()
        for _ in 0..<200 {
            let ids = (1...8).filter { _ in Bool.random(using: &random) }
                .map { Int64($0 * 10 + Int.random(in: 0...1, using: &random)) }
            let set = assembly.labelSet(ids, text: Self.text)
            #expect(set.canonicalBytes == ids.flatMap(Self.text))
        }
    }

    @Test("a label without a text leaves what was there")
    func missing() throws {
        var assembly = LabelSetAssembly()
        let ids: [Int64] = [10, 20, 30]
        _ = assembly.labelSet(ids, text: Self.text)
        #expect(throws: Missing.self) {
            _ = try assembly.labelSet([10, 21, 30]) { _ in throw Missing() }
        }
        var askedCount = 0
        let again = assembly.labelSet([10, 20, 31]) {
            askedCount += 1
            return Self.text($0)
        }
        #expect(again.canonicalBytes == [10, 20, 31].flatMap(Self.text))
        #expect(askedCount == 1)
    }

    private static func text(_ id: Int64) -> [UInt8] {
        Array("name\(id / 10)".utf8) + [0xFF] + Array(repeating: 0x61, count: Int(id % 10) + 1)
            + [0xFF]
    }
}
