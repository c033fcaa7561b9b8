import Synchronization
import TestSupport

/// An inference service with Prometheus metrics whose traffic the test decides.
final class ModelService: Sendable {
    private let traffic: Traffic
    private let server: TestServer

    init(port: Int = 0) throws {
        let traffic = Traffic()
        self.traffic = traffic
        server = try TestServer(port: port) { _ in .text(traffic.page) }
    }

    var port: Int { server.port }
    var url: String { server.url() }
    var scrapeCount: Int { server.requests.count }

    /// Answers more requests, all after the same time.
    ///
    /// - Parameter classes: What is predicted, in turn.
    func serve(
        _ count: Int, failed: Int = 0, latencySeconds: Double = 0.03, classes: [String] = ["cat"]
    ) {
        traffic.add(count, failed: failed, latencySeconds: latencySeconds, classes: classes)
    }

    func stop() { server.stop() }
}

/// The counters behind the page.
private final class Traffic: Sendable {
    private struct Counters {
        var ok = 0
        var failed = 0
        var latencyCounts = [Int](repeating: 0, count: Traffic.bounds.count)
        var latencySum = 0.0
        var predictions: [String: Int] = [:]
    }

    private static let bounds = [0.01, 0.05, 0.1, 0.5, 1]
    private let counters = Mutex(Counters())

    func add(_ count: Int, failed: Int, latencySeconds: Double, classes: [String]) {
        counters.withLock { counters in
            counters.ok += count
            counters.failed += failed
            if let bucket = Self.bounds.firstIndex(where: { latencySeconds <= $0 }) {
                counters.latencyCounts[bucket] += count + failed
            }
            counters.latencySum += latencySeconds * Double(count + failed)
            for i in 0..<count { counters.predictions[classes[i % classes.count], default: 0] += 1 }
        }
    }

    var page: String {
        let now = counters.withLock { $0 }
        let who = #"model="digits",version="1""#
        var lines = ["# TYPE inference_requests_total counter"]
        lines.append("inference_requests_total{\(who),status=\"200\"} \(now.ok)")
        if now.failed > 0 {
            lines.append("inference_requests_total{\(who),status=\"500\"} \(now.failed)")
        }
        lines.append("# TYPE inference_latency_seconds histogram")
        var cumulative = 0
        for (bound, count) in zip(Self.bounds, now.latencyCounts) {
            cumulative += count
            lines.append("inference_latency_seconds_bucket{\(who),le=\"\(bound)\"} \(cumulative)")
        }
        let total = now.ok + now.failed
        lines.append("inference_latency_seconds_bucket{\(who),le=\"+Inf\"} \(total)")
        lines.append("inference_latency_seconds_sum{\(who)} \(now.latencySum)")
        lines.append("inference_latency_seconds_count{\(who)} \(total)")
        lines.append("# TYPE model_predictions_total counter")
        for (name, count) in now.predictions.sorted(by: { $0.key < $1.key }) {
            lines.append("model_predictions_total{\(who),class=\"\(name)\"} \(count)")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
