import HTTP
import Synchronization
import TestSupport
import Testing
import TimeSeries

@testable import Scraping

@Suite("Scraper when the world fails") struct ScraperFailureTests {
    @Test(
        "whatever goes wrong is up 0 and a message, and the next scrape is good again",
        arguments: [
            (Reply.status(404), "check the path"),
            (.status(401), "needs credentials"),
            (.status(403), "needs credentials"),
            (.status(501, "{\"type\":\"not_supported_error\"}"), "--metrics"),
            (.status(400, "{\"type\":\"InvalidKeyException\"}"), "needs credentials"),
            (.status(204), "HTTP 204, expected 200"),
            (.status(503), "not ready"),
            (.text("<html>Login</html>", type: "text/html"), "web page (text/html)"),
            (.text("\n <html>Login</html>", type: "text/plain"), "web page"),
            (.text("{\"a\": 1}", type: "application/json"), "JSON"),
            (.text("x", type: "application/vnd.google.protobuf"), "protobuf"),
            (.text("x", type: "image/\u{1B}[31mpng"), "of type 'image/"),
            (.text("a 1\nb b b\n"), "line 2"),
            (.fault(.resetsBeforeReply), "reset the connection"),
            (.fault(.closesBeforeReply), "without an answer"),
            (.fault(.truncates(afterByteCount: 2), body: "a 1\n"), "after 2 bytes"),
            (.redirect(to: "http://example.invalid/"), "another host"),
            (
                Reply(
                    headers: [("Content-Encoding", "gzip")], body: Gzip.bomb(byteCount: 32 << 20)),
                "longer than"
            ),
        ])
    func failure(reply: Reply, words: String) async throws {
        let results = try await ScrapeHarness.results(of: [reply, .text("a 1\n")])
        #expect(results.count == 2)
        let message = try #require(results.first?.status.message)
        #expect(results.first?.value("up") == 0)
        #expect(message.contains(words), "\(message)")
        #expect(message.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F })
        #expect(results.last?.value("up") == 1)
    }

