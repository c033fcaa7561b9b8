import Detection
import Foundation
import TestSupport
import Testing

@testable import mlmon

@Suite("Recorded values")
struct RecordedValuesTests {
    private func rows(_ text: String) throws -> [[String]] {
        let folder = try TemporaryDirectory()
        let reader = try CSVReader(path: try folder.write(text, to: "rows.csv"))
        var rows: [[String]] = []
        while try reader.next() { rows.append((0..<reader.fieldCount).map(reader.text)) }
        return rows
    }

    @Test(
        "rows end with any line end, and quotes hold what they like",
        arguments: [
            ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
            ("a,b\r\n1,2\r\n\r\n", [["a", "b"], ["1", "2"]]),
            ("a,b\r1,2", [["a", "b"], ["1", "2"]]),
            ("\u{FEFF}a\n1", [["a"], ["1"]]),
            ("a,\"b\n\"\"c\"\"\",d\n", [["a", "b\n\"c\"", "d"]]),
            ("a,\n,\n\n", [["a", ""], ["", ""]]),
            ("a\"b,c\n", [["a\"b", "c"]]),
            ("", []), ("\n\r\n\r", []), ("\u{FEFF}", []),
        ])
    func rowEnds(text: String, expected: [[String]]) throws {
        #expect(try rows(text) == expected)
    }

    @Test("rows are the same wherever a block of the file ends", arguments: ["\n", "\r\n", "\r"])
    func blocks(lineEnd: String) throws {
        var random = SplitMix64(seed: 3)
        let expected = (0..<12_000).map { row in
            (0..<3).map { _ in
                String(repeating: "x", count: Int.random(in: 0...40, using: &random)) + "\(row)"
            }
        }
        let text = expected.map { row in
            row.enumerated().map { i, field in
                i == 1 && field.count.isMultiple(of: 5) ? "\"\(field)\"" : field
            }.joined(separator: ",")
        }.joined(separator: lineEnd)
        #expect(text.utf8.count > 600_000)
        #expect(try rows(text) == expected)
    }

    @Test("a row of a megabyte is a mistake that is told", arguments: ["", "\""])
    func longRow(quote: String) throws {
        let text = "a\n" + quote + String(repeating: "1", count: 3 << 20) + quote + "\n"
        #expect(throws: CommandFailure.self) { try rows(text) }
    }

    @Test("numbers are read to the last bit", arguments: 0..<20)
    func numbers(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<500 {
            let magnitude = pow(10, Double.random(in: -20...20, using: &random))
            let value = Double.random(in: -1...1, using: &random) * magnitude
            let digits = Int.random(in: 0...20, using: &random)
            for text in [value.description, String(format: "%.\(digits)f", value)] {
                #expect(number(text) == Double(text), "\(text)")
            }
        }
    }

    @Test(
        "what is no number is none",
        arguments: ["", "-", ".", "1.2.3", "1,5", "nan", "1e", "--1", "1 2", "abc", "+"])
    func noNumbers(text: String) {
        #expect(number(text) == nil)
    }

    @Test("blanks may stand around a number, and infinities are numbers")
    func oddNumbers() {
        #expect(number(" 1.5 ") == 1.5)
        #expect(number("inf") == .infinity && number("-Infinity") == -.infinity)
        #expect(number("1e400") == .infinity && number("1E-3") == 0.001)
        #expect(number("-0")?.sign == .minus && number(".5") == 0.5 && number("5.") == 5)
        #expect(number("00000000000000000000000000001") == 1)
    }

    private func number(_ text: String) -> Double? {
        let bytes = Array(text.utf8) + [0]
        return RecordedNumber.parse(bytes.span.extracting(0..<text.utf8.count))
    }

    @Test("printed numbers hold fifteen digits", arguments: 0..<20)
    func printed(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<500 {
            let magnitude = pow(10, Double.random(in: -8...18, using: &random))
            let value = Double.random(in: -1...1, using: &random) * magnitude
            let back = try #require(Double(printed(value)))
            #expect(abs(back - value) <= 6.2e-15 * abs(value), "\(value) as \(printed(value))")
        }
    }

    @Test("printed numbers are short")
    func short() {
        let expected: [(Double, String)] = [
            (0, "0"), (1, "1"), (-2.5, "-2.5"), (100, "100"), (0.1, "0.1"), (0.00025, "0.00025"),
            (0.999_999_999_999_999_9, "1"), (123_456_789, "123456789"), (1e-4, "0.0001"),
            (9.999_999_999_999_999e13, "100000000000000"), (0.3 - 0.1, "0.2"),
        ]
        for (value, text) in expected { #expect(printed(value) == text) }
        #expect(printed(1e300) == "1e+300" && printed(.infinity) == "inf")
    }

    @Test("six digits are those of printf")
    func sixDigits() {
        for value in [
            0, 1, -0.5, 1.234_567_89e-5, 123_456_789, 1e308, .leastNonzeroMagnitude, .infinity,
        ] {
            #expect(PrintedNumber.sixDigits(value) == String(format: "%.6g", value))
        }
    }

    @Test("blanks of any kind are cut off at both ends only")
    func trimmed() {
        #expect(CSVReader.trimmed(" \t\u{A0}a b \t") == "a b")
        #expect(CSVReader.trimmed(" \t ").isEmpty && CSVReader.trimmed("").isEmpty)
        #expect(CSVReader.trimmed("\na\n") == "\na\n")
    }

    private func printed(_ value: Double) -> String {
        let bytes = [UInt8](unsafeUninitializedCapacity: PrintedNumber.maximumByteCount) {
            buffer, count in
            count = buffer.baseAddress.map { PrintedNumber.write(value, to: $0) } ?? 0
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("a sort over files is that in memory", arguments: [0, 1, 99, 100, 101, 30_000])
    func sort(count: Int) throws {
        var random = SplitMix64(seed: UInt64(count))
        var sort = ExternalSort(runLength: 100)
        var values: [Double] = []
        for i in 0..<count {
            let value = [
                Double.random(in: -1...1, using: &random) * 1e300, Double(i % 7), -0.0,
                .leastNormalMagnitude / 8,
                .infinity,
            ][Int.random(in: 0..<5, using: &random)]
            values.append(value)
            try sort.insert(value)
        }
        sort.insertMissing()
        let sorted = try sort.sorted()
        let expected = FiniteSample(values + [nil])
        #expect(sorted.sample == expected)
        #expect(sorted.sample.sorted.allSatisfy { $0 != 0 || $0.sign == .plus })
        #expect(sorted.failure == nil)
        #expect(sorted.sample.median == expected.median)
        #expect(sorted.sample.populationDeviation == expected.populationDeviation)
    }
}
