import Foundation
import TestSupport
import Testing

@Suite("The command line")
struct CommandLineTests {
    @Test("check reports every mistake with its place and ends with 2")
    func check() throws {
        let folder = try TemporaryDirectory()
        _ = try folder.write(
            """
            store: {path: mlmon.db, retentoin: 3d}
            scrape: {interval: 5 m}
            services:
              - name: a
                url: ftp://x/
            """, to: "mlmon.yaml")
        let result = try Program.run(["check"], in: folder.path)
        #expect(result.status == 2)
        let lines = result.errors.split(separator: "\n")
        #expect(
            lines.contains {
                $0.hasPrefix("mlmon.yaml:1:") && $0.contains("did you mean 'retention'")
            })
        #expect(lines.contains { $0.hasPrefix("mlmon.yaml:2:") })
        #expect(lines.contains { $0.hasPrefix("mlmon.yaml:5:") })
    }

    @Test("help about a word that is no command says so")
    func wrongTopic() throws {
        let result = try Program.run(["help", "nonsense"], in: "/")
        #expect(result.status == 2 && result.output.isEmpty)
        #expect(result.errors.hasPrefix("mlmon: help: no command 'nonsense', expected one of "))
        #expect(
            try Program.run(["help", "report"], in: "/").output.contains("USAGE: mlmon report"))
    }

    @Test("without libcurl, what asks nobody works, and the rest says what to install")
    func withoutLibcurl() throws {
        let folder = try TemporaryDirectory()
        _ = try folder.write("no library", to: "libcurl.so.4")
        _ = try folder.write("1\n2\n3\n", to: "values.csv")
        _ = try folder.write("services: [{name: a, url: 'http://127.0.0.1:1/'}]", to: "mlmon.yaml")
        let without = ["LD_LIBRARY_PATH": folder.path]
        for command in ["run", "discover"] {
            let result = try Program.run([command], in: folder.path, environment: without)
            #expect(result.status != 0)
            #expect(result.errors.contains("libcurl cannot be used"), "\(command)")
            #expect(result.errors.contains("apt-get install libcurl4"), "\(command)")
        }
        #expect(try Program.run(["check"], in: folder.path, environment: without).status == 0)
        let compare = try Program.run(
            ["detect", "compare", "values.csv", "values.csv"], in: folder.path, environment: without
        )
        #expect(compare.status == 0 && compare.output.contains("psi"))
    }

    @Test("the smallest useful file is accepted")
    func smallest() throws {
        let folder = try TemporaryDirectory()
        try FileManager.default.createDirectory(
            atPath: folder.file("alerts"), withIntermediateDirectories: true)
        _ = try folder.write(
            """
            groups:
              - name: up
                rules: [{alert: Down, expr: up == 0}]
            """, to: "alerts/up.yaml")
        _ = try folder.write(
            """
            store: {path: mlmon.db}
            scrape: {interval: 2s}
            services:
              - name: digits
                url: http://127.0.0.1:9002/metrics
            rules: [alerts/*.yaml]
            receivers:
              - name: hook
                webhook: {url: "http://127.0.0.1:9099/"}
            route: {receiver: hook, group_wait: 1s, group_interval: 5s}
            """, to: "mlmon.yaml")
        let result = try Program.run(["check"], in: folder.path)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("rules: 1"))
    }

    @Test("a wrong expression is Prometheus's error object, with status 1")
    func wrongQuery() async throws {
        let watched = try Watched(hook: try Hook())
        let program = try watched.start()
        #expect(await watched.scrapes(2))
        let result = try watched.mlmon("query", "sum(rate(up[1m])", "--format", "json")
        #expect(result.status == 1)
        let answer = try #require(
            try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        #expect(answer["status"] as? String == "error")
        #expect(answer["errorType"] as? String == "bad_data")
        #expect(
            try await eventually { try watched.values("up") == [1] }, "\(program.errors)")
        let csv = try watched.mlmon("query", "up", "--format", "csv").output
        #expect(csv.hasPrefix("series,time,value\n"))
        program.end()
    }

    @Test("what is not there is said, with the remedy and status 2")
    func missing() throws {
        let folder = try TemporaryDirectory()
        let report = try Program.run(["report"], in: folder.path)
        #expect(report.status == 2)
        #expect(report.errors.contains("no configuration"))
        let query = try Program.run(["query", "up", "--db", "none.db"], in: folder.path)
        #expect(query.status == 2)
        #expect(query.errors.contains("none.db"))
    }

    @Test("the report writes through a link, and never over its own store")
    func reportOutput() async throws {
        let watched = try Watched(hook: try Hook())
        let program = try watched.start()
        #expect(await watched.scrapes(2))
        let real = watched.folder.file("real.csv")
        _ = try watched.folder.write("old", to: "real.csv")
        try FileManager.default.createSymbolicLink(
            atPath: watched.folder.file("link.csv"), withDestinationPath: real)
        #expect(
            try await eventually {
                try watched.mlmon("report", "--output", "link.csv", "--since", "5m").status == 0
                    && String(contentsOfFile: real, encoding: .utf8).hasPrefix("time,service")
            })
        let refused = try watched.mlmon("report", "--output", "mlmon.db")
        #expect(refused.status == 2)
        #expect(refused.errors.contains("store itself"))
        #expect(try watched.mlmon("query", "up", "--at", "-1s", "--format", "json").status == 0)
        #expect(try watched.mlmon("report", "--service", "nope").errors.contains("'nope'"))
        #expect(program.end() == 0)
    }

    @Test("the demo's fleet is served and its configuration works as printed")
    func demoFleet() async throws {
        let folder = try TemporaryDirectory()
        let port = try TestServer.refusingPort()
        let fleet = try Program(["demo", "--serve-only", "--port", "\(port)"], in: folder.path)
        // The list arrives in pieces.
        #expect(
            await eventually {
                let list = fleet.errors
                return list.hasSuffix("\n") && list.split(separator: "\n").count >= 6
            }, "\(fleet.errors)")
        let urls = fleet.errors.split(separator: "\n").compactMap { $0.split(separator: " ").first }
        let services = urls.enumerated().map { "  - {name: s\($0.offset), url: \"\($0.element)\"}" }
        _ = try folder.write(
            (["store: {path: a.db}", "scrape: {interval: 1s}", "services:"] + services)
                .joined(separator: "\n"), to: "mlmon.yaml")
        let program = try Program(["run"], in: folder.path)
        #expect(
            try await eventually {
                let result = try Program.run(
                    ["query", "count(mlmon_requests_total)", "--format", "csv"], in: folder.path)
                return result.output.split(separator: ",").last.flatMap {
                    Double($0.trimmingCharacters(in: .whitespacesAndNewlines))
                } ?? 0 >= 6
            }, "\(program.errors)")
        let page = try Program.run(["--once", "--size", "100x30"], in: folder.path)
        #expect(page.status == 0, "\(page.errors)")
        for index in urls.indices { #expect(page.output.contains("s\(index)")) }
        program.end()
        fleet.end()
    }
}
