import Foundation
import HTTP
import Storage
import TestSupport
import Testing
import TimeSeries

@testable import Alerting

@Suite struct DispatcherTests {
    @Test("a notification is Alertmanager's webhook JSON, version 4, field for field")
    func payload() async throws {
        let server = try TestServer(replies: [.status(200)])
        let fixture = try DispatchFixture(
            urls: [server.url("/hook")], groupBy: ["severity"],
            options: DispatchOptions(externalURL: "https://mon.example"))
        try fixture.fire("A", at: 0)
        try fixture.fire("B", at: 1)
        try fixture.resolve("B", at: 2)
        let report = try await fixture.dispatch(at: 2)
        #expect(report.writtenCount == 1 && report.deliveredCount == 1)

        let request = try #require(server.requests.first)
        #expect(request.method == "POST" && request.path == "/hook")
        #expect(request.header("content-type") == "application/json")
        let id = try #require(request.header("idempotency-key"))
        #expect(request.header("webhook-id") == id && id.count == 36 && !id.contains("."))
        #expect(request.header("webhook-timestamp") == "1700000002")
        let expected = """
            {"alerts":[{"annotations":{"summary":"A <&> fires"},\
            "endsAt":"0001-01-01T00:00:00Z","fingerprint":"\(fingerprint("A"))",\
            "generatorURL":"https://mon.example/alerts/A",\
            "labels":{"alertname":"A","severity":"critical"},\
            "startsAt":"2023-11-14T22:13:20.000Z","status":"firing"},\
            {"annotations":{"summary":"B <&> fires"},\
            "endsAt":"2023-11-14T22:13:22.000Z","fingerprint":"\(fingerprint("B"))",\
            "generatorURL":"https://mon.example/alerts/B",\
            "labels":{"alertname":"B","severity":"critical"},\
            "startsAt":"2023-11-14T22:13:21.000Z","status":"resolved"}],\
            "commonAnnotations":{},"commonLabels":{"severity":"critical"},\
            "externalURL":"https://mon.example",\
            "groupKey":"{}/{}:{severity=\\"critical\\"}","groupLabels":{"severity":"critical"},\
            "notification_reason":"first notification","receiver":"r0","status":"firing",\
            "truncatedAlerts":0,"version":"4"}
            """
        #expect(request.text == expected)
    }

    private func fingerprint(_ name: String) -> String {
        (["alertname": name, "severity": "critical"] as LabelSet).hexFingerprint
    }

    @Test("max_alerts cuts the list, firing alerts first, and says how many are missing")
    func maximumAlertCount() async throws {
        let server = try TestServer(replies: [.status(200)])
        let fixture = try DispatchFixture(
            urls: [server.url()], groupBy: [], maximumAlertCount: 2)
        try fixture.fire("A", "B", "C", "D", at: 0)
        _ = try await fixture.dispatch(at: 0)
        try fixture.resolve("A", "B", at: 5)
        _ = try await fixture.dispatch(at: 10)
        let payloads = server.requests.compactMap(\.payload)
        #expect(payloads.map(\.truncatedAlerts) == [2, 2])
        #expect(payloads[1].status == .firing)
        #expect(Set(payloads[1].alerts.map(\.labels["alertname"])) == ["C", "D"])
    }

