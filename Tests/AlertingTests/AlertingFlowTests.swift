import HTTP
import Querying
import Storage
import TestSupport
import Testing
import TimeSeries

@testable import Alerting

/// From samples to the receiver: rules, groups, outbox and delivery together.
@Suite struct AlertingFlowTests {
    private static func at(_ seconds: Double) -> Timestamp {
        Timestamp(seconds: 1_700_000_000 + seconds)
    }

    private struct Process {
        let store: Store
        let runner: RuleRunner
        let dispatcher: Dispatcher

        init(path: String, url: String, source: ChangingSource, client: HTTPClient) throws {
            store = try Store(StoreOptions(path: path))
            let rule = Rule(
                action: .alert(name: "Hot"),
                expression: try QueryExpression(parsing: "temperature > 30"), hold: .seconds(4),
                labels: ["severity": "critical"],
                annotations: ["summary": "{{ $value | printf \"%.1f\" }} degrees"],
                location: "hot.yaml:1")
            runner = RuleRunner(
                groups: [RuleGroup(name: "g", rules: [rule])],
                route: Route(
                    receiver: "hook", groupWait: .seconds(1), groupInterval: .seconds(5)),
                store: store, source: source)
            dispatcher = Dispatcher(
                store: store,
                receivers: [Receiver(name: "hook", webhooks: [Receiver.Webhook(url: url)])],
                client: client)
        }

        func tick(_ seconds: Double) async throws {
            _ = try runner.evaluate(at: AlertingFlowTests.at(seconds))
            _ = try await dispatcher.dispatch(at: AlertingFlowTests.at(seconds))
        }
    }

    @Test(
        "firing and resolved reach a receiver in order though it is down and mlmon restarts between"
    )
    func downAndRestarted() async throws {
        let directory = try TemporaryDirectory("mlmon-flow")
        let path = directory.file("mlmon.db")
        let port = try TestServer.refusingPort()
        let url = "http://127.0.0.1:\(port)/hook"
        let (source, client) = (ChangingSource(), try HTTPClient())
        let labels: LabelSet = ["__name__": "temperature", "room": "lab"]
        source.set(labels, 35, at: Self.at(0))
        source.set(labels, 20, at: Self.at(13))

        var process = try Process(path: path, url: url, source: source, client: client)
        for second in 0..<6 { try await process.tick(Double(second)) }
        #expect(try process.store.outbox().map(\.state) == [.waiting])
        try process.store.close()

        process = try Process(path: path, url: url, source: source, client: client)
        for second in 6..<20 { try await process.tick(Double(second)) }
        #expect(try process.store.outbox().map(\.state) == [.waiting, .waiting])
        try process.store.close()

        let server = try TestServer(port: port, replies: [.status(200)])
        process = try Process(path: path, url: url, source: source, client: client)
        try await process.tick(400)
        try await process.tick(410)
        #expect(server.requests.map(\.news) == ["firing Hot", "resolved Hot"])
        let payloads = server.requests.compactMap(\.payload)
        #expect(payloads.map(\.status) == [.firing, .resolved])
        #expect(payloads[0].alerts[0].startsAt == "2023-11-14T22:13:24.000Z")
        #expect(payloads[1].alerts[0].startsAt == payloads[0].alerts[0].startsAt)
        #expect(payloads[1].alerts[0].endsAt == "2023-11-14T22:13:33.000Z")
        #expect(payloads[0].alerts[0].annotations == ["summary": "35.0 degrees"])
        #expect(payloads[0].groupKey == payloads[1].groupKey)
        try process.store.close()
        await client.shutdown()
    }

    @Test("rules and deliveries side by side lose nothing and double nothing")
    func sideBySide() async throws {
        let directory = try TemporaryDirectory("mlmon-flow")
        let server = try TestServer(replies: [.status(200)])
        let (source, client) = (ChangingSource(), try HTTPClient())
        let process = try Process(
            path: directory.file("mlmon.db"), url: server.url(), source: source, client: client)
        let clock = ManualClock(at: Self.at(0).milliseconds)
        let running = Task {
            await process.dispatcher.run(
                now: { Timestamp(milliseconds: clock.now) }, sleep: clock.sleep)
        }
        var second = 0.0
        for period in 0..<8 {
            let labels: LabelSet = ["__name__": "temperature"]
            for _ in 0..<12 {
                second += 1
                source.set(labels, period % 2 == 0 ? 35 : 20, at: Self.at(second))
                clock.set(to: Self.at(second).milliseconds)
                _ = try process.runner.evaluate(at: Self.at(second))
                process.dispatcher.wake()
            }
            #expect(await server.requests(atLeast: period + 1).count == period + 1)
        }
        let store = process.store
        let isDone = await eventually {
            (try? store.outbox().allSatisfy { $0.state == .delivered }) == true
        }
        #expect(isDone)
        running.cancel()
        await running.value
        let expected = (0..<8).map { $0 % 2 == 0 ? "firing Hot" : "resolved Hot" }
        #expect(server.requests.map(\.news) == expected)
        await client.shutdown()
    }
}
