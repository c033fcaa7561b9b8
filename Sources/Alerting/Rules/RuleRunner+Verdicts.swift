import Storage

/// Alerts about a monitored distribution say what moved, which no expression can.
extension RuleRunner {
    /// The annotation that holds the detector's verdict, unless the rule has one of its own.
    private static let annotation = "verdict"

    /// Adds the newest verdict to alerts whose labels name a distribution.
    func explained(_ alerts: RuleAlerts) -> RuleAlerts {
        guard alerts.values.contains(where: Self.isOpenAboutFeature),
            let windows = try? store.driftWindows()
        else { return alerts }
        return alerts.mapValues { alert in
            var alert = alert
            guard Self.isOpenAboutFeature(alert), alert.record.annotations[Self.annotation] == nil,
                let window = windows.first(where: { $0.isAbout(alert.record.labels) }),
                !window.text.isEmpty
            else { return alert }
            alert.record.annotations[Self.annotation] = window.text
            return alert
        }
    }

    private static func isOpenAboutFeature(_ alert: StoredAlert) -> Bool {
        alert.record.state != .resolved && alert.record.labels["feature"] != nil
    }
}

extension DriftWindowRecord {
    fileprivate func isAbout(_ labels: [String: String]) -> Bool {
        [("service", service), ("model", model), ("version", version), ("feature", feature)]
            .allSatisfy { name, value in (labels[name] ?? "").utf8.elementsEqual(value.utf8) }
    }
}
