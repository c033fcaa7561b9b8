import Foundation
import TestSupport
import Testing

@Suite("mlmon detect anomaly")
struct DetectAnomalyTests {
    static let header = "timestamp,value,anomaly_score,lower,upper,alarm"

    /// Values a minute apart that sway a little, with a spike at one row.
    func series(_ count: Int, spikeAt spike: Int?, header: String = "timestamp,value") -> String {
        let rows = (0..<count).map { i in
            let value = i == spike ? 90 : 10 + Double(i * 7919 % 101) / 100
            return "2026-01-01 \(Self.clock(i)),\(value)"
        }
        return ([header] + rows).joined(separator: "\n") + "\n"
    }

    static func clock(_ minute: Int) -> String {
        String(format: "%02d:%02d:00", minute / 60, minute % 60)
    }

    func rows(_ text: String) -> [[String]] {
        text.split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
    }

    @Test("each file is written at its relative path, a row for each row, one alarm an incident")
    func files() throws {
        let folder = try TemporaryDirectory()
        _ = try folder.write(series(400, spikeAt: 300), to: "in/a/one.csv")
        _ = try folder.write(series(300, spikeAt: nil), to: "in/b/two.csv")
        _ = try folder.write("not,a,series\n", to: "in/notes.txt")
        let result = try Program.run(
            ["detect", "anomaly", "in", "--output-dir", "out"], in: folder.path)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.errors.isEmpty && result.output.isEmpty)
        let one = rows(try String(contentsOfFile: folder.file("out/a/one.csv"), encoding: .utf8))
        #expect(one[0].joined(separator: ",") == Self.header)
        #expect(one.count == 401)
        #expect(one.dropFirst().indices.filter { one[$0][5] == "1" } == [301])
        for row in one.dropFirst() {
            let score = try #require(Double(row[2]))
            #expect((0...1).contains(score))
            #expect((score >= 0.5) == (row[5] == "1"))
        }
        // A hundred rows warm up: no score, no band.
        #expect(one[1...100].allSatisfy { $0[2] == "0" && $0[3].isEmpty && $0[4].isEmpty })
        #expect(!one[101][3].isEmpty)
        let two = rows(try String(contentsOfFile: folder.file("out/b/two.csv"), encoding: .utf8))
        #expect(two.count == 301)
        #expect(!FileManager.default.fileExists(atPath: folder.file("out/notes.txt")))
    }

    @Test("a file that is cut short has the same rows")
    func prefix() throws {
        let folder = try TemporaryDirectory()
        let whole = series(500, spikeAt: 250)
        _ = try folder.write(whole, to: "whole.csv")
        let cut = whole.split(separator: "\n").prefix(301).joined(separator: "\n") + "\n"
        _ = try folder.write(cut, to: "cut.csv")
        let all = try Program.run(["detect", "anomaly", "whole.csv"], in: folder.path).output
        let part = try Program.run(["detect", "anomaly", "cut.csv"], in: folder.path).output
        #expect(part.split(separator: "\n").count == 301)
        #expect(all.hasPrefix(part))
    }

    @Test("names and order of columns are free, and missing values have a row with score 0")
    func columns() throws {
        let folder = try TemporaryDirectory()
        var lines = ["note,Value,Time"]
        for i in 0..<200 {
            let value = [120: "", 130: "NaN", 140: "null"][i] ?? "\(5 + i % 3)"
            lines.append("\"a, b\",\(value),\(1_700_000_000 + i * 60)")
        }
        // With a byte order mark and lines of Windows.
        _ = try folder.write(
            "\u{FEFF}" + lines.joined(separator: "\r\n") + "\r\n", to: "odd.csv")
        let result = try Program.run(["detect", "anomaly", "odd.csv"], in: folder.path)
        #expect(result.status == 0, "\(result.errors)")
        let rows = rows(result.output)
        #expect(rows.count == 201)
        for i in [120, 130, 140] {
            #expect(rows[i + 1] == ["\(1_700_000_000 + i * 60)", "", "0", "", "", "0"])
        }
        #expect(rows[122][1] == "6")

        _ = try folder.write(series(150, spikeAt: nil, header: "when,reading"), to: "other.csv")
        let other = try Program.run(["detect", "anomaly", "other.csv"], in: folder.path)
        #expect(other.status == 0 && self.rows(other.output).count == 151)
    }

    @Test("several series on standard output are told apart")
    func standardOutput() throws {
        let folder = try TemporaryDirectory()
        _ = try folder.write(series(120, spikeAt: nil), to: "a.csv")
        _ = try folder.write(series(110, spikeAt: nil), to: "b.csv")
        let result = try Program.run(["detect", "anomaly", "a.csv", "b.csv"], in: folder.path)
        let rows = rows(result.output)
        #expect(rows[0].joined(separator: ",") == "series," + Self.header)
        #expect(rows.count { $0[0] == "a.csv" } == 120 && rows.count { $0[0] == "b.csv" } == 110)
    }

    @Test("a series is judged the same beside others, up to a mistake in a later one")
    func besideOthers() throws {
        let folder = try TemporaryDirectory()
        _ = try folder.write(series(300, spikeAt: 200), to: "a.csv")
        // More than is read at a time.
        let seconds = (0..<9000).map { "\(1_700_000_000 + $0 * 60),\(10 + $0 * 7919 % 101)" }
        _ = try folder.write(seconds.joined(separator: "\n") + "\n", to: "b.csv")
        _ = try folder.write("timestamp,value\n2026-01-01 00:00:00,x\n", to: "c.csv")
        func lines(_ files: [String]) throws -> [Substring] {
            let arguments = ["detect", "anomaly"] + files
            return try Program.run(arguments, in: folder.path).output.split(separator: "\n")
        }
        let (a, b) = (try lines(["a.csv"]), try lines(["b.csv"]))
        let together = try lines(["a.csv", "b.csv", "c.csv"])
        try #require(together.count == 9301)
        #expect(together[1...300].elementsEqual(a[1...].map { "a.csv,\($0)" }))
        #expect(together[301...].elementsEqual(b[1...].map { "b.csv,\($0)" }))
    }

    @Test("rows before a mistake are judged and written", arguments: [50, 9000])
    func rowsBeforeMistake(count: Int) throws {
        let folder = try TemporaryDirectory()
        let rows = (0..<count).map { "\(1_700_000_000 + $0 * 60),\($0 % 7)\n" }.joined()
        _ = try folder.write(rows + "1800000000,x\n", to: "bad.csv")
        let result = try Program.run(["detect", "anomaly", "bad.csv"], in: folder.path)
        #expect(result.status == 2 && result.errors.contains("bad.csv:\(count + 1):"))
        #expect(result.output.split(separator: "\n").count == count + 1)
    }

    @Test(
        "mistakes are told with file and line, with status 2",
        arguments: [
            ("timestamp,value\n2026-01-01 00:00:00,1\n2026-01-02,x\n", "bad.csv:3:", "'x'"),
            ("timestamp,value\nyesterday,1\n", "bad.csv:2:", "'yesterday'"),
            ("timestamp,value\n\"2026-01-01 00:00:00,1\n", "bad.csv:2:", "quote"),
        ])
    func mistakes(text: String, place: String, what: String) throws {
        let folder = try TemporaryDirectory()
        _ = try folder.write(text, to: "bad.csv")
        let result = try Program.run(["detect", "anomaly", "bad.csv"], in: folder.path)
        #expect(result.status == 2)
        #expect(result.errors.contains(place) && result.errors.contains(what), "\(result.errors)")
    }

    @Test("a file that is not there, and an empty one")
    func nothing() throws {
        let folder = try TemporaryDirectory()
        let missing = try Program.run(["detect", "anomaly", "no.csv"], in: folder.path)
        #expect(missing.status == 2 && missing.errors.contains("'no.csv'"))
        _ = try folder.write("timestamp,value\n", to: "empty.csv")
        let empty = try Program.run(["detect", "anomaly", "empty.csv"], in: folder.path)
        #expect(empty.status == 0 && empty.output == Self.header + "\n")
    }
}
