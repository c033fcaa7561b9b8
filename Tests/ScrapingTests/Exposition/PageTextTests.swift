import TestSupport
import Testing

@testable import Scraping

@Suite("PageText")
struct PageTextTests {
    /// A page of texts with numbers between, which are the digits.
    private static func page(_ seed: Int) -> (bytes: [UInt8], segments: [PageSegment]) {
        var generator = SplitMix64(seed: UInt64(seed))
        let words = ["\na{x=\"", "\nab", "é", " ", "\"} ", "\n# HELP a b\na "]
        var bytes: [UInt8] = []
        var segments: [PageSegment] = []
        for slot in 0..<Int.random(in: 0..<20, using: &generator) {
            let start = bytes.count
            // Longer than a part's lengths can say, now and then.
            let isLong = Int.random(in: 0..<20, using: &generator) == 0
            for _ in 0..<(isLong ? 40_000 : Int.random(in: 0..<6, using: &generator)) {
                let word = isLong ? 0 : Int.random(in: 0..<words.count, using: &generator)
                bytes += Array(words[word].utf8)
            }
            segments.append(
                PageSegment(
                    start: UInt32(start), lineStart: UInt32((start + bytes.count) / 2),
                    end: UInt32(bytes.count), slot: Int32(slot)))
            bytes.append(UInt8(ascii: "7"))
        }
        return (bytes + Array("\n# EOF\n".utf8), segments)
    }

    private func text(_ page: (bytes: [UInt8], segments: [PageSegment])) -> PageText {
        let tailStart = page.segments.last.map { Int($0.end) + 1 } ?? 0
        return page.bytes.withUnsafeBufferPointer {
            PageText($0, page.segments, tailStart: tailStart)
        }
    }

    @Test("gives back every text", arguments: 0..<60)
    func unpacking(seed: Int) {
        let page = Self.page(seed)
        let unpacked = text(page).unpacked()
        #expect(unpacked.segments.map(\.slot) == page.segments.map(\.slot))
        for (a, b) in zip(unpacked.segments, page.segments) {
            #expect(
                unpacked.bytes[Int(a.start)..<Int(a.end)]
                    == page.bytes[Int(b.start)..<Int(b.end)])
            #expect(a.lineStart - a.start == b.lineStart - b.start)
        }
    }

    @Test("matches the page and none that differs in a byte", arguments: 0..<60)
    func matching(seed: Int) {
        let page = Self.page(seed)
        let text = text(page)
        func matches(_ bytes: [UInt8]) -> Bool {
            bytes.withUnsafeBufferPointer { bytes in
                text.matches(bytes) { i, _ in
                    guard i < bytes.count, bytes[i] == UInt8(ascii: "7") else { return false }
                    i += 1
                    return true
                }
            }
        }
        #expect(matches(page.bytes))
        #expect(!matches(page.bytes + [10]))
        #expect(!matches(Array(page.bytes.dropLast())))
        for place in stride(from: 0, to: page.bytes.count, by: max(1, page.bytes.count / 100)) {
            var other = page.bytes
            other[place] ^= 1
            #expect(!matches(other), "byte \(place)")
        }
    }
}
