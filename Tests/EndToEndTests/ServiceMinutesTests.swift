import Foundation
import GRDB
import TestSupport
import Testing

@Suite("The table for other programs")
struct ServiceMinutesTests {
    @Test("service_minutes says of every minute what the report says")
    func agreesWithReport() async throws {
        let watched = try Watched(hook: try Hook())
        // Twenty minutes that were collected before the table was kept.
        let now = Int(Date().timeIntervalSince1970) / 60 * 60
        var text = ""
        for minute in 0..<20 {
            for second in [5, 20, 35, 50] {
                let time = now - (20 - minute) * 60 + second
                let count = (minute * 60 + second) * (minute + 1)
                let labels = "service=\"digits\",instance=\"x:1\",model=\"m\",version=\"3\""
                text += "up{service=\"digits\",instance=\"x:1\"} 1 \(time)\n"
                text += "mlmon_requests_total{\(labels)} \(count) \(time)\n"
                text += "mlmon_errors_total{\(labels)} \(count / 7) \(time)\n"
                for (bound, share) in [("0.1", 0.5), ("1", 0.9), ("+Inf", 1)] {
                    let value = (Double(count) * share).rounded()
                    text +=
                        "mlmon_latency_seconds_bucket{\(labels),le=\"\(bound)\"} \(value) \(time)\n"
                }
                text += "mlmon_drift_psi{\(labels),feature=\"prediction\"} 0.\(minute) \(time)\n"
            }
        }
        _ = try watched.folder.write(text + "# EOF\n", to: "history.om")
        #expect(try watched.mlmon("import", "history.om").status == 0)
        let program = try watched.start()
        let path = watched.folder.file("mlmon.db")
        let isThere = try await eventually {
            try Self.minutes(path).count { $0.version == "3" } == 20
        }
        #expect(isThere, "\(program.errors)")
        let report = try watched.mlmon(
            "report", "--since", "1h", "--step", "1m", "--format", "json")
        #expect(program.end() == 0)
        let rows = try #require(
            JSONSerialization.jsonObject(with: Data(report.output.utf8)) as? [[String: Any]])
        let reported = rows.filter { $0["version"] as? String == "3" }
        let format = ISO8601DateFormatter()
        for minute in try Self.minutes(path) where minute.version == "3" {
            let row = try #require(
                reported.first { row in
                    let time = format.string(
                        from: Date(timeIntervalSince1970: Double(minute.time)))
                    return (row["time"] as? String)?.hasPrefix(time.dropLast()) == true
                })
            #expect(row["requests"] as? Double == minute.requests)
            #expect(row["latency_p95_seconds"] as? Double == minute.latencyP95)
            #expect(row["psi"] as? Double == minute.psi)
            let ratio = row["error_ratio"] as? Double
            #expect(
                ratio == minute.errors.flatMap { errors in minute.requests.map { errors / $0 } })
        }
    }

    private struct Minute {
        var time: Int64
        var version: String
        var requests: Double?
        var errors: Double?
        var latencyP95: Double?
        var psi: Double?
    }

    private static func minutes(_ path: String) throws -> [Minute] {
        var configuration = Configuration()
        configuration.readonly = true
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        return try queue.read { db in
            guard try db.tableExists("service_minutes") else { return [] }
            return try Row.fetchAll(db, sql: "SELECT * FROM service_minutes ORDER BY time").map {
                Minute(
                    time: $0["time"], version: $0["version"], requests: $0["requests"],
                    errors: $0["errors"], latencyP95: $0["latency_p95_seconds"], psi: $0["psi"])
            }
        }
    }
}
