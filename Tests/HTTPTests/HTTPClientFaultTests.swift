import TestSupport
import Testing

@testable import HTTP

@Suite("HTTP client against peers that misbehave") struct HTTPClientFaultTests {
    @Test("a closed port is told as refused, with the remedy")
    func refused() async throws {
        let port = try TestServer.refusingPort()
        let error = try await withClient {
            await failure(
                of: request("http://u:secret@127.0.0.1:\(port)/secret?k=secret"), with: $0)
        }
        #expect(error?.kind == .connect)
        #expect(
            error?.message
                == "connecting to 127.0.0.1:\(port): connection refused; "
                + "is the service running, and on that port?")
    }

    @Test("a host without an address is told by its name")
    func unresolved() async throws {
        let error = try await withClient {
            await failure(of: request("http://nosuchhost.invalid/"), with: $0)
        }
        #expect(error?.kind == .resolve)
        #expect(error?.message.contains("'nosuchhost.invalid'") == true)
    }

    @Test(
        "the deadline covers headers and body",
        arguments: [
            (Reply.Fault.hangs, "no answer within 0.5s"),
            (
                .stalls(afterByteCount: 3),
                "no end of the answer (3 bytes of the body came) within 0.5s"
            ),
            (.trickles, "no end of the answer (0 bytes of the body came) within 0.5s"),
        ])
    func deadline(fault: Reply.Fault, words: String) async throws {
        let server = try TestServer { _ in .fault(fault, body: "up 1\n") }
        let error = try await withClient {
            await failure(of: request(server.url(), timeout: .milliseconds(500)), with: $0)
        }
        #expect(error?.kind == .timeout)
        #expect(error?.message == "127.0.0.1:\(server.port): \(words)")
    }

    @Test("a timeout of zero fails at once")
    func noTime() async throws {
        let server = try TestServer { _ in .status(200) }
        let error = try await withClient {
            await failure(of: request(server.url(), timeout: .zero), with: $0)
        }
        #expect(error?.kind == .timeout)
    }

    @Test(
        "an answer that breaks off is an error, not a shorter answer",
        arguments: [
            Reply.Fault.closesBeforeReply, .resetsBeforeReply, .truncates(afterByteCount: 3),
            .resets(afterByteCount: 3),
        ])
    func interrupted(fault: Reply.Fault) async throws {
        let server = try TestServer { _ in .fault(fault, body: "up 1\n") }
        let error = try await withClient { await failure(of: request(server.url()), with: $0) }
        #expect(error?.kind == .interrupted, "\(error?.message ?? "")")
        #expect(error?.isTransient == true)
    }

    @Test("a chunked answer without its last chunk is an error")
    func truncatedChunks() async throws {
        let bytes = Array(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nup 1\n\r\n".utf8)
        let server = try TestServer { _ in .fault(.garbage(bytes)) }
        let error = try await withClient { await failure(of: request(server.url()), with: $0) }
        #expect(error?.kind == .interrupted)
    }

    @Test(
        "what is not HTTP is refused",
        arguments: ["SSH-2.0-OpenSSH_9.2\r\n", "\u{1}\u{2}", "HTTP/9.9 x\r\n\r\n"])
    func notHTTP(text: String) async throws {
        let server = try TestServer { _ in .fault(.garbage(Array(text.utf8))) }
        let error = try await withClient { await failure(of: request(server.url()), with: $0) }
        #expect(error?.kind == .malformed, "\(error?.message ?? "")")
    }

    @Test("a body of exactly the limit passes, one byte more does not", arguments: [true, false])
    func bodyLimit(isCompressed: Bool) async throws {
        let body = String(repeating: "x", count: 1000)
        let server = try TestServer { request in
            let reply = Reply.text(body + (request.path == "/more" ? "y" : ""))
            return isCompressed ? reply.gzipped() : reply
        }
        try await withClient { client in
            var exact = request(server.url("/exact"))
            exact.maximumBodyByteCount = 1000
            let response = try await client.response(to: exact)
            #expect(response.body == Array(body.utf8))
            #expect(response.receivedByteCount == (isCompressed ? 1023 : 1000))
            var more = request(server.url("/more"))
            more.maximumBodyByteCount = 1000
            let error = await failure(of: more, with: client)
            #expect(error?.kind == .tooLarge)
            #expect(
                error?.message == "127.0.0.1:\(server.port): the body is longer than 1000 bytes")
        }
    }

    @Test("a small page that unpacks to a huge one is stopped at the limit")
    func gzipBomb() async throws {
        var bomb = Reply(headers: [("Content-Encoding", "gzip")])
        bomb.body = Gzip.bomb(byteCount: 64 << 20)
        let reply = bomb
        #expect(reply.body.count < 1 << 20)
        let server = try TestServer { _ in reply }
        let error = try await withClient { await failure(of: request(server.url()), with: $0) }
        #expect(error?.kind == .tooLarge)
    }

    @Test("a body that says gzip and is not is refused")
    func badGzip() async throws {
        let server = try TestServer { _ in
            var reply = Reply.text("up 1\n")
            reply.headers.append(("Content-Encoding", "gzip"))
            return reply
        }
        let error = try await withClient { await failure(of: request(server.url()), with: $0) }
        #expect(error?.kind == .malformed, "\(error?.message ?? "")")
    }

    @Test(
        "bodies and headers without end are stopped",
        arguments: [
            Reply.Fault.neverEnds, .neverEndsHeaders,
        ])
    func endless(fault: Reply.Fault) async throws {
        let server = try TestServer { _ in .fault(fault) }
        let error = try await withClient { await failure(of: request(server.url()), with: $0) }
        #expect(error?.kind == .tooLarge, "\(error?.message ?? "")")
        #expect(await eventually { server.openConnectionCount == 0 })
    }

    @Test("after a failure the same client goes on")
    func recovers() async throws {
        let server = try TestServer(replies: [
            .fault(.resetsBeforeReply), .fault(.garbage([0])), .text("up 1\n"),
        ])
        try await withClient { client in
            _ = await failure(of: request(server.url()), with: client)
            _ = await failure(of: request(server.url()), with: client)
            let response = try await client.response(to: request(server.url()))
            #expect(response.status == 200)
        }
    }
}
