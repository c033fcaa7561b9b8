import Configuring
import Foundation
import Hummingbird
import HummingbirdCore
import Logging
import Querying
import ServiceLifecycle
import TimeSeries

/// Serves the HTTP API of Prometheus over a store.
///
/// Bounded in every direction: connections, size of a request, questions at work at a time, and
/// the time of each. Questions run on threads of their own, so that a long one delays no scrape.
package struct APIServer: Service {
    private static let connectionCount = 256
    /// A store on a slow disk is served cold.
    private static let warmUpLimit = DispatchTimeInterval.milliseconds(500)

    private let settings: APISettings
    private let handler: APIHandler
    private let logger: Logger
    private let onReady: @Sendable (Int) async -> Void

    /// - Parameters:
    ///   - limits: Those of the settings where none are given.
    ///   - onReady: Called once connections are accepted, with the port that was taken.
    package init(
        _ settings: APISettings, sources: APISources, limits: APILimits? = nil,
        logger: Logger, onReady: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        self.settings = settings
        self.logger = logger
        self.onReady = onReady
        handler = APIHandler(
            settings: settings, sources: sources,
            limits: limits ?? APILimits(settings.limits))
    }

    /// Serves until the task is cancelled or the service group shuts down.
    ///
    /// - Throws: Where the settings may not be served, the port cannot be bound, or a TLS file
    ///   cannot be read.
    package func run() async throws {
        if let refusal = settings.refusal { throw APIError(message: refusal) }
        let handler = handler
        await handler.warmUp(atMost: Self.warmUpLimit)
        let (onReady, logger, settings) = (onReady, logger, settings)
        let application = Application(
            responder: CallbackResponder { (request: Request, _: BasicRequestContext) in
                await handler.response(to: request)
            },
            server: try TLSServer.builder(
                settings.tls, idleTimeout: handler.limits.idleTimeout),
            configuration: .init(
                address: .hostname(settings.host, port: settings.port),
                availableConnectionsDelegate: MaximumAvailableConnections(Self.connectionCount)),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? settings.port
                logger.info(
                    "serving the HTTP API",
                    metadata: ["host": "\(settings.host)", "port": "\(port)"])
                await onReady(port)
            },
            logger: Logger(label: "mlmon.api") { _ in SwiftLogNoOpLogHandler() })
        do {
            try await cancelWhenGracefulShutdown { try await application.run() }
        } catch is CancellationError {
            return
        }
    }
}

/// Why the API is not served.
package struct APIError: Error, Equatable, CustomStringConvertible {
    package let message: String

    package var description: String { "api: \(message)" }
}

/// What requests may use.
package struct APILimits: Sendable {
    /// Of a form; Grafana's longest are some kilobytes.
    package var bodyByteCount: Int
    /// How long a connection is kept for a request that has not come, or not with all of its
    /// headers, so that whoever opens connections and says nothing soon leaves room for others.
    package var idleTimeout = Duration.seconds(10)
    /// Questions at work; one more is refused with 503.
    package var concurrentCount: Int
    /// Also what a `timeout` of the request can at most ask for.
    package var timeout: Duration
    /// Of an answer of `series`, `labels` and the like.
    package var resultCount = 500_000
    package var query = QueryLimits()

    package init(_ limits: APISettings.Limits = APISettings.Limits()) {
        bodyByteCount = limits.bodyByteCount
        concurrentCount = limits.concurrentCount
        timeout = limits.timeout
        query.maximumSamples = limits.sampleCount
        query.maximumSeries = limits.seriesCount
    }
}
