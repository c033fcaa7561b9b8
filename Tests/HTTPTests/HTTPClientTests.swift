import TestSupport
import Testing

@testable import HTTP

/// A client for one test, shut down at its end.
func withClient<Value: Sendable>(
    maximumTransferCount: Int = 32, _ body: (HTTPClient) async throws -> Value
) async throws -> Value {
    let client = try HTTPClient(maximumTransferCount: maximumTransferCount)
    do {
        let value = try await body(client)
        await client.shutdown()
        return value
    } catch {
        await client.shutdown()
        throw error
    }
}

func request(_ url: String, timeout: Duration = .seconds(10)) -> HTTPRequest {
    var request = HTTPRequest(url: url)
    request.timeout = timeout
    return request
}

/// The error of a request that must fail.
func failure(
    of request: HTTPRequest, with client: HTTPClient,
    sourceLocation: SourceLocation = #_sourceLocation
) async -> HTTPError? {
    do throws(HTTPError) {
        let response = try await client.response(to: request)
        Issue.record("answered with \(response.status)", sourceLocation: sourceLocation)
        return nil
    } catch {
        return error
    }
}

@Suite("HTTP client") struct HTTPClientTests {
    @Test("an answer arrives whole, with status, headers and body")
    func answer() async throws {
        let server = try TestServer { _ in .text("up 1\n", status: 200) }
        let response = try await withClient { try await $0.response(to: request(server.url())) }
        #expect(response.status == 200)
        #expect(response.body == Array("up 1\n".utf8))
        #expect(response.receivedByteCount == 5)
        #expect(response.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8")
        #expect(response.durationSeconds > 0 && response.durationSeconds < 10)
    }

    @Test("a status that is not 200 is an answer, not an error", arguments: [204, 404, 500, 503])
    func statuses(status: Int) async throws {
        let server = try TestServer { _ in .status(status) }
        let response = try await withClient { try await $0.response(to: request(server.url())) }
        #expect(response.status == status)
    }

    @Test("connections are kept: fifty requests in a row use one")
    func keepsConnection() async throws {
        let server = try TestServer { _ in .text("x 1\n") }
        try await withClient { client in
            for _ in 0..<50 { _ = try await client.response(to: request(server.url())) }
        }
        #expect(server.requests.count == 50)
        #expect(server.connectionCount == 1)
    }

    @Test("a kept connection that the server closed meanwhile is replaced without an error")
    func replacesDeadConnection() async throws {
        let server = try TestServer { _ in .text("x 1\n") }
        try await withClient { client in
            _ = try await client.response(to: request(server.url()))
            server.dropConnections()
            #expect(await eventually { server.openConnectionCount == 0 })
            let second = try await client.response(to: request(server.url()))
            #expect(second.status == 200)
        }
        #expect(server.connectionCount == 2)
    }

    @Test("chunked and HTTP/1.0 answers are read to their end")
    func framings() async throws {
        var chunked = Reply.text(String(repeating: "a 1\n", count: 5000))
        chunked.framing = .chunked(byteCount: 777)
        var old = Reply.text("b 2\n")
        old.version = "HTTP/1.0"
        old.framing = .untilClose
        let server = try TestServer(replies: [chunked, old])
        try await withClient { client in
            let first = try await client.response(to: request(server.url()))
            #expect(first.body == chunked.body)
            let second = try await client.response(to: request(server.url()))
            #expect(second.body == old.body)
        }
    }

    @Test("headers, bearer token and basic credentials are sent as given")
    func sendsHeaders() async throws {
        let server = try TestServer { _ in .status(200) }
        try await withClient { client in
            var first = request(server.url("/metrics?a=b"))
            first.headers = [("Accept", "text/plain"), ("X-Empty", "")]
            first.credentials = .bearer(token: "abc.def")
            _ = try await client.response(to: first)
            var second = request(server.url())
            second.credentials = .basic(user: "Aladdin", password: "open sesame")
            second.acceptsCompression = false
            _ = try await client.response(to: second)
            _ = try await client.response(
                to: request("http://Aladdin:open%20sesame@127.0.0.1:\(server.port)/"))
            _ = try await client.response(to: request(server.url()))
        }
        let requests = server.requests
        #expect(requests[0].target == "/metrics?a=b")
        #expect(requests[0].header("accept") == "text/plain")
        #expect(requests[0].header("x-empty") == "")
        #expect(requests[0].header("authorization") == "Bearer abc.def")
        #expect(requests[0].header("accept-encoding") == "gzip")
        #expect(requests[1].header("authorization") == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")
        #expect(requests[1].header("accept-encoding") == nil)
        #expect(requests[2].header("authorization") == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")
        #expect(requests[3].header("authorization") == nil, "credentials stay with their request")
    }

