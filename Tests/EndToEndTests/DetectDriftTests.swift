import Foundation
import TestSupport
import Testing

@Suite("mlmon detect drift and compare")
struct DetectDriftTests {
    /// Ten clean windows of 100 values of two streams, then three of others.
    private static let values: String = {
        var lines = ["stream,window,value"]
        for window in 0..<13 {
            for i in 0..<100 {
                let step = (i * 37 + window * 11) % 100
                lines.append("numbers,\(window),\(Double(step) + (window >= 10 ? 60 : 0))")
                let name = step < 70 ? "yes" : window >= 10 ? "maybe" : "no"
                lines.append("\"words, quoted\",\(window),\(name)")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }()

    private func drift(_ text: String, _ options: [String] = []) throws -> Program.Result {
        let folder = try TemporaryDirectory()
        _ = try folder.write(text, to: "v.csv")
        return try Program.run(
            ["detect", "drift", "v.csv", "--reference-windows", "8"] + options, in: folder.path)
    }

    @Test("kinds are inferred, and the verdict says what moved and what fixed rules cost")
    func verdicts() throws {
        let result = try drift(Self.values)
        #expect(result.status == 0, "\(result.errors)")
        let rows = result.output.split(separator: "\n")
        #expect(rows.count == 11)
        #expect(rows[0] == "stream,window,statistic,p,n,alarm,state,reason")
        let alarms = rows.filter { $0.contains(",drifted,") }
        #expect(alarms.count == 6)
        let number = try #require(alarms.first { $0.hasPrefix("numbers,10,") })
        for part in ["location +", "true PSI", "PSI > 0.2 says alarm", "KS p < 0.05", "critical"] {
            #expect(number.contains(part), "\(part): \(number)")
        }
        let word = try #require(alarms.first { $0.hasPrefix("\"words, quoted\",10,") })
        #expect(word.contains("unseen 0.0 -> 30.0 %") && !word.contains("KS p"))
    }

    @Test("only the alarms, and those of a classic method")
    func alarms() throws {
        let only = try drift(Self.values, ["--alarms-only"])
        #expect(
            Set(only.output.split(separator: "\n"))
                == [
                    "stream,window", "numbers,10", "numbers,11", "numbers,12",
                    "\"words, quoted\",10", "\"words, quoted\",11", "\"words, quoted\",12",
                ])
        let none = try drift(
            Self.values, ["--alarms-only", "--method", "psi", "--threshold", "99"])
        #expect(none.output == "stream,window\n")
        let few = try drift(Self.values, ["--method", "hellinger", "--threshold", "0.3"])
        #expect(few.output.split(separator: "\n").count { $0.contains(",drifted,") } == 6)
        for wrong in [
            ["--method", "x", "--threshold", "1"], ["--method", "psi"], ["--threshold", "1"],
        ] {
            #expect(try drift(Self.values, wrong).status == 2, "\(wrong)")
        }
    }

    @Test("a share of missing values that grows is an alarm")
    func missing() throws {
        var lines = ["value,stream,window,kind"]
        for window in 0..<12 {
            for i in 0..<120 {
                let isMissing = window < 10 ? i % 40 == 0 : i % 4 == 0
                lines.append(
                    "\(isMissing ? "NaN" : "\((i * 7 + window) % 50)"),s,\(window),numeric")
            }
        }
        let result = try drift(lines.joined(separator: "\n"), ["--alarms-only"])
        #expect(result.output == "stream,window\ns,10\ns,11\n", "\(result.errors)")
        let reason = try drift(lines.joined(separator: "\n")).output
        #expect(reason.contains("(missing) 2.5 -> 25.0 %"), "\(reason)")
    }

    @Test(
        "mistakes are told with file and line, and end with 2",
        arguments: [
            ("", "v.csv:1: the file is empty"),
            ("stream,value\n", "v.csv:1: there is no column 'window'"),
            ("stream,window,value\na,x,1\n", "v.csv:2: the window is 'x'"),
            (
                "stream,window,value\na,1,1\n\na,0,1\n",
                "v.csv:4: window 0 of stream 'a' comes after 1"
            ),
            (
                "stream,window,value,kind\na,1,1,numeric\na,1,z,numeric\n",
                "v.csv:3: the value of the numeric"
            ),
            ("stream,window,value,kind\na,1,1,odd\n", "v.csv:2: the kind is 'odd'"),
            ("stream,window,value,ts_ms\na,1,1,now\n", "v.csv:2: ts_ms is 'now'"),
            ("stream,window,value\na,1,\"open\n", "v.csv:2: a quoted field does not end"),
            ("stream,window,value\na,1e99,1\n", "v.csv:2: the window is '1e99'"),
        ])
    func mistakes(text: String, message: String) throws {
        let result = try drift(text)
        #expect(result.status == 2)
        #expect(result.errors.contains(message), "\(result.errors)")
    }

    @Test("hostile values are judged or refused, never fatal")
    func hostile() throws {
        var text = "stream,window,value\r\n"
        for window in 0..<12 {
            for i in 0..<60 {
                let value = ["inf", "-inf", "1e308", "-1e308", "5e-324", "0"][(i + window) % 6]
                text += "\u{1F600}\u{7},\(window),\(value)\r"
            }
        }
        let result = try drift("\u{FEFF}" + text)
        #expect(result.status == 0, "\(result.errors)")
        #expect(!result.output.contains(",drifted,"))
    }

    @Test("two samples are compared by every statistic, or by those that are asked for")
    func compare() throws {
        let folder = try TemporaryDirectory()
        let reference = (0..<1000).map { "\($0 % 97)" }
        let current = (0..<200).map { "\($0 % 97 + 20)" }
        _ = try folder.write("value\n" + reference.joined(separator: "\n"), to: "a.csv")
        _ = try folder.write("value\n" + current.joined(separator: "\n"), to: "b.csv")
        func compare(_ options: String...) throws -> Program.Result {
            try Program.run(["detect", "compare", "a.csv", "b.csv"] + options, in: folder.path)
        }
        let table = try compare().output
        for part in ["ks", "wasserstein", "psi-corrected", "PSI > 0.2", "false alarms per 1,000"] {
            #expect(table.contains(part), "\(part)")
        }
        let json = try compare("--method", "ks", "--method", "psi", "--format", "json").output
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        #expect((object["statistics"] as? [[String: Any]])?.count == 2)
        let wrong = try compare("--method", "nope")
        #expect(wrong.status == 2 && wrong.errors.contains("'nope'"))
        _ = try folder.write("value\n", to: "b.csv")
        #expect(try compare().errors.contains("b.csv:1: the file has no values"))
    }

    @Test("calibration measures the wanted rate, and the same again")
    func calibrate() throws {
        let options = ["--n", "200", "--windows", "400", "--significance", "0.05"]
        let rows = try Program.run(["detect", "calibrate"] + options, in: "/").output
        #expect(rows.split(separator: "\n").count == 7)
        for row in rows.split(separator: "\n").dropFirst() {
            let rate = try #require(Double(row.split(separator: ",")[4]))
            #expect(rate < 110, "\(row)")
        }
        #expect(try Program.run(["detect", "calibrate"] + options, in: "/").output == rows)
        #expect(try Program.run(["detect", "calibrate", "--n", "0"], in: "/").status == 2)
    }
}
