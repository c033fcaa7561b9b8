import Foundation
import GRDB
import Synchronization
import TestSupport
import Testing

@Suite("From a service to a webhook")
struct PipelineTests {
    private static let downRule = """
        groups:
          - name: test
            rules:
              - alert: ServiceDown
                expr: up == 0
                labels: {severity: critical}
                annotations: {summary: "{{ $labels.service }} is down ({{ $value }})"}
        """

    @Test("drift reaches the webhook, resolves when it ends, and the report counts every request")
    func drift() async throws {
        let watched = try Watched(hook: try Hook())
        let program = try watched.start()
        #expect(await watched.scrapes(1))

        let shared = SharedClasses(["cat", "cat", "cat", "dog"])
        let load = traffic(to: watched.service) { (20, shared.value) }
        #expect(
            try await eventually { try watched.values("mlmon_drift_state") == [2] },
            "the reference is learned: \(program.errors)")
        #expect(try watched.mlmon("baseline", "list").output.contains("digits"))

        shared.value = ["bird", "dog"]
        #expect(
            await eventually { watched.hook.largeDrift != nil },
            "an alert arrives: \(program.errors) \(watched.hook.messages)")
        #expect(try watched.mlmon("alerts").status == 1)

        shared.value = ["cat", "cat", "cat", "dog"]
        let isResolved = await eventually(within: .seconds(120)) {
            watched.hook.has("resolved", "PredictionDrift")
        }
        let verdicts = try watched.mlmon(
            "query", "{__name__=~'mlmon_drift_(state|p_value|samples)'}", "--start", "-60s",
            "--step", "2s")
        #expect(isResolved, "\(verdicts.output)")
        load.cancel()
        let sent = await load.value
        #expect(await watched.scrapes(2))
        #expect(
            try await eventually { try Self.reported("requests", watched) == Double(sent) },
            "\(sent) were sent")
        #expect(try Self.reported("predictions", watched) == Double(sent))
        #expect(program.end() == 0)

        let firing = try #require(watched.hook.largeDrift)
        #expect(firing.version == "4")
        #expect(firing.receiver == "hook")
        #expect(firing.status == "firing")
        #expect(firing.commonLabels["service"] == "digits")
        let alert = try #require(firing.alerts.first { $0.isLargeDrift })
        #expect(alert.endsAt == "0001-01-01T00:00:00Z")
        let verdict = try #require(alert.annotations["verdict"])
        #expect(verdict.contains("PSI") && verdict.contains("reference: learned"), "\(verdict)")
    }

    @Test("kill -9 in the middle loses neither counts nor alerts")
    func crash() async throws {
        let watched = try Watched(hook: try Hook(), rules: Self.downRule)
        var program = try watched.start()
        #expect(await watched.scrapes(1))
        watched.service.serve(100, latencySeconds: 0.03)
        #expect(await watched.scrapes(2))
        #expect(
            try await eventually { try watched.values("sum(mlmon_requests_total)") == [100] })

        program.end(SIGKILL)
        watched.service.serve(50, failed: 5, latencySeconds: 0.3)
        program = try watched.start()
        #expect(await watched.scrapes(2))
        watched.service.serve(25, latencySeconds: 0.03)
        #expect(
            try await eventually { try watched.values("sum(mlmon_requests_total)") == [180] },
            "what was served while mlmon was gone is counted: \(program.errors)")
        #expect(try watched.values("sum(mlmon_errors_total)") == [5])
        #expect(try Self.reported("requests", watched) == 180)

        watched.service.stop()
        #expect(await eventually { watched.hook.has("firing", "ServiceDown") })
        program.end(SIGKILL)
        let again = try ModelService(port: watched.service.port)
        program = try watched.start()
        #expect(
            await eventually { watched.hook.has("resolved", "ServiceDown") },
            "the restarted process knows of the alert: \(program.errors)")
        #expect(again.scrapeCount > 0)
        program.end()
    }

    @Test("a receiver that is down for a while gets every message, in order")
    func receiverDown() async throws {
        let port = try TestServer.refusingPort()
        let absent = try Hook(port: port)
        absent.stop()
        let watched = try Watched(hook: absent, rules: Self.downRule)
        let program = try watched.start()
        #expect(await watched.scrapes(2))
        watched.service.stop()
        #expect(
            try await eventually { try watched.mlmon("alerts").output.contains("FIRING") },
            "the alert fires: \(program.errors)")

        let back = try Hook(port: port) { $0 == 0 ? 503 : 200 }
        #expect(
            await eventually(within: .seconds(120)) { back.requestCount >= 2 },
            "refused once, delivered then: \(program.errors)")
        let service = try ModelService(port: watched.service.port)
        #expect(await eventually(within: .seconds(120)) { back.has("resolved", "ServiceDown") })
        let states = back.messages.map(\.status)
        let firstResolved = try #require(states.firstIndex(of: "resolved"))
        #expect(states.prefix(firstResolved).allSatisfy { $0 == "firing" })
        #expect(service.scrapeCount > 0)
        #expect(program.end() == 0)
    }

    @Test("a page of absurd numbers harms no other service, and a departed one leaves no alert")
    func absurdNeighbour() async throws {
        let scrapes = Counter()
        let absurd = try TestServer { _ in
            let value = ["5", "NaN", "+Inf", "-Inf", "1e308", "-1e308"][scrapes.next() % 6]
            return .text(
                """
                # TYPE model_predictions_total counter
                model_predictions_total{model="m",class="a"} \(value)
                # TYPE inference_requests_total counter
                inference_requests_total{model="m",status="200"} \(value)

                """)
        }
        let watched = try Watched(hook: try Hook(), rules: Self.downRule)
        let path = watched.folder.file("mlmon.yaml")
        let configuration = try String(contentsOfFile: path, encoding: .utf8)
        let both = configuration.replacing(
            "services:\n", with: "services:\n  - {name: absurd, url: \"\(absurd.url())\"}\n")
        try both.write(toFile: path, atomically: true, encoding: .utf8)
        var program = try watched.start()
        #expect(await watched.scrapes(1))
        let load = traffic(to: watched.service) { (20, ["cat", "dog"]) }
        #expect(
            try await eventually {
                try watched.values("mlmon_drift_state{service='digits'}") == [2]
            }, "\(program.errors)")
        load.cancel()
        #expect(program.isRunning)
        absurd.stop()
        #expect(
            try await eventually { try watched.mlmon("alerts").output.contains("FIRING") })
        program.end()

        try configuration.write(toFile: path, atomically: true, encoding: .utf8)
        program = try watched.start()
        #expect(
            try await eventually { try watched.mlmon("alerts").status == 0 }, "\(program.errors)")
        #expect(await eventually { watched.hook.has("resolved", "ServiceDown") })
        program.end()
    }

    @Test("a start that cannot write who left watches the others")
    func departureFails() async throws {
        let watched = try Watched(hook: try Hook())
        var program = try watched.start()
        #expect(try await eventually { try watched.values("up") == [1] }, "\(program.errors)")
        program.end()

        let file = try DatabaseQueue(path: watched.folder.file("mlmon.db"))
        try await file.write {
            try $0.execute(
                sql: """
                    CREATE TRIGGER full BEFORE DELETE ON target
                    BEGIN SELECT RAISE(ABORT, 'the disk is full'); END
                    """)
        }
        try file.close()
        let path = watched.folder.file("mlmon.yaml")
        let configuration = try String(contentsOfFile: path, encoding: .utf8)
        try configuration.replacing("name: digits", with: "name: numbers")
            .write(toFile: path, atomically: true, encoding: .utf8)
        program = try watched.start()
        #expect(
            try await eventually { try watched.values("up{service='numbers'}") == [1] },
            "\(program.errors)")
        #expect(program.errors.contains("the disk is full"))
        program.end()
    }

    /// The sum of a column of the report.
    private static func reported(_ column: String, _ watched: Watched) throws -> Double {
        let result = try watched.mlmon("report", "--since", "1h", "--step", "1m")
        let rows = result.output.split(separator: "\r\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
        let index = try #require(rows.first?.firstIndex { $0 == column })
        return rows.dropFirst().compactMap { Double($0[index]) }.reduce(0, +)
    }
}

/// What the load predicts now.
private final class SharedClasses: Sendable {
    private let classes: Mutex<[String]>

    init(_ classes: [String]) {
        self.classes = Mutex(classes)
    }

    var value: [String] {
        get { classes.withLock { $0 } }
        set { classes.withLock { $0 = newValue } }
    }
}

extension Hook {
    /// The first message with a large drift. One of a small drift may come before it: of a window
    /// that held little of the new.
    fileprivate var largeDrift: WebhookMessage? {
        messages.first { $0.alerts.contains { $0.isLargeDrift } }
    }
}

extension WebhookMessage.Alert {
    fileprivate var isLargeDrift: Bool {
        status == "firing" && labels["alertname"] == "PredictionDrift"
            && labels["severity"] == "critical"
    }
}
