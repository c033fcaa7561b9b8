import API
import Configuring
import Foundation
import HTTP
import Logging
import Storage
import TestSupport
import Testing
import TimeSeries

/// A server over a small store, for the time of one closure.
struct Served {
    static let now = Timestamp(milliseconds: 1_795_239_722_885)

    let port: Int
    let client: HTTPClient
    var scheme = "http"
    var credentials = HTTPRequest.Credentials.none

    func get(_ path: String, headers: [(name: String, value: String)] = []) async throws
        -> HTTPResponse
    {
        try await ask(path, method: "GET", body: nil, headers: headers)
    }

    func expect(
        _ status: Int, _ path: String, headers: [(name: String, value: String)] = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let response = try await get(path, headers: headers)
        #expect(response.status == status, sourceLocation: sourceLocation)
    }

    func post(_ path: String, _ form: String) async throws -> HTTPResponse {
        try await ask(
            path, method: "POST", body: Array(form.utf8),
            headers: [(name: "Content-Type", value: "application/x-www-form-urlencoded")])
    }

    func ask(
        _ path: String, method: String, body: [UInt8]?, headers: [(name: String, value: String)]
    ) async throws -> HTTPResponse {
        var request = HTTPRequest(url: "\(scheme)://127.0.0.1:\(port)\(path)")
        request.method = method
        request.body = body
        request.headers = headers
        request.credentials = credentials
        request.tls.isInsecure = true
        return try await client.response(to: request)
    }

    /// - Parameter body: Runs while the server does.
    static func run(
        _ settings: APISettings = APISettings(host: "127.0.0.1", port: 0),
        limits: APILimits = APILimits(), _ body: (Served) async throws -> Void
    ) async throws {
        let folder = try TemporaryDirectory()
        let store = try Store(StoreOptions(path: folder.file("mlmon.db")))
        try fill(store)
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        let rules = try RuleGroupExample.groups()
        let server = APIServer(
            settings,
            sources: APISources(
                store: store, ruleGroups: rules, now: { now }, version: "1.2.3"),
            limits: limits, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            onReady: { continuation.yield($0) })
        let task = Task {
            defer { continuation.finish() }
            try await server.run()
        }
        let client = try HTTPClient()
        var failure: (any Error)?
        for await port in ports {
            do {
                let scheme = settings.tls == nil ? "http" : "https"
                try await body(Served(port: port, client: client, scheme: scheme))
            } catch {
                failure = error
            }
            break
        }
        task.cancel()
        do {
            try await task.value
        } catch {
            failure = failure ?? error
        }
        await client.shutdown()
        try store.close()
        if let failure { throw failure }
    }

    private static func fill(_ store: Store) throws {
        for step in 0..<10 {
            store.append([
                SampleBatch(
                    at: Timestamp(milliseconds: now.milliseconds - Int64(9 - step) * 1000),
                    [
                        (LabelSet(metricName: "psi", ["model": "churn"]), 0.25 * Double(step)),
                        (LabelSet(metricName: "psi", ["model": "fraud"]), .nan),
                        (LabelSet(metricName: "hits_total", ["q": "a \"b\"\n"]), Double(step)),
                        (LabelSet(metricName: "up", ["http.status": "é"]), 1),
                    ])
            ])
        }
        try store.commit()
        try store.record(targets: [
            TargetStatus(
                service: "digits", instance: "h:1", url: "http://h:1/metrics", preset: "triton",
                isPresetRecognised: true, intervalSeconds: 2, isUp: false,
                lastScrapeMilliseconds: now.milliseconds, lastDurationSeconds: 0.5,
                sampleCount: 0, message: "connection refused")
        ])
    }
}
