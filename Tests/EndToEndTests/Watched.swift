import Foundation
import Synchronization
import TestSupport

/// A service, a webhook receiver, and a configuration that joins them, in a folder of their own.
final class Watched: Sendable {
    let folder: TemporaryDirectory
    let service: ModelService
    let hook: Hook

    init(hook: Hook, rules: String? = nil, extra: String = "") throws {
        folder = try TemporaryDirectory()
        service = try ModelService()
        self.hook = hook
        var lines = [
            "store: {path: mlmon.db}",
            "scrape: {interval: 1s}",
            "services:",
            "  - name: digits",
            "    url: \(service.url)",
            "detect: {drift: {window: 2s, reference: {learn: 4s}}}",
            "receivers:",
            "  - name: hook",
            "    webhook: {url: \"\(hook.url)\"}",
            "route: {receiver: hook, group_wait: 100ms, group_interval: 500ms}",
        ]
        if let rules {
            _ = try folder.write(rules, to: "rules.yaml")
            lines.append("rules: [rules.yaml]")
        }
        _ = try folder.write((lines + [extra]).joined(separator: "\n") + "\n", to: "mlmon.yaml")
    }

    func start() throws -> Program { try Program(["run"], in: folder.path) }

    func mlmon(_ arguments: String...) throws -> Program.Result {
        try Program.run(arguments, in: folder.path)
    }

    /// The values of an instant query by series, empty where it fails.
    func values(_ expression: String) throws -> [Double] {
        let result = try mlmon("query", expression, "--format", "json")
        guard result.status == 0,
            let answer = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
                as? [String: Any],
            let data = answer["data"] as? [String: Any],
            let entries = data["result"] as? [[String: Any]]
        else { return [] }
        return entries.compactMap { ($0["value"] as? [Any])?.last as? String }
            .compactMap(Double.init)
    }

    /// Waits until the page was read that many more times.
    func scrapes(_ count: Int) async -> Bool {
        let target = service.scrapeCount + count
        return await eventually { service.scrapeCount >= target }
    }
}

/// Serves requests steadily until it is cancelled.
func traffic(
    to service: ModelService, _ next: @escaping @Sendable () -> (count: Int, classes: [String])
) -> Task<Int, Never> {
    Task.detached {
        var total = 0
        while !Task.isCancelled {
            let (count, classes) = next()
            service.serve(count, classes: classes)
            total += count
            try? await Task.sleep(for: .milliseconds(100))
        }
        return total
    }
}

/// A webhook receiver that keeps what it got.
final class Hook: Sendable {
    private let server: TestServer

    /// - Parameter status: Answered to the request of that number, counted from 0.
    init(port: Int = 0, status: @escaping @Sendable (Int) -> Int = { _ in 200 }) throws {
        let count = Counter()
        server = try TestServer(port: port) { _ in .status(status(count.next())) }
    }

    var url: String { server.url("/hook") }
    var port: Int { server.port }

    /// Every message, in the order of arrival, refused ones included.
    var messages: [WebhookMessage] {
        server.requests.compactMap {
            try? JSONDecoder().decode(WebhookMessage.self, from: Data($0.body))
        }
    }

    var requestCount: Int { server.requests.count }

    func stop() { server.stop() }

    func has(_ status: String, _ alert: String) -> Bool {
        messages.contains { message in
            message.alerts.contains { $0.status == status && $0.labels["alertname"] == alert }
        }
    }
}

/// Counts up from 0.
final class Counter: Sendable {
    private let value = Mutex(0)

    func next() -> Int {
        value.withLock { value in
            defer { value += 1 }
            return value
        }
    }
}

/// Alertmanager's webhook format, version 4: decoding fails where a field is missing or of another
/// type.
struct WebhookMessage: Decodable {
    struct Alert: Decodable {
        let status: String
        let labels: [String: String]
        let annotations: [String: String]
        let startsAt: String
        let endsAt: String
        let generatorURL: String
        let fingerprint: String
    }

    let version: String
    let groupKey: String
    let truncatedAlerts: Int
    let status: String
    let receiver: String
    let groupLabels: [String: String]
    let commonLabels: [String: String]
    let commonAnnotations: [String: String]
    let externalURL: String
    let alerts: [Alert]
}