    @Test("refused credentials are told from missing ones")
    func refusedCredentials() async throws {
        let results = try await ScrapeHarness.results(of: [.status(401)]) {
            $0.credentials = .bearer(token: "secret")
        }
        #expect(
            results.first?.status.message == "HTTP 401: the configured credentials were refused")
    }

    @Test("an empty page is up, and the preset's hint tells what to do")
    func emptyPage() async throws {
        let preset = Preset(
            name: "torchserve", title: "TorchServe", hint: "set metrics_mode=prometheus")
        let types = ["text/plain", "application/openmetrics-text", nil]
        for type in types {
            let results = try await ScrapeHarness.results(
                of: [.text("", type: type)], configure: { $0.preset = "torchserve" },
                presets: [preset])
            let result = try #require(results.first)
            #expect(result.value("up") == 1)
            #expect(result.value("scrape_samples_scraped") == 0)
            #expect(
                result.status.message == "the page is empty; set metrics_mode=prometheus")
            #expect(result.status.preset == "torchserve")
            #expect(!result.status.isPresetRecognised)
        }
    }

    @Test("a page that announces families without samples is not called empty")
    func announcedFamilies() async throws {
        let results = try await ScrapeHarness.results(of: [
            .text("# HELP Requests2XX Total\n# TYPE Requests2XX counter\n")
        ])
        #expect(results.first?.value("up") == 1)
        #expect(
            results.first?.status.message
                == "nothing counted yet; the service has had no requests")
    }

    @Test("the series of a page that became empty end")
    func becomesEmpty() async throws {
        let results = try await ScrapeHarness.results(of: [.text("a 1\n"), .text("")])
        #expect(results.last?.value("a")?.isStaleMarker == true)
        #expect(results.last?.value("up") == 1)
    }

    @Test("a service that does not answer is down after the timeout, which the interval bounds")
    func slow() async throws {
        let results = try await ScrapeHarness.results(of: [.fault(.hangs)]) {
            $0.timeout = .seconds(10)
            $0.interval = .milliseconds(500)
        }
        #expect(results.first?.value("up") == 0)
        #expect(results.first?.status.message?.hasSuffix("no answer within 0.5s") == true)
    }

    @Test("a service that does not run is down, and up when it starts")
    func starts() async throws {
        let port = try TestServer.refusingPort()
        let target = Target(
            service: "s", url: "http://127.0.0.1:\(port)/metrics", instance: "127.0.0.1:\(port)")
        let harness = try ScrapeHarness(startingAt: ScrapeHarness.justAfterSlot(of: target))
        try await harness.running(harness.scraper([target])) {
            let down = try #require(await harness.next())
            #expect(down.value("up") == 0)
            #expect(down.status.message?.contains("connection refused") == true)
            let server = try TestServer(port: port) { _ in .text("a 1\n") }
            let up = try #require(await harness.next())
            #expect(up.value("up") == 1)
            #expect(server.requests.count == 1)
        }
    }

    @Test(
        "a probe is up for any answer below 500",
        arguments: [
            (200, 1.0), (204, 1), (302, 1), (401, 1), (404, 1), (500, 0), (503, 0),
        ])
    func probe(status: Int, up: Double) async throws {
        let reply = Reply(
            status: status, headers: [("Location", "http://example.invalid/")],
            body: Array("{\"status\": \"ok\"}".utf8))
        let results = try await ScrapeHarness.results(of: [reply]) { $0.kind = .probe }
        let result = try #require(results.first)
        #expect(result.value("up") == up)
        #expect(result.value("probe_http_status_code") == Double(status))
        #expect(result.value("probe_duration_seconds") == result.value("scrape_duration_seconds"))
        #expect(result.value("scrape_samples_scraped") == nil)
    }

    @Test("a probe without an answer is down with status 0")
    func probeDown() async throws {
        let results = try await ScrapeHarness.results(of: [.fault(.closesBeforeReply)]) {
            $0.kind = .probe
        }
        #expect(results.first?.value("up") == 0)
        #expect(results.first?.value("probe_http_status_code") == 0)
    }

    @Test("a shutdown writes nothing about scrapes in flight")
    func shutdown() async throws {
        let server = try TestServer(replies: [.text("a 1\n"), .fault(.hangs)])
        let target = Target(service: "s", url: server.url(), instance: "i")
        let harness = try ScrapeHarness(startingAt: ScrapeHarness.justAfterSlot(of: target))
        try await harness.running(harness.scraper([target])) {
            _ = await harness.next()
            await harness.clock.waitForSleepers(1)
            harness.clock.advance(by: .seconds(15))
            _ = await server.requests(atLeast: 2)
        }
        #expect(harness.all.count == 1)
    }

    @Test("a slot whose scrape before still runs is skipped")
    func overlap() async throws {
        let server = try TestServer(replies: [.fault(.hangs), .text("a 1\n")])
        let target = Target(service: "s", url: server.url(), instance: "i")
        let harness = try ScrapeHarness(startingAt: ScrapeHarness.justAfterSlot(of: target))
        try await harness.running(harness.scraper([target])) {
            await harness.clock.waitForSleepers(1)
            harness.clock.advance(by: .seconds(15))
            _ = await server.requests(atLeast: 1)
            await harness.clock.waitForSleepers(1)
            harness.clock.advance(by: .seconds(15))
            await harness.clock.waitForSleepers(1)
            #expect(server.requests.count == 1)
            server.dropConnections()
            await eventually { harness.all.count == 1 }
            #expect(await harness.next()?.value("up") == 1)
        }
    }

    @Test("one that hangs holds up nobody else, within the bound on scrapes")
    func independence() async throws {
        let good = try TestServer { _ in .text("a 1\n") }
        let bad = try TestServer { _ in .fault(.hangs) }
        let targets = (0..<4).map { i in
            Target(
                service: "s\(i)", url: i == 0 ? bad.url() : good.url("/\(i)"), instance: "i\(i)")
        }
        let harness = try ScrapeHarness()
        try await harness.running(harness.scraper(targets, maximumScrapeCount: 2)) {
            await harness.clock.waitForSleepers(1)
            harness.clock.advance(by: .seconds(15))
            #expect(await eventually { Set(harness.all.map(\.targetIndex)) == [1, 2, 3] })
        }
        #expect(harness.all.allSatisfy { $0.isUp })
    }

    @Test(
        "five hundred targets are all scraped in one interval, each over one connection",
        arguments: [1, 3])
    func many(clientCount: Int) async throws {
        let server = try TestServer { _ in .text("a 1\nb 2\n") }
        let targets = (0..<500).map { i in
            Target(service: "s\(i % 20)", url: server.url("/\(i)"), instance: "i\(i)")
        }
        let harness = try ScrapeHarness(clientCount: clientCount)
        try await harness.running(harness.scraper(targets)) {
            for round in 1...2 {
                await harness.clock.waitForSleepers(clientCount)
                harness.clock.advance(by: .seconds(15))
                #expect(
                    await eventually(within: 60) {
                        let counts = Dictionary(grouping: harness.all, by: \.targetIndex)
                        return counts.count == 500 && counts.values.allSatisfy { $0.count >= round }
                    })
            }
        }
        #expect(harness.all.allSatisfy { $0.isUp })
        #expect(Set(server.requests.map(\.target)).count == 500)
    }
}