    @Test("group_wait, group_interval and repeat_interval decide when, and the next wake is exact")
    func timing() async throws {
        let server = try TestServer(replies: [.status(200)])
        let fixture = try DispatchFixture(
            urls: [server.url()], groupWait: .seconds(30), groupInterval: .seconds(60),
            repeatInterval: .seconds(600), groupBy: [])
        try fixture.fire("A", at: 0)
        #expect(try await fixture.dispatch(at: 0).nextWake == DispatchFixture.at(30))
        #expect(try await fixture.dispatch(at: 29).writtenCount == 0)
        #expect(try await fixture.dispatch(at: 30).nextWake == DispatchFixture.at(630))
        try fixture.fire("B", at: 40)
        #expect(try await fixture.dispatch(at: 40).nextWake == DispatchFixture.at(90))
        #expect(try await fixture.dispatch(at: 90).deliveredCount == 1)
        #expect(try await fixture.dispatch(at: 690).deliveredCount == 1)
        try fixture.resolve("A", "B", at: 700)
        #expect(try await fixture.dispatch(at: 700).nextWake == DispatchFixture.at(750))
        #expect(try await fixture.dispatch(at: 750).nextWake == nil)
        #expect(
            server.requests.compactMap(\.payload?.notificationReason) == [
                "first notification", "new alerts added", "repeat interval elapsed",
                "all alerts resolved",
            ])
    }

    @Test("what fired and resolved before the first notification is not told")
    func neverTold() async throws {
        let server = try TestServer(replies: [.status(200)])
        let fixture = try DispatchFixture(urls: [server.url()], groupWait: .seconds(30))
        try fixture.fire("A", at: 0)
        try fixture.resolve("A", at: 10)
        let report = try await fixture.dispatch(at: 30)
        #expect(report.writtenCount == 0 && report.nextWake == nil)
        #expect(server.requests.isEmpty)
        #expect(try fixture.store.outbox().isEmpty)
    }

    @Test("a receiver that is down hears firing and resolved, in order, after a restart")
    func receiverDown() async throws {
        let port = try TestServer.refusingPort()
        let fixture = try DispatchFixture(urls: ["http://127.0.0.1:\(port)/"])
        try fixture.fire("A", at: 0)
        let first = try await fixture.dispatch(at: 0)
        #expect(first.retriedCount == 1)
        // Entropy is all ones: the jitter is the ceiling, 1 s after the first failure.
        let wake = try #require(first.nextWake)
        #expect((wake - DispatchFixture.at(1)).inSeconds.magnitude < 0.002)
        try fixture.resolve("A", at: 5)
        #expect(try await fixture.dispatch(at: 10).writtenCount == 1)
        #expect(try fixture.store.outbox().map(\.state) == [.waiting, .waiting])
        let written = try fixture.store.outbox().map(\.body)

        try fixture.restart()
        let server = try TestServer(port: port, replies: [.status(200)])
        #expect(try await fixture.dispatch(at: 400).deliveredCount == 2)
        #expect(server.requests.map(\.news) == ["firing A", "resolved A"])
        #expect(server.requests.map(\.body) == written.reversed())
        #expect(try fixture.store.outbox().map(\.state) == [.delivered, .delivered])
        #expect(try await fixture.dispatch(at: 500).deliveredCount == 0)
    }

    @Test("retries carry the same id and the same bytes, and wait as Retry-After asks")
    func retryAfter() async throws {
        let server = try TestServer(
            replies: [
                .status(500),
                Reply(status: 429, headers: [(name: "Retry-After", value: "120")]),
                .status(200),
            ])
        let fixture = try DispatchFixture(urls: [server.url()])
        try fixture.fire("A", at: 0)
        #expect(try await fixture.dispatch(at: 0).retriedCount == 1)
        #expect(try await fixture.dispatch(at: 0.5).retriedCount == 0)
        let second = try await fixture.dispatch(at: 2)
        #expect(second.retriedCount == 1 && second.nextWake == DispatchFixture.at(122))
        #expect(try fixture.store.outbox().first?.lastError == "the receiver answered 429")
        #expect(try await fixture.dispatch(at: 121).deliveredCount == 0)
        #expect(try await fixture.dispatch(at: 122).deliveredCount == 1)
        #expect(server.requests.count == 3)
        #expect(Set(server.requests.map { $0.header("webhook-id") }).count == 1)
        #expect(Set(server.requests.map(\.body)).count == 1)
        #expect(
            server.requests.map { $0.header("webhook-timestamp") } == [
                "1700000000", "1700000002", "1700000122",
            ])
        let settled = try #require(try fixture.store.outbox().first)
        #expect(settled.attemptCount == 3 && settled.lastError == nil)
    }

    @Test("a refusal for good is a dead letter and does not hold up what follows")
    func permanent() async throws {
        let server = try TestServer(
            replies: [
                Reply(status: 400, body: Array("no such\u{1B} route".utf8)), .status(200),
            ])
        let fixture = try DispatchFixture(urls: [server.url()])
        try fixture.fire("A", at: 0)
        #expect(try await fixture.dispatch(at: 0).deadCount == 1)
        try fixture.resolve("A", at: 5)
        #expect(try await fixture.dispatch(at: 10).deliveredCount == 1)
        let messages = try fixture.store.outbox()
        #expect(messages.map(\.state) == [.delivered, .dead])
        #expect(messages[1].lastError == "the receiver answered 400: no such route")
    }

    @Test("413 is answered with one shorter body under the same id")
    func tooLarge() async throws {
        let server = try TestServer { $0.body.count > 1_500 ? .status(413) : .status(200) }
        let fixture = try DispatchFixture(urls: [server.url()], groupBy: [])
        try fixture.fire("A", "B", "C", "D", "E", "F", "G", "H", at: 0)
        #expect(try await fixture.dispatch(at: 0).deliveredCount == 1)
        let requests = server.requests
        #expect(requests.count == 2)
        #expect(requests[0].header("webhook-id") == requests[1].header("webhook-id"))
        #expect(requests[1].payload?.alerts.count == 2)
        #expect(requests[1].payload?.truncatedAlerts == 6)
    }

    @Test("a receiver that calls everything too large gets two attempts")
    func alwaysTooLarge() async throws {
        let server = try TestServer(replies: [.status(413)])
        let fixture = try DispatchFixture(urls: [server.url()])
        try fixture.fire("A", at: 0)
        #expect(try await fixture.dispatch(at: 0).deadCount == 1)
        #expect(server.requests.count == 2)
    }

    @Test("410 ends a webhook until the next start")
    func gone() async throws {
        let server = try TestServer(replies: [.status(410), .status(200)])
        let fixture = try DispatchFixture(urls: [server.url()])
        try fixture.fire("A", at: 0)
        #expect(try await fixture.dispatch(at: 0).deadCount == 1)
        try fixture.fire("B", at: 20)
        #expect(try await fixture.dispatch(at: 20).deadCount == 1)
        #expect(server.requests.count == 1)
        try fixture.restart()
        try fixture.fire("C", at: 40)
        #expect(try await fixture.dispatch(at: 40).deliveredCount == 1)
    }

    @Test("a message is given up when it expires")
    func expiry() async throws {
        let port = try TestServer.refusingPort()
        let fixture = try DispatchFixture(
            urls: ["http://127.0.0.1:\(port)/"],
            options: DispatchOptions(expiry: .seconds(3_600)))
        try fixture.fire("A", at: 0)
        #expect(try await fixture.dispatch(at: 0).retriedCount == 1)
        #expect(try await fixture.dispatch(at: 3_600).deadCount == 1)
        let message = try #require(try fixture.store.outbox().first)
        #expect(message.state == .dead)
        #expect(message.lastError?.hasPrefix("expired after 1.0 h; ") == true)
    }

    @Test("a repeat is not queued behind a message that still waits")
    func repeatsDoNotPileUp() async throws {
        let port = try TestServer.refusingPort()
        let fixture = try DispatchFixture(
            urls: ["http://127.0.0.1:\(port)/"], repeatInterval: .seconds(60))
        try fixture.fire("A", at: 0)
        for second in stride(from: 0.0, through: 600, by: 10) {
            _ = try await fixture.dispatch(at: second)
        }
        #expect(try fixture.store.outbox().count == 1)
    }

    @Test("a redirect is not followed")
    func redirect() async throws {
        let other = try TestServer(replies: [.status(200)])
        let server = try TestServer(
            replies: [
                Reply(status: 307, headers: [(name: "Location", value: other.url("/secret"))])
            ])
        let fixture = try DispatchFixture(urls: [server.url()])
        try fixture.fire("A", at: 0)
        #expect(try await fixture.dispatch(at: 0).deadCount == 1)
        #expect(other.requests.isEmpty)
        #expect(try fixture.store.outbox().first?.lastError?.contains("secret") == false)
    }

    @Test("a slow receiver does not hold up another one")
    func slowReceiver() async throws {
        let slow = try TestServer { _ in .fault(.hangs) }
        let quick = try TestServer(replies: [.status(200)])
        let fixture = try DispatchFixture(
            urls: [slow.url(), quick.url()], timeout: .seconds(30))
        let dispatcher = fixture.dispatcher
        try fixture.fire("A", at: 0)
        let clock = ManualClock(at: DispatchFixture.at(0).milliseconds)
        let running = Task {
            await dispatcher.run(
                now: { Timestamp(milliseconds: clock.now) }, sleep: clock.sleep)
        }
        #expect(await quick.requests(atLeast: 1).map(\.news) == ["firing A"])
        #expect(await slow.requests(atLeast: 1).count == 1)
        // The slow one still holds its first request while the quick one is told the end.
        try fixture.resolve("A", at: 5)
        clock.advance(by: .seconds(10))
        dispatcher.wake()
        #expect(await quick.requests(atLeast: 2).map(\.news) == ["firing A", "resolved A"])
        #expect(slow.requests.count == 1)
        let store = fixture.store
        let isNoted = await eventually {
            (try? store.outbox().filter { $0.state == .delivered }.count) == 2
        }
        #expect(isNoted)
        running.cancel()
        await running.value
        let waiting = try fixture.store.outbox().filter { $0.state == .waiting }
        #expect(waiting.count == 2 && waiting.allSatisfy { $0.lane.receiver == "r0" })
        #expect(waiting.map(\.attemptCount) == [0, 0])
    }

    @Test("running dispatcher retries by itself, in order, once the receiver is up")
    func running() async throws {
        let port = try TestServer.refusingPort()
        let fixture = try DispatchFixture(urls: ["http://127.0.0.1:\(port)/"])
        let (dispatcher, store) = (fixture.dispatcher, fixture.store)
        let clock = ManualClock(at: DispatchFixture.at(0).milliseconds)
        try fixture.fire("A", at: 0)
        let running = Task {
            await dispatcher.run(
                now: { Timestamp(milliseconds: clock.now) }, sleep: clock.sleep)
        }
        defer { running.cancel() }
        #expect(await eventually { (try? store.outbox().first?.attemptCount) == 1 })
        try fixture.resolve("A", at: 1)
        let server = try TestServer(port: port, replies: [.status(200)])
        clock.advance(by: .seconds(20))
        dispatcher.wake()
        #expect(await server.requests(atLeast: 2).map(\.news) == ["firing A", "resolved A"])
    }

    @Test("many groups of one webhook all arrive, a few at a time")
    func manyGroups() async throws {
        let server = try TestServer(replies: [.status(200)])
        let fixture = try DispatchFixture(urls: [server.url()])
        for index in 0..<25 { try fixture.fire("A\(index)", at: 0) }
        #expect(try await fixture.dispatch(at: 0).deliveredCount == 25)
        #expect(Set(server.requests.map(\.news)).count == 25)
        #expect(server.connectionCount <= 4)
    }

    @Test("a clock that was set back holds up neither groups nor retries")
    func clockSetBack() async throws {
        let server = try TestServer(
            replies: [
                Reply(status: 503, headers: [(name: "Retry-After", value: "3600")]), .status(200),
            ])
        let fixture = try DispatchFixture(
            urls: [server.url()], groupWait: .seconds(30), groupBy: [])
        try fixture.fire("A", at: 100_000)
        _ = try await fixture.dispatch(at: 100_000)
        let set = try await fixture.dispatch(at: 0)
        #expect(set.nextWake == DispatchFixture.at(30))
        #expect(try await fixture.dispatch(at: 30).retriedCount == 1)
        _ = try await fixture.dispatch(at: -100_000)
        #expect(try await fixture.dispatch(at: -96_399).deliveredCount == 1)
    }

    @Test("the outbox is bounded: settled messages go, and too many waiting ones are given up")
    func bounds() async throws {
        let port = try TestServer.refusingPort()
        let fixture = try DispatchFixture(
            urls: ["http://127.0.0.1:\(port)/"],
            options: DispatchOptions(maximumWaitingCount: 3))
        for index in 0..<5 { try fixture.fire("A\(index)", at: 0) }
        _ = try await fixture.dispatch(at: 0)
        _ = try await fixture.dispatch(at: 61)
        #expect(try fixture.store.outbox().filter { $0.state == .waiting }.count == 3)
        let dead = try #require(try fixture.store.outbox().last)
        #expect(dead.lastError == "given up: more than 3 messages were waiting")
        _ = try await fixture.dispatch(at: 200_000)
        _ = try await fixture.dispatch(at: 400_000)
        let left = try fixture.store.outbox()
        let earliest = DispatchFixture.at(200_000).milliseconds
        #expect(left.count <= 5 && left.allSatisfy { $0.createdMilliseconds >= earliest })
    }
}
