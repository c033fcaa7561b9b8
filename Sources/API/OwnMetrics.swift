import Querying
import Storage
import TimeSeries

/// How often the API was asked, and how long it took.
struct RequestCounters: Sendable {
    struct Key: Hashable {
        var handler: String
        var code: Int
    }

    private(set) var active = 0
    private(set) var refused = 0
    private(set) var counts: [Key: Int] = [:]
    private(set) var seconds: [String: Double] = [:]

    /// - Returns: Whether there is room for one more.
    mutating func begin(limit: Int) -> Bool {
        guard active < limit else {
            refused += 1
            return false
        }
        active += 1
        return true
    }

    mutating func end(_ handler: String, status: Int, after duration: Duration) {
        active -= 1
        counts[Key(handler: handler, code: status), default: 0] += 1
        seconds[handler, default: 0] += duration.inSeconds
    }
}

extension APIHandler {
    /// mlmon's own page, as text or as OpenMetrics, whichever the client asks for.
    func ownMetrics(accept: String) throws -> Answer {
        let isOpen = accept.lowercased().contains("application/openmetrics-text")
        var page = MetricsPage(isOpenMetrics: isOpen)
        page.gauge("mlmon_build", help: "What runs here; always 1.", suffix: "_info") {
            [(["version": sources.version], 1)]
        }
        for metric in try sources.store.statistics().metrics + sources.ownMetrics() {
            write(metric, to: &page)
        }
        let targets = try sources.store.targets()
        page.gauge("mlmon_targets", help: "Targets by health.") {
            let up = targets.filter(\.isUp).count
            return [
                (["health": "up"], Double(up)), (["health": "down"], Double(targets.count - up)),
            ]
        }
        let alerts = try sources.store.alerts()
        page.gauge("mlmon_alerts", help: "Alerts by state.") {
            [AlertRecord.State.pending, .firing].map { state in
                (["state": state.rawValue], Double(alerts.filter { $0.state == state }.count))
            }
        }
        writeRequests(to: &page)
        return Answer(bytes: page.finished(), contentType: page.contentType)
    }

    private func write(_ metric: OwnMetric, to page: inout MetricsPage) {
        switch metric.kind {
        case .gauge: page.gauge(metric.name, help: metric.help) { metric.samples }
        case .counter: page.counter(metric.name, help: metric.help) { metric.samples }
        }
    }

    private func writeRequests(to page: inout MetricsPage) {
        let counters = counters.withLock { $0 }
        page.gauge("mlmon_api_requests_in_flight", help: "Questions at work.") {
            [([:], Double(counters.active))]
        }
        page.counter("mlmon_api_requests_refused", help: "Questions over the limit.") {
            [([:], Double(counters.refused))]
        }
        page.counter("mlmon_api_requests", help: "Questions answered.") {
            counters.counts.sorted { ($0.key.handler, $0.key.code) < ($1.key.handler, $1.key.code) }
                .map {
                    (["handler": $0.key.handler, "code": "\($0.key.code)"], Double($0.value))
                }
        }
        page.counter("mlmon_api_request_duration_seconds", help: "Time spent on answers.") {
            counters.seconds.sorted { $0.key < $1.key }.map { (["handler": $0.key], $0.value) }
        }
    }
}

/// A page of metrics in the text format 0.0.4 or as OpenMetrics 1.0.
///
/// They differ in the name that a counter's TYPE line gives and in the last line.
struct MetricsPage {
    let isOpenMetrics: Bool
    private var text = ""

    init(isOpenMetrics: Bool) {
        self.isOpenMetrics = isOpenMetrics
    }

    var contentType: String {
        isOpenMetrics
            ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
            : "text/plain; version=0.0.4; charset=utf-8"
    }

    /// - Parameter suffix: `_info` for a metric that only holds labels.
    mutating func gauge(
        _ name: String, help: String, suffix: String = "",
        _ samples: () -> [(labels: [String: String], value: Double)]
    ) {
        let type = suffix == "_info" && isOpenMetrics ? "info" : "gauge"
        write(name, type, isOpenMetrics ? "" : suffix, help, suffix, samples())
    }

    /// - Parameter name: Without `_total`.
    mutating func counter(
        _ name: String, help: String, _ samples: () -> [(labels: [String: String], value: Double)]
    ) {
        write(name, "counter", isOpenMetrics ? "" : "_total", help, "_total", samples())
    }

    private mutating func write(
        _ name: String, _ type: String, _ familySuffix: String, _ help: String, _ suffix: String,
        _ samples: [(labels: [String: String], value: Double)]
    ) {
        if samples.isEmpty { return }
        text += "# HELP \(name)\(familySuffix) \(help)\n# TYPE \(name)\(familySuffix) \(type)\n"
        for (labels, value) in samples {
            text += "\(LabelSet(metricName: name + suffix, labels)) \(formatted(value))\n"
        }
    }

    mutating func finished() -> [UInt8] {
        if isOpenMetrics { text += "# EOF\n" }
        return Array(text.utf8)
    }
}
