import ArgumentParser
import Configuring
import Logging
import Storage

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Collect, detect and alert without a screen, until TERM or INT.",
        discussion: """
            For a service manager. Messages go to standard error. 'mlmon' beside it, with the same \
            configuration, shows what it sees.
            """)

    @Flag(name: .shortAndLong, help: "Also say what is of interest to developers.")
    var verbose = false

    @Option(
        help: ArgumentHelp(
            "Serve the HTTP API of Prometheus here, instead of the configuration's 'api'.",
            valueName: "host:port"))
    var listen: String?

    @OptionGroup var location: StoreLocation

    func run() throws {
        Program.ignoreClosedPipes()
        var configuration = try location.loadConfiguration()
        if let listen { configuration.api = try api(configuration.api, listeningOn: listen) }
        guard !configuration.services.isEmpty else {
            throw CommandFailure(
                "'\(location.configurationPath ?? "")' names no services; "
                    + "'mlmon discover' finds those of this machine")
        }
        var logger = Logger(label: "mlmon") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = verbose ? .debug : .info
        let store = try StoreLocation.open(configuration.store)
        let monitor = try location.orFail {
            try Monitor(configuration, store: store, logger: logger, handlesSignals: true)
        }
        logger.info(
            "collecting",
            metadata: [
                "services": "\(configuration.services.count)",
                "store": "\(configuration.store.path)",
            ])
        try Concurrently.wait { try await monitor.run() }
        logger.info("stopped")
    }

    /// - Parameter configured: Gives credentials and TLS.
    private func api(_ configured: APISettings?, listeningOn listen: String) throws -> APISettings {
        guard let address = APISettings(listen: listen) else {
            throw ValidationError(
                "--listen is '\(listen)', expected HOST:PORT, like 127.0.0.1:9190")
        }
        var settings = configured ?? address
        (settings.host, settings.port) = (address.host, address.port)
        if let refusal = settings.refusal {
            throw CommandFailure("--listen is '\(listen)': \(refusal), under 'api'")
        }
        return settings
    }
}
