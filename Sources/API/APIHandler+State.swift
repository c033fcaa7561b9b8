import Alerting
import Querying
import Storage
import TimeSeries

extension APIHandler {
    /// What pages said of their families; else what mlmon says of its own, and what names suggest.
    func metadata(_ request: APIRequest) throws -> Answer {
        let wanted = request["metric"]
        let limit = try request.limit() ?? .max
        let perMetric = try request.limit("limit_per_metric") ?? .max
        let names = try sources.store.labelValues(of: LabelSet.metricNameLabel)
        let own = try sources.store.statistics().metrics + sources.ownMetrics()
        let families = MetricMetadata.conventional(names)
            .merging(MetricMetadata.own(own)) { $1 }
            .merging(sources.metadata()) { $1 }
        let kept = families.keys.filter { wanted == nil || $0 == wanted }.sorted().prefix(limit)
        return success {
            $0.object { json in
                for name in kept {
                    json.key(name)
                    json.array { json in
                        for metadata in (families[name] ?? []).prefix(perMetric) {
                            json.object {
                                $0.member("type", metadata.type)
                                $0.member("help", metadata.help)
                                $0.member("unit", metadata.unit)
                            }
                        }
                    }
                }
            }
        }
    }

    func targets(_ request: APIRequest) throws -> Answer {
        let state = request["state"]?.lowercased() ?? "any"
        let pool = request["scrapePool"]
        let targets =
            state == "dropped"
            ? [] : try sources.store.targets().filter { pool == nil || $0.service == pool }
        return success {
            $0.object {
                $0.key("activeTargets")
                $0.array { json in
                    for target in targets { Self.write(target, to: &json) }
                }
                $0.key("droppedTargets")
                $0.array { _ in }
            }
        }
    }

    private static func write(_ target: TargetStatus, to json: inout JSONText) {
        let labels = ["service": target.service, "instance": target.instance]
        let interval = Duration.milliseconds(Int64(target.intervalSeconds * 1000))
        let timeout = target.timeoutSeconds ?? min(target.intervalSeconds, 10)
        let timeoutText = Duration.milliseconds(Int64(timeout * 1000)).prometheusDescription
        json.object {
            $0.key("discoveredLabels")
            $0.labels(
                labels.merging(discoveredLabels(target.url)) { $1 }.merging([
                    "__scrape_interval__": interval.prometheusDescription,
                    "__scrape_timeout__": timeoutText,
                ]) { $1 })
            $0.key("labels")
            $0.labels(labels)
            $0.member("scrapePool", target.service)
            $0.member("scrapeUrl", target.url)
            $0.member("globalUrl", target.url)
            $0.member("lastError", target.isUp ? "" : target.message ?? "down")
            $0.member("lastScrape", time(target.lastScrapeMilliseconds))
            $0.member("lastScrapeDuration", number: target.lastDurationSeconds ?? 0)
            let isKnown = target.lastScrapeMilliseconds != nil
            $0.member("health", isKnown ? (target.isUp ? "up" : "down") : "unknown")
            $0.member("scrapeInterval", interval.prometheusDescription)
            $0.member("scrapeTimeout", timeoutText)
        }
    }

    /// As Prometheus tells scheme, address and path apart.
    private static func discoveredLabels(_ url: String) -> [String: String] {
        guard let colon = url.firstRange(of: "://") else { return ["__address__": url] }
        let rest = url[colon.upperBound...]
        let address = rest.prefix { $0 != "/" && $0 != "?" }
        let path = rest.dropFirst(address.count).prefix { $0 != "?" }
        return [
            "__scheme__": String(url[..<colon.lowerBound]), "__address__": String(address),
            "__metrics_path__": path.isEmpty ? "/" : String(path),
        ]
    }

    /// RFC 3339; Go's zero time where there is none.
    private static func time(_ milliseconds: Int64?) -> String {
        guard let milliseconds else { return "0001-01-01T00:00:00Z" }
        return Timestamp(milliseconds: milliseconds).iso8601(fractionDigits: 3)
    }

    // MARK: Alerts

