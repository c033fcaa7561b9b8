import TestSupport
import Testing

@testable import HTTP

/// Handles stay set up from one request to the next: nothing of a request may show in another.
@Suite("HTTP client, from request to request") struct HTTPReuseTests {
    /// One transfer at a time, so that every request uses the same handle.
    private func requests(_ all: [(TestServer) -> HTTPRequest]) async throws
        -> [TestServer.Request]
    {
        let server = try TestServer { _ in .text("x 1\n") }
        try await withClient(maximumTransferCount: 1) { client in
            for make in all { _ = try await client.response(to: make(server)) }
        }
        return server.requests
    }

    @Test("URL and headers are those of the request, whatever was asked before")
    func headers() async throws {
        let asked = try await requests([
            {
                var first = request($0.url("/a"))
                first.headers = [("Accept", "text/plain"), ("User-Agent", "one")]
                return first
            },
            {
                var second = request($0.url("/b?c=d"))
                second.headers = [("Accept", "text/html")]
                return second
            },
            { request($0.url("/e")) },
            {
                var fourth = request($0.url("/a"))
                fourth.headers = [("Accept", "text/plain"), ("User-Agent", "one")]
                return fourth
            },
        ])
        #expect(asked.map(\.target) == ["/a", "/b?c=d", "/e", "/a"])
        #expect(
            asked.map { $0.header("accept") }
                == ["text/plain", "text/html", "*/*", "text/plain"])
        #expect(asked.map { $0.header("user-agent") } == ["one", nil, nil, "one"])
    }

    @Test("credentials, secret headers, methods and bodies do not stay")
    func secrets() async throws {
        let plain: (TestServer) -> HTTPRequest = { request($0.url()) }
        let asked = try await requests([
            plain,
            {
                var secret = request($0.url())
                secret.headers = [("X-Api-Key", "s3cret")]
                return secret
            },
            plain,
            {
                var post = request($0.url())
                post.method = "POST"
                post.body = Array("body".utf8)
                return post
            },
            plain,
            {
                var uncompressed = request($0.url())
                uncompressed.acceptsCompression = false
                uncompressed.credentials = .bearer(token: "t")
                return uncompressed
            },
            plain,
        ])
        #expect(asked.map(\.method) == ["GET", "GET", "GET", "POST", "GET", "GET", "GET"])
        #expect(asked.map { $0.header("x-api-key") } == [nil, "s3cret", nil, nil, nil, nil, nil])
        #expect(asked.map(\.text) == ["", "", "", "body", "", "", ""])
        #expect(
            asked.map { $0.header("authorization") }
                == [nil, nil, nil, nil, nil, "Bearer t", nil])
        #expect(
            asked.map { $0.header("accept-encoding") }
                == ["gzip", "gzip", "gzip", "gzip", "gzip", nil, "gzip"])
    }

    @Test("after a failure the next request is answered")
    func failures() async throws {
        let port = try TestServer.refusingPort()
        let server = try TestServer { _ in .text("x 1\n") }
        try await withClient(maximumTransferCount: 1) { client in
            for _ in 0..<3 {
                let refused = await failure(of: request("http://127.0.0.1:\(port)/"), with: client)
                #expect(refused?.kind == .connect)
                let response = try await client.response(to: request(server.url()))
                #expect(response.status == 200)
            }
        }
        #expect(server.connectionCount == 1)
    }

    @Test("many servers keep one connection each")
    func connections() async throws {
        let servers = try (0..<40).map { _ in try TestServer { _ in .text("x 1\n") } }
        try await withClient(maximumTransferCount: 8) { client in
            for _ in 0..<3 {
                for server in servers { _ = try await client.response(to: request(server.url())) }
            }
        }
        #expect(servers.allSatisfy { $0.connectionCount == 1 && $0.requests.count == 3 })
    }
}
