import Hummingbird
import Logging
import Synchronization

/// Serves the simulated fleet over HTTP, on the loopback interface alone.
package final class DemoServer: Sendable {
    private let simulation: Mutex<FleetSimulation>
    private let elapsed: @Sendable () -> Duration

    /// - Parameters:
    ///   - startedAt: Seconds since the epoch, shown as the start of the simulated processes.
    ///   - clock: Time since the fleet started; never runs backwards.
    package init(seed: UInt64, startedAt: Double, clock: @escaping @Sendable () -> Duration) {
        simulation = Mutex(FleetSimulation(seed: seed, startedAt: startedAt))
        elapsed = clock
    }

    /// Serves until the task is cancelled.
    ///
    /// - Parameters:
    ///   - port: 0 takes a free one.
    ///   - onReady: Called once connections are accepted, with the port that was taken.
    /// - Throws: Where the port cannot be bound.
    package func run(
        port: Int, onReady: @escaping @Sendable (Int) async -> Void
    ) async throws {
        let server = self
        let application = Application(
            responder: CallbackResponder { (request: Request, context: DemoContext) in
                await server.response(path: request.uri.path, context: context)
            },
            configuration: .init(address: .hostname("127.0.0.1", port: port)),
            onServerRunning: { channel in
                await onReady(channel.localAddress?.port ?? port)
            },
            logger: Logger(label: "mlmon.demo") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            group.addTask { await server.keepUp() }
            try await group.next()
            group.cancelAll()
        }
    }

    /// Moves the fleet on while nobody asks, so that no request pays for hours at once.
    private func keepUp() async {
        while !Task.isCancelled {
            simulation.withLock { $0.advance(to: elapsed()) }
            try? await Task.sleep(for: .seconds(5))
        }
    }

    private func response(path: String, context: DemoContext) async -> Response {
        if path == "/" { return Self.text(index) }
        let answer = simulation.withLock { simulation in
            simulation.advance(to: elapsed())
            return simulation.answer(path: path)
        }
        switch answer {
        case .page(let contentType, let text):
            return Self.text(text, contentType: contentType)
        case .unknownService:
            return Self.text("no such service; GET / lists them\n", status: .notFound)
        case .down:
            // The client sees a connection that ends without an answer, as of a dead process.
            await context.closeConnection()
            return Self.text("", status: .serviceUnavailable)
        }
    }

    private var index: String {
        "simulated inference services of mlmon demo\n\n"
            + FleetPlan.services.map { "\($0.path)  \($0.server.title): \($0.summary)\n" }.joined()
    }

    private static func text(
        _ text: String, contentType: String = "text/plain; charset=utf-8",
        status: HTTPResponse.Status = .ok
    ) -> Response {
        Response(
            status: status, headers: [.contentType: contentType],
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}

/// Gives a request the means to end its own connection.
private struct DemoContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let closeConnection: @Sendable () async -> Void

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        let channel = source.channel
        closeConnection = { try? await channel.close() }
    }
}