    func alerts() throws -> Answer {
        let alerts = try activeAlerts()
        return success {
            $0.object {
                $0.key("alerts")
                $0.array { json in
                    for alert in alerts { Self.write(alert, to: &json) }
                }
            }
        }
    }

    private func activeAlerts() throws -> [AlertRecord] {
        try sources.store.alerts().filter { $0.state != .resolved }
    }

    private static func write(_ alert: AlertRecord, to json: inout JSONText) {
        json.object {
            $0.key("labels")
            $0.labels(alert.labels)
            $0.key("annotations")
            $0.labels(alert.annotations)
            $0.member("state", alert.state.rawValue)
            $0.member("activeAt", time(alert.pendingSinceMilliseconds))
            $0.member("value", formatted(alert.value))
        }
    }

    // MARK: Rules

    func rules(_ request: APIRequest) throws -> Answer {
        let type = request["type"]
        guard type == nil || type == "alert" || type == "record" else {
            throw request.invalid("type", "not supported value \"\(type ?? "")\"")
        }
        let alerts = Dictionary(grouping: try activeAlerts(), by: \.ruleLocation)
        var health: [String: RuleHealth] = [:]
        for rule in sources.ruleHealth() { health[rule.location] = rule }
        return success {
            $0.object {
                $0.key("groups")
                $0.array { json in
                    for group in sources.ruleGroups {
                        Self.write(group, type: type, alerts, health, to: &json)
                    }
                }
            }
        }
    }

    private static func write(
        _ group: RuleGroup, type: String?, _ alerts: [String: [AlertRecord]],
        _ health: [String: RuleHealth], to json: inout JSONText
    ) {
        let file = group.rules.first.map { String($0.location.prefix { $0 != ":" }) } ?? ""
        let evaluated = group.rules.compactMap { health[$0.location]?.lastEvaluated }.max()
        json.object {
            $0.member("name", group.name)
            $0.member("file", file)
            $0.key("rules")
            $0.array { json in
                for rule in group.rules where type == nil || rule.action.type == type {
                    write(
                        rule, alerts[rule.location] ?? [], health[rule.location], to: &json)
                }
            }
            $0.member("interval", number: group.interval?.inSeconds ?? 1)
            $0.member("limit", number: 0)
            $0.member("evaluationTime", number: 0)
            $0.member("lastEvaluation", time(evaluated?.milliseconds))
        }
    }

    private static func write(
        _ rule: Rule, _ alerts: [AlertRecord], _ health: RuleHealth?, to json: inout JSONText
    ) {
        let state = health?.error != nil ? "err" : health?.lastEvaluated == nil ? "unknown" : "ok"
        json.object {
            switch rule.action {
            case .record(let name):
                $0.member("name", name)
                $0.member("type", "recording")
            case .alert(let name):
                $0.member("name", name)
                $0.member("type", "alerting")
                let isFiring = alerts.contains { $0.state == .firing }
                $0.member("state", isFiring ? "firing" : alerts.isEmpty ? "inactive" : "pending")
                $0.member("duration", number: rule.hold.inSeconds)
                $0.member("keepFiringFor", number: rule.keepFiring.inSeconds)
                $0.key("annotations")
                $0.labels(rule.annotations)
                $0.key("alerts")
                $0.array { json in
                    for alert in alerts { write(alert, to: &json) }
                }
            }
            $0.member("query", rule.expression.description)
            $0.key("labels")
            $0.labels(rule.labels)
            $0.member("health", state)
            if let error = health?.error { $0.member("lastError", error) }
            $0.member("evaluationTime", number: 0)
            $0.member("lastEvaluation", time(health?.lastEvaluated?.milliseconds))
        }
    }

    func buildInfo() -> Answer {
        success { json in
            json.object {
                $0.member("version", sources.version)
                for name in ["revision", "branch", "buildUser", "buildDate", "goVersion"] {
                    $0.member(name, "")
                }
            }
        }
    }
}

extension Rule.Action {
    fileprivate var type: String {
        switch self {
        case .alert: "alert"
        case .record: "record"
        }
    }
}
