import Querying
import Storage
import TimeSeries

/// What the expression of a rule gave: label sets of alerts or recorded series, all different.
struct RuleResult: Sendable {
    struct Element: Sendable {
        /// Of the alert or the recorded series.
        let labels: LabelSet
        /// Of the series that the expression gave; what templates read.
        let series: LabelSet
        let value: Double
    }

    let elements: [Element]
}

/// Why a rule gave nothing this time.
struct RuleError: Error, Equatable {
    let message: String
}

extension CompiledRule {
    /// The most alerts of one rule; an expression that gives more is taken for a mistake.
    static let maximumAlertCount = 1_000
    static let maximumRecordedCount = 20_000

    func result(
        at now: Timestamp, over source: RecordedSource, by engine: QueryEngine
    ) throws(RuleError) -> RuleResult {
        let vector = try vector(at: now, over: source, by: engine)
        let limit = isAlerting ? Self.maximumAlertCount : Self.maximumRecordedCount
        guard vector.count <= limit else {
            throw RuleError(message: "the result has \(vector.count) series, at most \(limit) fit")
        }
        var seen: Set<LabelSet> = []
        var elements: [RuleResult.Element] = []
        for element in vector {
            let labels = labels(for: element.labels, value: element.value)
            guard seen.insert(labels).inserted else {
                throw RuleError(message: "two series of the result become \(labels)")
            }
            elements.append(.init(labels: labels, series: element.labels, value: element.value))
        }
        return RuleResult(elements: elements)
    }

    var isAlerting: Bool {
        if case .alert = rule.action { true } else { false }
    }

    private func vector(
        at now: Timestamp, over source: RecordedSource, by engine: QueryEngine
    ) throws(RuleError) -> [VectorElement] {
        let value: QueryValue
        do {
            value = try engine.instant(rule.expression, at: now, over: source)
        } catch {
            throw RuleError(message: error.description)
        }
        switch value {
        case .vector(let elements): return elements
        case .scalar(let value): return [VectorElement(labels: LabelSet(), value: value)]
        case .string, .matrix:
            throw RuleError(message: "the expression gives no instant vector and no number")
        }
    }
}

/// The alerts of one rule, by fingerprint.
typealias RuleAlerts = [String: StoredAlert]

extension CompiledRule {
    /// The alerts after one evaluation; those that became inactive are left out.
    func advanced(_ alerts: RuleAlerts, by result: RuleResult, at now: Timestamp) -> RuleAlerts {
        var next: RuleAlerts = [:]
        for element in result.elements {
            let fingerprint = element.labels.hexFingerprint
            next[fingerprint] = advanced(
                alerts[fingerprint], to: element, fingerprint: fingerprint, at: now)
        }
        for (fingerprint, alert) in alerts where next[fingerprint] == nil {
            if alert.record.state == .resolved {
                next[fingerprint] = alert
            } else {
                next[fingerprint] = alert.moved(
                    to: phase(of: alert, isBreaching: false, at: now), at: now)
            }
        }
        return next
    }

    private func advanced(
        _ alert: StoredAlert?, to element: RuleResult.Element, fingerprint: String,
        at now: Timestamp
    ) -> StoredAlert? {
        let phase = phase(of: alert, isBreaching: true, at: now)
        var alert =
            alert.flatMap { $0.record.state == .resolved ? nil : $0 }
            ?? StoredAlert(
                ruleKey: key,
                record: AlertRecord(
                    fingerprint: fingerprint, rule: rule.action.name, ruleLocation: rule.location,
                    state: .pending, labels: element.labels.dictionary, annotations: [:],
                    value: element.value, pendingSinceMilliseconds: now.milliseconds,
                    lastEvaluatedMilliseconds: now.milliseconds))
        alert.record.ruleLocation = rule.location
        alert.record.annotations = annotations(for: element.series, value: element.value)
        alert.record.value = element.value
        return alert.moved(to: phase, at: now)
    }

    private func phase(of alert: StoredAlert?, isBreaching: Bool, at now: Timestamp) -> AlertPhase {
        (alert?.phase ?? .inactive).advanced(
            isBreaching: isBreaching, at: now, holding: rule.hold, keepingFiring: rule.keepFiring)
    }
}

extension LabelSet {
    /// The fingerprint as Alertmanager prints it: 16 lower-case hexadecimal digits.
    package var hexFingerprint: String {
        let digits = String(fingerprint, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
