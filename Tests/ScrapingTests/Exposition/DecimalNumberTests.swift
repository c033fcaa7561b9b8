import TestSupport
import Testing

@testable import Scraping

@Suite("decimal numbers")
struct DecimalNumberTests {
    static let hard = [
        "9007199254740993", "9007199254740992.5", "1e23", "8.41e21", "9.5367431640625e-7",
        "2.2250738585072011e-308", "5e-324", "1.7976931348623157e308", "0.1", "123456789012345678",
        "12345678901234567890123", "0.000000000000000000000000000001", "6.02214076e23",
        "1.7976931348623159e308", "18446744073709551615", "9999999999999999999", "4.35", "0e5",
        "1.448997445238699", "7.2057594037927933e16", "0.3684790710121888", "478.477942019701",
    ]

    @Test("are the nearest double, hard cases included", arguments: hard)
    func hardCases(text: String) {
        let expected = Double(text).flatMap { $0.isFinite ? $0 : nil }
        #expect(DecimalNumber.parse(Array(text.utf8)) == expected)
    }

    @Test("are the nearest double for any digits and exponent", arguments: 0..<20)
    func randomNumbers(seed: Int) {
        var generator = SplitMix64(seed: UInt64(seed))
        for _ in 0..<2_000 {
            let digits = String(UInt64.random(in: 0...(.max), using: &generator)).prefix(
                Int.random(in: 1...19, using: &generator))
            let point = Int.random(in: 0...digits.count, using: &generator)
            let exponent = Int.random(in: -30...30, using: &generator)
            let text =
                "\(digits.prefix(point)).\(digits.dropFirst(point))"
                + (exponent == 0 ? "" : "e\(exponent)")
            let padded = (point == 0 ? "0" : "") + text.replacing(".e", with: ".0e")
            let expected = Double(padded.hasSuffix(".") ? padded + "0" : padded)
            #expect(DecimalNumber.parse(Array(text.utf8)) == expected, "\(text)")
        }
    }

    @Test("read back what Swift prints", arguments: 0..<20)
    func roundTrip(seed: Int) {
        var generator = SplitMix64(seed: UInt64(seed))
        for _ in 0..<2_000 {
            let value = Double(bitPattern: .random(in: 0...(.max), using: &generator))
            guard value.isFinite else { continue }
            #expect(DecimalNumber.parse(Array(value.description.utf8)) == value, "\(value)")
        }
    }

    @Test(
        "are refused where Go refuses them",
        arguments: [
            "", ".", "-", "+", "e5", "1e", "1e+", "0x10", "1_0", "--1", "+nan", "-nan", "infin",
            "1e400",
            "1 ", " 1", "1.2.3",
        ])
    func refused(text: String) {
        #expect(DecimalNumber.parse(Array(text.utf8)) == nil)
    }

    static let canonical: [(Double, String)] = [
        (1, "1.0"), (0.005, "0.005"), (10, "10.0"), (1e-5, "1e-05"), (1e6, "1e+06"),
        (.infinity, "+Inf"), (0, "0.0"), (100_000, "100000.0"), (0.0001, "0.0001"),
        (1_234_567, "1.234567e+06"), (2.5, "2.5"), (-1, "-1.0"), (123.456, "123.456"),
        (1e100, "1e+100"), (0.99, "0.99"), (1e21, "1e+21"), (65_536, "65536.0"),
    ]

    @Test("have the canonical form of bucket bounds", arguments: canonical)
    func canonicalForm(value: Double, text: String) {
        #expect(DecimalNumber.canonical(value) == text)
    }
}