    @Test("a body is posted whole, with its type and without waiting for 100 Continue")
    func posts() async throws {
        let server = try TestServer { _ in .status(200) }
        let body = [UInt8](repeating: 0, count: 2 << 20)
        try await withClient { client in
            var post = request(server.url("/hook"))
            post.method = "POST"
            post.headers = [("Content-Type", "application/json")]
            post.body = body
            _ = try await client.response(to: post)
            post.body = nil
            post.headers = []
            _ = try await client.response(to: post)
            post.method = "PUT"
            post.body = [1, 2]
            _ = try await client.response(to: post)
        }
        let requests = server.requests
        #expect(requests.map(\.method) == ["POST", "POST", "PUT"])
        #expect(requests[0].body == body)
        #expect(requests[0].header("content-type") == "application/json")
        #expect(requests[0].header("expect") == nil)
        #expect(requests[1].header("content-type") == nil)
        #expect(requests[2].body == [1, 2])
    }

    @Test(
        "a header that would smuggle another is refused before it is sent",
        arguments: [
            ("X-A", "1\r\nX-B: 2"), ("X-A: 1\r\nX-B", "2"), ("", "1"), ("X A", "1"),
            ("X-A", "\u{0}"),
        ])
    func refusesHeaders(name: String, value: String) async throws {
        let server = try TestServer { _ in .status(200) }
        try await withClient { client in
            var bad = request(server.url())
            bad.headers = [(name, value)]
            #expect(await failure(of: bad, with: client)?.kind == .badRequest)
            var token = request(server.url())
            token.credentials = .bearer(token: "abc\r\nX-B: 2")
            #expect(await failure(of: token, with: client)?.kind == .badRequest)
        }
        #expect(server.requests.isEmpty)
    }

    @Test(
        "only http and https URLs are taken, and the error does not repeat them",
        arguments: [
            "", "metrics", "file:///etc/passwd", "ftp://secret@host/", "http://",
            "http://host:99999/", "http://a b/", "gopher://secret/", "http://ho\u{0}st/secret",
        ])
    func refusesURLs(url: String) async throws {
        let error = try await withClient { await failure(of: request(url), with: $0) }
        #expect(error?.kind == .badURL)
        #expect(error?.message.contains("secret") == false)
    }

    @Test("many at once are answered, never more than the limit at the same time")
    func boundsTransfers() async throws {
        let server = try TestServer { _ in
            var reply = Reply.status(200)
            reply.delay = .milliseconds(20)
            return reply
        }
        try await withClient(maximumTransferCount: 3) { client in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<30 {
                    group.addTask { try await client.response(to: request(server.url())).status }
                }
                for try await status in group { #expect(status == 200) }
            }
        }
        #expect(server.requests.count == 30)
        #expect(server.connectionCount <= 3)
    }

    @Test("who waits for a free transfer waits no longer than the request's timeout")
    func waitingTimesOut() async throws {
        let server = try TestServer { _ in .fault(.hangs) }
        try await withClient(maximumTransferCount: 1) { client in
            let first = Task { await failure(of: request(server.url()), with: client) }
            _ = await server.requests(atLeast: 1)
            let second = await failure(
                of: request(server.url(), timeout: .milliseconds(50)), with: client)
            #expect(second?.kind == .timeout)
            #expect(second?.message.contains("1 others are running") == true)
            first.cancel()
            #expect(await first.value?.kind == .cancelled)
        }
    }

    @Test("cancelling the task ends the transfer and closes its connection")
    func cancels() async throws {
        let server = try TestServer { _ in .fault(.hangs) }
        try await withClient { client in
            let task = Task { await failure(of: request(server.url()), with: client) }
            _ = await server.requests(atLeast: 1)
            task.cancel()
            #expect(await task.value?.kind == .cancelled)
            #expect(await eventually { server.openConnectionCount == 0 })
        }
    }

    @Test("a task that was cancelled before it asked sends nothing")
    func cancelledBefore() async throws {
        let server = try TestServer { _ in .status(200) }
        try await withClient { client in
            let task = Task {
                while !Task.isCancelled { await Task.yield() }
                return await failure(of: request(server.url()), with: client)
            }
            task.cancel()
            #expect(await task.value?.kind == .cancelled)
        }
        #expect(server.requests.isEmpty)
    }

    @Test("a shutdown answers whoever waits, and whoever comes later")
    func shutsDown() async throws {
        let server = try TestServer { _ in .fault(.hangs) }
        let client = try HTTPClient(maximumTransferCount: 2)
        let tasks = (0..<4).map { _ in
            Task { await failure(of: request(server.url()), with: client) }
        }
        _ = await server.requests(atLeast: 2)
        await client.shutdown()
        for task in tasks { #expect(await task.value?.kind == .shutDown) }
        #expect(await failure(of: request(server.url()), with: client)?.kind == .shutDown)
        await client.shutdown()
        #expect(await eventually { server.openConnectionCount == 0 })
    }
}
