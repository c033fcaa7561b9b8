import Storage
import TimeSeries

/// What a snapshot needs beside the signal series.
package struct StoreRecords: Sendable, Equatable {
    package var targets: [TargetStatus]
    package var alerts: [AlertRecord]
    package var driftWindows: [DriftWindowRecord]
    /// Of this process's own store; a reader beside the collector always finds it sound.
    package var condition = StoreCondition.sound

    package init(
        targets: [TargetStatus], alerts: [AlertRecord] = [],
        driftWindows: [DriftWindowRecord] = []
    ) {
        self.targets = targets
        self.alerts = alerts
        self.driftWindows = driftWindows
    }

    package init(of store: Store) throws {
        targets = try store.targets()
        alerts = try store.alerts()
        driftWindows = try store.driftWindows()
        condition = store.condition
    }

    /// Nothing has been collected yet.
    var isUnscraped: Bool { targets.allSatisfy { $0.lastScrapeMilliseconds == nil } }

    var services: [String] { Set(targets.map(\.service)).sorted() }

    func targets(of service: String) -> [TargetSummary] {
        targets.filter { $0.service.utf8.elementsEqual(service.utf8) }
            .sorted { $0.instance < $1.instance }
            .map { status in
                TargetSummary(
                    instance: status.instance, preset: status.preset, isUp: status.isUp,
                    lastScrape: status.lastScrapeMilliseconds.map { Timestamp(milliseconds: $0) },
                    durationSeconds: status.lastDurationSeconds,
                    intervalSeconds: status.intervalSeconds, message: status.message,
                    url: status.url, isPresetRecognised: status.isPresetRecognised,
                    sampleCount: status.sampleCount)
            }
    }

    var alertLines: [AlertLine] {
        alerts.map(Self.line).sorted(by: AlertLine.listOrder)
    }

    private static func line(_ alert: AlertRecord) -> AlertLine {
        let annotations = alert.annotations
        let text = annotations["summary"] ?? annotations["description"] ?? alert.rule
        let service = alert.labels["service"] ?? ""
        let state: AlertLine.State =
            switch alert.state {
            case .firing: .firing
            case .pending: .pending
            case .resolved: .resolved
            }
        let since =
            switch alert.state {
            case .firing: alert.firingSinceMilliseconds ?? alert.pendingSinceMilliseconds
            case .pending: alert.pendingSinceMilliseconds
            case .resolved: alert.resolvedAtMilliseconds ?? alert.lastEvaluatedMilliseconds
            }
        return AlertLine(
            id: alert.fingerprint, rule: alert.rule, service: service,
            severity: Severity(label: alert.labels["severity"]),
            state: state, summary: Self.withoutPrefix(text, service),
            since: Timestamp(milliseconds: since), detail: Self.detail(of: alert))
    }

    private static func detail(of alert: AlertRecord) -> AlertLine.Detail {
        func time(_ milliseconds: Int64?) -> Timestamp? {
            milliseconds.map { Timestamp(milliseconds: $0) }
        }
        func pairs(
            _ map: [String: String], without name: String?
        ) -> [(name: String, value: String)] {
            map.sorted { $0.key < $1.key }.filter { $0.key != name }
                .map { (name: $0.key, value: $0.value) }
        }
        let annotations = alert.annotations
        var detail = AlertLine.Detail()
        detail.ruleLocation = alert.ruleLocation
        detail.labels = pairs(alert.labels, without: "alertname")
        detail.annotations = pairs(
            annotations, without: annotations["summary"] == nil ? "description" : "summary")
        detail.value = alert.value
        detail.pendingSince = time(alert.pendingSinceMilliseconds)
        detail.firingSince = time(alert.firingSinceMilliseconds)
        detail.resolvedAt = time(alert.resolvedAtMilliseconds)
        detail.lastEvaluated = time(alert.lastEvaluatedMilliseconds)
        return detail
    }

    /// `ranker-eu: p99 is 268ms` beside a column that says `ranker-eu` already.
    private static func withoutPrefix(_ text: String, _ service: String) -> String {
        guard !service.isEmpty, text.hasPrefix(service) else { return text }
        var rest = text.dropFirst(service.count)
        guard let first = rest.first, first == ":" || first == " " else { return text }
        while let first = rest.first, first == ":" || first == " " { rest.removeFirst() }
        return rest.isEmpty ? text : String(rest)
    }

    /// How a service is at `now`, and why where it is not well.
    func health(
        of targets: [TargetSummary], alerts: [AlertLine], drift: DriftState?, at now: Timestamp
    ) -> (health: Health, reason: String?) {
        let reason = targets.first { !$0.isUp }?.message ?? targets.compactMap(\.message).first
        let scraped = targets.filter { $0.lastScrape != nil }
        if !scraped.isEmpty {
            let isStale = scraped.allSatisfy { target in
                guard let last = target.lastScrape else { return true }
                return now - last > .seconds(max(10, 3 * target.intervalSeconds))
            }
            if isStale { return (.stale, reason) }
            if scraped.allSatisfy({ !$0.isUp }) { return (.down, reason) }
        }
        let firing = alerts.filter { $0.state == .firing }
        if firing.contains(where: { $0.severity == .critical }) { return (.critical, reason) }
        if firing.contains(where: { $0.severity == .warning }) || drift == .drifted {
            return (.warning, reason)
        }
        if scraped.contains(where: { !$0.isUp }) { return (.warning, reason) }
        if alerts.contains(where: { $0.state == .pending }) { return (.pending, reason) }
        return (scraped.isEmpty ? .unknown : .ok, reason)
    }
}

extension DriftState {
    init(_ state: DriftWindowRecord.State) {
        switch state {
        case .learning: self = .learning
        case .insufficient: self = .insufficient
        case .stable: self = .stable
        case .drifted: self = .drifted
        }
    }
}
