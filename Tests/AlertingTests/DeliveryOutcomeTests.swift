import HTTP
import Testing
import TimeSeries

@testable import Alerting

@Suite struct DeliveryOutcomeTests {
    private static let now = Timestamp(seconds: 1_700_000_000)

    private func outcome(
        _ status: Int, _ headers: [(name: String, value: String)] = [], body: String = ""
    ) -> DeliveryOutcome {
        DeliveryOutcome(
            HTTPResponse(
                status: status, headers: headers, body: Array(body.utf8), receivedByteCount: 0,
                durationSeconds: 0), at: Self.now)
    }

    @Test("2xx is delivered", arguments: [200, 201, 202, 204, 299])
    func delivered(status: Int) {
        #expect(outcome(status) == .delivered)
    }

    @Test(
        "overload and server errors are transient",
        arguments: [408, 425, 429, 500, 502, 503, 504, 599])
    func transient(status: Int) {
        #expect(
            outcome(status)
                == .transient(reason: "the receiver answered \(status)", retryAfter: nil))
    }

    @Test("other answers are permanent", arguments: [400, 401, 403, 404, 405, 415, 422, 451])
    func permanent(status: Int) {
        #expect(outcome(status) == .permanent(reason: "the receiver answered \(status)"))
    }

    @Test("410 ends a receiver, 413 asks for less")
    func special() {
        #expect(outcome(410) == .gone(reason: "the receiver answered 410"))
        #expect(outcome(413) == .tooLarge(reason: "the receiver answered 413"))
    }

    @Test("a redirect is permanent, and only its host is told")
    func redirect() {
        let location = (name: "location", value: "https://u:p@hooks.example/secret?token=1")
        guard case .permanent(let reason) = outcome(307, [location]) else {
            Issue.record("not permanent")
            return
        }
        #expect(reason.contains("to hooks.example;"))
        #expect(!reason.contains("secret") && !reason.contains("token") && !reason.contains("u:p"))
    }

    @Test("the answer's first words are kept without control characters")
    func excerpt() {
        let reason = "the receiver answered 400: no [31mroute"
        #expect(outcome(400, body: "no \u{1B}[31m\r\nroute") != .permanent(reason: reason))
        #expect(
            outcome(400, body: "no\u{1B}\r\nroute")
                == .permanent(reason: "the receiver answered 400: no route"))
    }

    @Test(
        "Retry-After is read as seconds or date, and capped at an hour",
        arguments: [
            ("0", 0), ("120", 120), (" 7", 7), ("999999", 3_600),
            ("99999999999999999999999", 3_600),
            ("Tue, 14 Nov 2023 22:15:20 GMT", 120), ("Tue, 14 Nov 2023 22:00:00 GMT", 0),
        ])
    func retryAfter(value: String, seconds: Int) {
        #expect(
            outcome(429, [(name: "retry-after", value: value)])
                == .transient(
                    reason: "the receiver answered 429", retryAfter: .seconds(seconds)))
    }

    @Test("a Retry-After that is none is passed over", arguments: ["soon", "-1", "1.5", "Tue, 14"])
    func noRetryAfter(value: String) {
        #expect(
            outcome(503, [(name: "retry-after", value: value)])
                == .transient(reason: "the receiver answered 503", retryAfter: nil))
    }

    @Test("errors without an answer are transient, mistakes of configuration are not")
    func errors() {
        for kind in [HTTPError.Kind.resolve, .connect, .tls, .timeout, .interrupted, .malformed] {
            #expect(
                DeliveryOutcome(HTTPError(kind, "x")) == .transient(reason: "x", retryAfter: nil))
        }
        #expect(DeliveryOutcome(HTTPError(.badURL, "x")) == .permanent(reason: "x"))
        #expect(DeliveryOutcome(HTTPError(.redirect, "x")) == .permanent(reason: "x"))
        #expect(DeliveryOutcome(HTTPError(.cancelled, "x")) == .interrupted)
        #expect(DeliveryOutcome(HTTPError(.shutDown, "x")) == .interrupted)
    }

    @Test("the ceiling of the wait doubles from 1 s to 5 min, and jitter is full")
    func backoff() {
        let ceilings = (1...12).map { Backoff.wait(afterFailures: $0, fraction: 1) }
        #expect(ceilings.prefix(4) == [.seconds(1), .seconds(2), .seconds(4), .seconds(8)])
        #expect(ceilings.suffix(3) == [.seconds(300), .seconds(300), .seconds(300)])
        #expect(Backoff.wait(afterFailures: 100, fraction: 1) == .seconds(300))
        #expect(Backoff.wait(afterFailures: 5, fraction: 0) == .zero)
        #expect(Backoff.wait(afterFailures: 3, fraction: 0.5) == .seconds(2))
    }
}
