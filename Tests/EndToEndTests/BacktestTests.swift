import Foundation
import TestSupport
import Testing

@Suite("Backtest")
struct BacktestTests {
    private static let start = 1_795_176_000
    private static let scrapeCount = 1_320
    /// The scrape from which the one service answers otherwise.
    private static let change = 960

    /// Five and a half hours of predictions of a service that stays, and of one that does not.
    private static func history() -> String {
        var lines = ["# TYPE mlmon_predictions counter"]
        for (service, moves) in [("steady", false), ("moved", true)] {
            var state: UInt64 = moves ? 3 : 5
            var counts = [("cat", 0), ("dog", 0)]
            for i in 0..<scrapeCount {
                for _ in 0..<4 {
                    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    let share = Double(state >> 33) / Double(1 << 31)
                    let isCat = share < (moves && i >= change ? 0.4 : 0.7)
                    counts[isCat ? 0 : 1].1 += 1
                }
                for (name, count) in counts {
                    lines.append(
                        "mlmon_predictions_total{service=\"\(service)\",model=\"m\",version=\"1\","
                            + "class=\"\(name)\"} \(count) \(start + i * 15)")
                }
            }
        }
        return (lines + ["# EOF"]).joined(separator: "\n") + "\n"
    }

    @Test("alarms where the past moved, not where it stayed, and leaves the store as it was")
    func history() throws {
        let folder = try TemporaryDirectory()
        _ = try folder.write(
            """
            store: {path: mlmon.db, retention: 36500d}
            detect: {drift: {window: 5m, reference: {learn: 1h}}}
            """, to: "mlmon.yaml")
        _ = try folder.write(Self.history(), to: "history.om")
        func mlmon(_ arguments: String...) throws -> Program.Result {
            try Program.run(arguments, in: folder.path)
        }
        let taken = try mlmon("import", "history.om", "--quiet")
        #expect(taken.status == 0, "\(taken.errors)")
        let everything = "count({__name__=~\".+\"})"
        let end = "\(Self.start + Self.scrapeCount * 15)"
        let before = try mlmon("query", everything, "--at", end).output

        let result = try mlmon(
            "backtest", "--since", "6h", "--step", "1m", "--format", "csv", "--quiet")
        #expect(result.status == 0, "\(result.errors)")
        let rows = result.output.split(separator: "\n")
        #expect(
            rows.first == "time,end,duration_seconds,service,model,version,alarm,severity,why")
        // A warning, and in its place a critical alert once the drift is known to be large.
        #expect(rows.count == 3, "\(result.output)")
        let alarms = rows.dropFirst().map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
        #expect(alarms.map { $0[7] } == ["warning", "critical"], "\(alarms)")
        #expect(alarms.allSatisfy { $0[3] == "moved" && $0[6] == "PredictionDrift" }, "\(alarms)")
        let row = try #require(alarms.first)
        let changed = Date(timeIntervalSince1970: Double(Self.start + Self.change * 15))
        let since = try #require(ISO8601DateFormatter().date(from: String(row[0])))
        #expect(since > changed && since < changed.addingTimeInterval(3600), "\(row)")
        #expect(!row[8].isEmpty)

        let table = try mlmon("backtest", "--since", "6h", "--step", "5m", "--quiet").output
        #expect(table.contains("2 alarms from "), "\(table)")
        #expect(table.contains("windows of 2 distributions were judged"), "\(table)")
        let json = try mlmon(
            "backtest", "--since", "3h", "--step", "5m", "--quiet", "--format", "json")
        let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8))
        #expect((object as? [String: Any])?["alarms"] is [[String: Any]], "\(json.output)")

        #expect(try mlmon("query", everything, "--at", end).output == before)
        #expect(try mlmon("alerts").output == "no alerts\n")
        #expect(try mlmon("baseline", "list").output == "no baselines\n")
    }

    @Test("says what is wrong with its options")
    func mistakes() throws {
        let folder = try TemporaryDirectory()
        func mlmon(_ arguments: String...) throws -> Program.Result {
            try Program.run(arguments, in: folder.path)
        }
        #expect(try mlmon("backtest", "--db", "none.db").status == 2)
        _ = try folder.write("store: {path: mlmon.db, retention: 36500d}\n", to: "mlmon.yaml")
        _ = try folder.write(
            "# TYPE up gauge\nup{service=\"a\"} 1 1795176000\nup{service=\"a\"} 1 1795176060\n# EOF\n",
            to: "up.om")
        #expect(try mlmon("import", "up.om").status == 0)
        for (arguments, words) in [
            (["--since", "yesterday"], "expected a duration like 30d"),
            (["--step", "0"], "expected a duration like 15s"),
            (["--since", "2030-01-01"], "there are no samples after 2030-01-01"),
        ] {
            let result = try Program.run(["backtest"] + arguments, in: folder.path)
            #expect(result.status == 2 && result.errors.contains(words), "\(result.errors)")
        }
        let quiet = try mlmon("backtest")
        #expect(quiet.status == 0 && quiet.output.hasPrefix("no alarms\n"), "\(quiet.errors)")
    }
}
