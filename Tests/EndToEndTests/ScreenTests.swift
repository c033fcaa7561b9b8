import Foundation
import TestSupport
import Testing

@Suite("The full screen")
struct ScreenTests {
    private static let environment = [
        "TERM": "xterm-256color", "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin", "HOME": "/tmp",
    ]

    private func demo(size: (Int, Int) = (120, 40)) throws -> (Pty, TemporaryDirectory) {
        let folder = try TemporaryDirectory()
        let pty = try Pty(
            Program.path, ["demo"], in: folder.path, size: size, environment: Self.environment)
        return (pty, folder)
    }

    /// The screen beside the collector of a watched service, its first lines drawn.
    private func screen(of watched: Watched) async throws -> Pty {
        let pty = try Pty(
            Program.path, [], in: watched.folder.path, size: (120, 40),
            environment: Self.environment)
        #expect(await eventually { pty.output.contains("digits") })
        return pty
    }

    @Test("shows the fleet, opens a service, goes back, resizes, and leaves the terminal as it was")
    func visit() async throws {
        let (pty, folder) = try demo()
        #expect(await eventually { pty.output.contains("fraud-score") }, "the first frame")
        #expect(pty.output.contains("SIMULATED"))
        pty.clear()
        pty.type("\r")
        #expect(await eventually { pty.output.contains("latency") }, "the service page")
        pty.type("\u{1b}")
        for size in [(200, 60), (80, 24), (40, 12), (15, 4), (1, 1), (120, 40)] {
            pty.clear()
            pty.resize(to: size)
            #expect(await eventually { !pty.output.isEmpty }, "a frame at \(size)")
        }
        pty.type("q")
        #expect(await eventually { pty.status() == 0 })
        #expect(pty.output.contains("\u{1b}[?1049l"), "the alternate screen is left")
        #expect(pty.isCooked)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test(
        "restores the terminal when it is ended from outside or crashes",
        arguments: [SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGSEGV, SIGABRT, SIGILL])
    func ended(by number: Int32) async throws {
        let (pty, folder) = try demo(size: (80, 24))
        #expect(await eventually { pty.output.contains("fraud-score") })
        pty.clear()
        pty.signal(number)
        #expect(await eventually { pty.output.contains("\u{1b}[?1049l") })
        #expect(await eventually { pty.isCooked })
        withExtendedLifetime(folder) {}
    }

    @Test("attaches read-only beside a running collector")
    func attached() async throws {
        let watched = try Watched(hook: try Hook())
        let program = try watched.start()
        #expect(await watched.scrapes(2))
        let pty = try await screen(of: watched)
        #expect(pty.output.contains("read-only"))
        pty.type("q")
        #expect(await eventually { pty.status() == 0 })
        #expect(program.isRunning)
        #expect(program.end() == 0)
    }

    @Test("shows a dashboard of one's own, live, and prints it")
    func dashboard() async throws {
        let watched = try Watched(hook: try Hook(), extra: "dashboards: [own.yaml]")
        _ = try watched.folder.write(
            """
            pages:
              - title: Mine
                panels:
                  - title: answered so far
                    kind: value
                    queries: {query: sum(mlmon_requests_total), legend: requests}
                  - {title: by class, kind: bars, queries: mlmon_predictions_total}

            """, to: "own.yaml")
        #expect(try watched.mlmon("check").output.contains("dashboards: 1"))
        watched.service.serve(321, classes: ["cat"])
        let program = try watched.start()
        #expect(await watched.scrapes(2))
        let pty = try await screen(of: watched)
        pty.clear()
        pty.type("D")
        #expect(await eventually { pty.output.contains("answered so far") })
        #expect(await eventually { pty.output.contains("requests") })
        pty.type(":q\r")
        #expect(await eventually { pty.status() == 0 })
        let once = try watched.mlmon("--once", "--page", "dashboard:mine", "--size", "100x30")
        #expect(once.status == 0 && once.output.contains("answered so far"), "\(once.errors)")
        let wrong = try watched.mlmon("--once", "--page", "dashboard:other")
        #expect(wrong.status == 2)
        #expect(wrong.errors.contains("no dashboard 'other', expected one of 'Mine'"))
        #expect(program.end() == 0)
    }
}
