import Foundation
import TestSupport
import Testing

@Suite("mlmon query")
struct QueryCommandTests {
    /// A store of 11 samples, ten seconds apart from 1,000,000,000 s on, of two series.
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
        var text = "# TYPE hits counter\n"
        for (code, slope) in [("200", 20), ("500", 1)] {
            for step in 0...10 {
                let time = 1_000_000_000 + step * 10
                text += "hits_total{code=\"\(code)\"} \(step * slope) \(time)\n"
            }
        }
        _ = try folder.write(text + "# EOF\n", to: "hits.om")
        let imported = try mlmon("import", "--quiet", "hits.om")
        try #require(imported.status == 0, "\(imported.errors)")
    }

    private func mlmon(_ command: String, _ arguments: String...) throws -> Program.Result {
        try Program.run([command, "--db", "mlmon.db"] + arguments, in: folder.path)
    }

    private static let range = ["--start", "1000000000", "--end", "1000000100", "--step", "50s"]

    private func range(_ expression: String, _ options: String...) throws -> Program.Result {
        try Program.run(
            ["query", "--db", "mlmon.db", expression] + Self.range + options, in: folder.path)
    }

    @Test("a table of an instant, and of a range")
    func table() throws {
        let instant = try mlmon("query", "sum(hits_total)", "--at", "1000000100")
        #expect(instant.status == 0)
        #expect(instant.output == "{}  2001-09-09T01:48:20.000Z  210\n")
        let rows = try range("hits_total{code=\"500\"}").output
        #expect(
            rows.split(separator: "\n") == [
                "hits_total{code=\"500\"}  2001-09-09T01:46:40.000Z  0",
                "hits_total{code=\"500\"}  2001-09-09T01:47:30.000Z  5",
                "hits_total{code=\"500\"}  2001-09-09T01:48:20.000Z  10",
            ])
    }

    @Test("CSV has a header and quotes what holds quotes")
    func csv() throws {
        let result = try range("hits_total{code=\"200\"}", "--format", "csv")
        #expect(result.status == 0)
        let lines = result.output.split(separator: "\n")
        #expect(lines.first == "series,time,value")
        #expect(lines.last == "\"hits_total{code=\"\"200\"\"}\",2001-09-09T01:48:20.000Z,200")
        let none = try range("nothing", "--format", "csv")
        #expect(none.status == 0 && none.output == "series,time,value\n")
    }

    @Test("JSON is the answer of Prometheus's HTTP API, errors included")
    func json() throws {
        let result = try mlmon(
            "query", "hits_total{code=\"500\"}", "--at", "1000000100", "--format", "json")
        #expect(
            result.output == #"""
                {"data":{"result":[{"metric":{"__name__":"hits_total","code":"500"},"value":[1000000100,"10"]}],"resultType":"vector"},"status":"success"}

                """#)
        let mistakes: [(String, String)] = [
            ("sum(", "bad_data"), ("hits_total * on () hits_total", "execution"),
        ]
        for (expression, type) in mistakes {
            let failed = try range(expression, "--format", "json")
            #expect(failed.status == 1, "\(expression)")
            #expect(
                failed.output.hasPrefix(#"{"error":""#)
                    && failed.output.contains(#""errorType":"\#(type)","status":"error""#),
                "\(failed.output)")
        }
    }

    @Test("a chart has its scale, its ends and a line for each series")
    func graph() throws {
        let result = try range("hits_total", "--graph")
        #expect(result.status == 0)
        let lines = result.output.split(separator: "\n")
        #expect(lines.count == 18, "\(result.output)")
        #expect(lines.allSatisfy { $0.count <= 80 })
        #expect(lines[0].contains("200 │"))
        #expect(lines[13].contains("0 │"))
        #expect(lines[14].contains("2001-09-09T01:46:40Z") && lines[14].hasSuffix("01:48:20Z"))
        #expect(lines[15] == "    hits_total    last  min  max")
        #expect(lines[16] == "  a {code=\"200\"}   200    0  200")
        #expect(lines[17] == "  b {code=\"500\"}    10    0   10")
        #expect(lines[0].hasSuffix("a") && lines[13].contains("b") || lines[12].contains("b"))
        let dots = lines[0..<14].joined().unicodeScalars
        #expect(dots.contains { (0x2801...0x28FF).contains($0.value) })
        #expect(try range("nothing", "--graph").output == "no series match\n")
        #expect(try range("hits_total * NaN", "--graph").output.hasPrefix("no finite values\n"))
        #expect(try mlmon("query", "hits_total", "--graph").status != 0)
    }

    @Test("what each part cost goes to standard error")
    func explain() throws {
        let result = try range("sum(rate(hits_total[20s]))", "--explain", "--format", "csv")
        #expect(result.output.hasPrefix("series,time,value\n"))
        let lines = result.errors.split(separator: "\n")
        #expect(lines.count == 4, "\(result.errors)")
        #expect(lines[0].hasSuffix("expression"))
        #expect(lines[1].hasSuffix(" sum(rate(hits_total[20s]))"))
        // Two series of 11 samples were read.
        let words = lines[3].split(separator: " ")
        #expect(words.dropFirst() == ["2", "22", "1", "hits_total[20s]"], "\(lines[3])")
    }

    @Test("limits end a query with a message that says which it met")
    func limits() throws {
        let samples = try range("hits_total", "--max-samples", "10")
        #expect(samples.status == 1)
        #expect(samples.errors.contains("too many samples") && samples.errors.contains("than 10"))
        let series = try range("hits_total", "--max-series", "1")
        #expect(series.errors.contains("selects 2 series, at most 1 are allowed"))
        #expect(try range("hits_total", "--timeout", "0s").status == 1)
    }
}
