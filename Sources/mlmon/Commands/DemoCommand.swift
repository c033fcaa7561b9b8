import ArgumentParser
import Configuring
import DemoFleet
import Foundation
import Scraping
import Storage
import Synchronization

struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "The monitor over a simulated fleet with incidents.",
        discussion: """
            Everything is simulated, and kept only as long as the demo runs. In the first three \
            minutes: a latency spike, drift on a canary, a burst of errors, a service that dies.

            With --serve-only the fleet is served without a screen, so that mlmon or anything else \
            can be pointed at it.
            """)

    @Flag(help: "Only serve the fleet, until INT or TERM.")
    var serveOnly = false

    @Option(help: "Port on the loopback interface; 0 takes a free one.")
    var port = 0

    @Option(help: "Seed of the simulated traffic.")
    var seed: UInt64 = 1

    @OptionGroup var screen: ScreenOptions

    func validate() throws {
        guard (0...65_535).contains(port) else {
            throw ValidationError("--port is \(port), expected 0...65535")
        }
    }

    func run() throws {
        Program.ignoreClosedPipes()
        let fleet = RunningFleet(seed: seed)
        if serveOnly { return try serve(fleet) }
        let port = try fleet.start(port: port)
        try TemporaryStore.with { path in
            let configuration = try Self.configuration(port: port, storePath: path)
            var options = try screen.options(dashboards: configuration.dashboards)
            options.isSimulated = true
            let store = try StoreLocation.open(configuration.store)
            try FullScreen(configuration: configuration, store: store, options: options).run()
        }
    }

    private func serve(_ fleet: RunningFleet) throws {
        let port = try fleet.start(port: port)
        let services = DemoFleet.services(port: port)
        for service in services { Program.complain("\(service.url)  \(service.kind)") }
        print(
            MonitorConfiguration.renderExample(
                for: services.map {
                    FoundService(name: $0.name, url: $0.url, preset: $0.preset)
                }),
            terminator: "")
        // Standard output may be a pipe that a script waits on.
        fflush(nil)
        try fleet.waitForEnd()
    }

    /// Short windows, so that the incidents of the first minutes are seen in them.
    private static func configuration(
        port: Int, storePath: String
    ) throws -> MonitorConfiguration {
        var configuration = try MonitorConfiguration.shippedDefaults()
        configuration.store.path = storePath
        configuration.scrapeInterval = .seconds(2)
        configuration.drift.window = .seconds(10)
        configuration.drift.learning = .seconds(40)
        configuration.services = DemoFleet.services(port: port).map { service in
            var target = Target(
                service: service.name, url: service.url, instance: "127.0.0.1:\(port)")
            target.preset = service.preset
            target.interval = .seconds(2)
            target.timeout = .seconds(2)
            return target
        }
        return configuration
    }
}

/// The simulated fleet, served in the background.
private final class RunningFleet: Sendable {
    private let server: DemoServer
    private let serving = Mutex<Task<Void, any Error>?>(nil)

    init(seed: UInt64) {
        let start = ContinuousClock.now
        server = DemoServer(seed: seed, startedAt: Program.now().seconds) {
            ContinuousClock.now - start
        }
    }

    /// - Returns: The port that was taken.
    func start(port: Int) throws -> Int {
        let server = server
        do {
            return try Concurrently.wait {
                let (ports, continuation) = AsyncThrowingStream<Int, any Error>.makeStream()
                let task = Task.detached {
                    do {
                        try await server.run(port: port) { continuation.yield($0) }
                        continuation.finish()
                    } catch {
                        continuation.finish(throwing: error)
                        throw error
                    }
                }
                self.serving.withLock { $0 = task }
                for try await port in ports { return port }
                throw CommandFailure("the server ended before it began")
            }
        } catch {
            throw CommandFailure("cannot serve the demo fleet on port \(port): \(error)")
        }
    }

    func waitForEnd() throws {
        let task = serving.withLock { $0 }
        try Concurrently.wait { try await task?.value }
    }
}
