import HTTP
import Synchronization
import Testing

@testable import DemoFleet

@Suite("The demo server", .timeLimit(.minutes(1)))
struct DemoServerTests {
    /// Runs a server at a time of the script, and ends it after the body.
    private func serving(
        at elapsed: Duration, _ body: @escaping @Sendable (Int, HTTPClient) async throws -> Void
    ) async throws {
        let server = DemoServer(seed: 11, startedAt: 1_750_000_000) { elapsed }
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        let running = Task {
            defer { continuation.finish() }
            try await server.run(port: 0) { port in continuation.yield(port) }
        }
        var iterator = ports.makeAsyncIterator()
        let port = try #require(await iterator.next())
        let client = try HTTPClient()
        do {
            try await body(port, client)
        } catch {
            await client.shutdown()
            running.cancel()
            throw error
        }
        await client.shutdown()
        running.cancel()
        _ = await running.result
    }

    @Test("every service answers its page over real HTTP")
    func everyPage() async throws {
        try await serving(at: .seconds(40)) { port, client in
            #expect(port > 0)
            for service in DemoFleet.services(port: port) {
                let response = try await client.response(to: HTTPRequest(url: service.url))
                #expect(response.status == 200)
                #expect(response.header("Content-Type")?.hasPrefix("text/plain") == true)
                let page = Page(String(decoding: response.body, as: UTF8.self))
                #expect(page.malformed.isEmpty, "\(service.name)")
                #expect(!page.samples.isEmpty, "\(service.name)")
            }
        }
    }

    @Test("a dead service ends the connection without an answer, the others live")
    func deadService() async throws {
        try await serving(at: .seconds(160)) { port, client in
            let address = "http://127.0.0.1:\(port)"
            await #expect(throws: HTTPError.self) {
                try await client.response(to: HTTPRequest(url: "\(address)/embed-text/metrics"))
            }
            let other = try await client.response(to: HTTPRequest(url: "\(address)/churn/metrics"))
            #expect(other.status == 200)
        }
    }

    @Test("the root lists the services, and anything else is not found")
    func index() async throws {
        try await serving(at: .zero) { port, client in
            let root = try await client.response(to: HTTPRequest(url: "http://127.0.0.1:\(port)/"))
            let text = String(decoding: root.body, as: UTF8.self)
            #expect(text.contains("/llm-chat/metrics"))
            let missing = try await client.response(
                to: HTTPRequest(url: "http://127.0.0.1:\(port)/metrics"))
            #expect(missing.status == 404)
        }
    }

    @Test("there are at least six services of five kinds, two with a canary")
    func fleetSize() {
        let services = DemoFleet.services(port: 1)
        #expect(services.count >= 6)
        #expect(Set(services.map(\.url)).count == services.count)
        #expect(Set(services.map(\.kind)).count >= 5)
        #expect(FleetPlan.services.filter { $0.models.count > 1 }.count >= 2)
    }
}
