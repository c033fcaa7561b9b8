import Testing

@testable import Terminal

@Suite("Descriptions with 24-bit colours")
struct DirectColorEntryTests {
    private static let environment = ["COLORTERM": "truecolor", "HOME": "/nonexistent"]

    private func entry() throws -> DirectColorEntry {
        try #require(DirectColorEntry(for: "xterm", environment: Self.environment))
    }

    @Test("writing and reading again changes nothing")
    func roundTrip() throws {
        let once = try entry().compiled
        #expect(DirectColorEntry(compiled: once)?.compiled == once)
    }

    @Test("has the colours, and still the name and its own capabilities")
    func content() throws {
        let bytes = try entry().compiled
        #expect(bytes[0] == 0x1E && bytes[1] == 0x02)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.contains("xterm") && text.contains("RGB"))
        #expect(text.contains("38;2;") && text.contains("48;2;"))
        #expect(text.contains("?1049h"), "the alternate screen")
        #expect(try entry().environmentValue.hasPrefix("hex:1E02"))
    }

    @Test(
        "only where the terminal says so",
        arguments: [
            ("xterm", [:]), ("xterm", ["COLORTERM": "yes"]),
            ("xterm", ["COLORTERM": "24bit", "NO_COLOR": "1"]), ("linux", environment),
            ("vt100", environment), ("", environment), ("../../etc/passwd", environment),
            ("no-such-terminal", environment),
        ] as [(String, [String: String])])
    func refused(term: String, environment: [String: String]) {
        #expect(DirectColorEntry(for: term, environment: environment) == nil)
    }

    @Test("what is cut short or no description is none, and never traps")
    func damaged() throws {
        let whole = try entry().compiled
        for length in stride(from: 0, to: whole.count, by: 7) {
            _ = DirectColorEntry(compiled: Array(whole[..<length]))
        }
        var seed: UInt64 = 42
        for _ in 0..<500 {
            var bytes = whole
            for _ in 0..<8 {
                seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes[Int(seed >> 33) % bytes.count] = UInt8(truncatingIfNeeded: seed >> 20)
            }
            _ = DirectColorEntry(compiled: bytes)?.compiled
        }
        #expect(DirectColorEntry(compiled: [0x1A, 0x01]) == nil)
    }
}
