import TestSupport
import Testing

@testable import HTTP

@Suite("HTTP redirects") struct HTTPRedirectTests {
    @Test(
        "a redirect on the same host is followed, with the credentials",
        arguments: [
            301, 302, 303, 307, 308,
        ])
    func follows(status: Int) async throws {
        let server = try TestServer { request in
            request.path == "/metrics"
                ? .redirect(to: "/metrics/", status: status) : .text("up 1\n")
        }
        try await withClient { client in
            var get = request("http://a:b@127.0.0.1:\(server.port)/metrics")
            get.headers = [("X-Api-Key", "k")]
            let response = try await client.response(to: get)
            #expect(response.status == 200)
            #expect(response.header("location") == nil)
        }
        #expect(server.requests.map(\.target) == ["/metrics", "/metrics/"])
        #expect(server.requests.allSatisfy { $0.header("authorization") == "Basic YTpi" })
        #expect(server.requests.allSatisfy { $0.header("x-api-key") == "k" })
        #expect(server.connectionCount == 1)
    }

    @Test("another host is never asked")
    func otherHost() async throws {
        let other = try TestServer { _ in .status(200) }
        let server = try TestServer { _ in
            .redirect(to: "http://localhost:\(other.port)/steal?token=secret")
        }
        let error = try await withClient { await failure(of: request(server.url()), with: $0) }
        #expect(error?.kind == .redirect)
        #expect(error?.message.contains("'localhost'") == true)
        #expect(error?.message.contains("secret") == false)
        #expect(other.requests.isEmpty)
    }

    @Test("another port of the host gets a request without secrets, and none with")
    func otherPort() async throws {
        let other = try TestServer { _ in .text("up 1\n") }
        let server = try TestServer { _ in .redirect(to: other.url()) }
        try await withClient { client in
            var plain = request(server.url())
            plain.headers = [("Accept", "text/plain")]
            let answer = try await client.response(to: plain)
            #expect(answer.status == 200)
            var token = request(server.url())
            token.credentials = .bearer(token: "t")
            #expect(await failure(of: token, with: client)?.kind == .redirect)
            var header = request(server.url())
            header.headers = [("X-Api-Key", "k")]
            #expect(await failure(of: header, with: client)?.kind == .redirect)
            let userinfo = request("http://a:b@127.0.0.1:\(server.port)/")
            #expect(await failure(of: userinfo, with: client)?.kind == .redirect)
        }
        #expect(other.requests.count == 1)
    }

    @Test("a redirect to another scheme is refused before it is tried, where there are credentials")
    func otherSchemeWithCredentials() async throws {
        let server = try TestServer { _ in .redirect(to: "https://127.0.0.1:1/metrics") }
        let error = try await withClient { client in
            var token = request(server.url())
            token.credentials = .bearer(token: "t")
            return await failure(of: token, with: client)
        }
        #expect(error?.kind == .redirect)
        #expect(error?.message.contains("https on port 1") == true)
    }

    @Test(
        "other schemes and broken locations are refused",
        arguments: [
            "file:///etc/passwd", "ftp://127.0.0.1/", "http://", "gopher://127.0.0.1:1/x",
        ])
    func otherScheme(location: String) async throws {
        let server = try TestServer { _ in .redirect(to: location) }
        let error = try await withClient { await failure(of: request(server.url()), with: $0) }
        #expect(error != nil)
        #expect(server.requests.count == 1)
    }

    @Test("a circle ends at the limit")
    func circle() async throws {
        let server = try TestServer { request in .redirect(to: request.target) }
        let error = try await withClient { await failure(of: request(server.url()), with: $0) }
        #expect(error?.kind == .redirect)
        #expect(server.requests.count == 4)
    }

    @Test("a POST, and a request that follows none, get the redirect as their answer")
    func notFollowed() async throws {
        let server = try TestServer { _ in .redirect(to: "/elsewhere") }
        try await withClient { client in
            var post = request(server.url())
            post.method = "POST"
            post.body = [1]
            let answer = try await client.response(to: post)
            #expect(answer.status == 307)
            var get = request(server.url())
            get.maximumRedirectCount = 0
            let response = try await client.response(to: get)
            #expect(response.status == 307)
            #expect(response.header("Location") == "/elsewhere")
        }
    }

    @Test("the deadline spans all hops")
    func deadline() async throws {
        let server = try TestServer { request in
            var reply = Reply.redirect(to: "/\(request.path.count)")
            reply.delay = .milliseconds(120)
            return reply
        }
        let error = try await withClient { client in
            var get = request(server.url(), timeout: .milliseconds(300))
            get.maximumRedirectCount = 100
            return await failure(of: get, with: client)
        }
        #expect(error?.kind == .timeout)
        #expect(server.requests.count <= 4)
    }
}
