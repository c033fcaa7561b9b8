import Foundation
import Storage
import TimeSeries

/// The body of a notification: Alertmanager's webhook format, version 4.
///
/// Source: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
package struct WebhookPayload: Codable, Sendable, Equatable {
    package enum Status: String, Codable, Sendable {
        case firing
        case resolved
    }

    package struct Alert: Codable, Sendable, Equatable {
        package var status: Status
        package var labels: [String: String]
        package var annotations: [String: String]
        package var startsAt: String
        /// `zeroTime` while the alert fires.
        package var endsAt: String
        package var generatorURL: String
        package var fingerprint: String
    }

    package var version = "4"
    package var groupKey: String
    /// How many alerts were left out of `alerts`.
    package var truncatedAlerts: Int
    package var receiver: String
    /// `firing` where any alert fires.
    package var status: Status
    package var notificationReason: String
    package var groupLabels: [String: String]
    /// What all alerts of the notification have in common.
    package var commonLabels: [String: String]
    package var commonAnnotations: [String: String]
    package var externalURL: String
    package var alerts: [Alert]

    /// Go's zero time, which stands for "not yet".
    package static let zeroTime = "0001-01-01T00:00:00Z"

    private enum CodingKeys: String, CodingKey {
        case version, groupKey, truncatedAlerts, receiver, status
        case notificationReason = "notification_reason"
        case groupLabels, commonLabels, commonAnnotations, externalURL, alerts
    }
}

extension WebhookPayload {
    /// What one webhook is told of a group; nil where it takes no resolved alerts and nothing else
    /// is there. Firing alerts come first, so that a limit leaves out resolved ones.
    ///
    /// - Parameter externalURL: Where mlmon can be reached, without a slash at the end; may be "".
    init?(
        of group: NotificationGroup, for webhook: Receiver.Webhook,
        because reason: NotificationReason,
        externalURL: String
    ) {
        let members = group.members
            .filter { webhook.sendsResolved || $0.endsAtMilliseconds == nil }
            .sorted { a, b in
                let (isFiringA, isFiringB) = (
                    a.endsAtMilliseconds == nil, b.endsAtMilliseconds == nil
                )
                if isFiringA != isFiringB { return isFiringA }
                return (a.startsAtMilliseconds, a.fingerprint)
                    < (b.startsAtMilliseconds, b.fingerprint)
            }
        if members.isEmpty { return nil }
        let limit = webhook.maximumAlertCount > 0 ? webhook.maximumAlertCount : members.count
        groupKey = group.groupKey
        truncatedAlerts = max(members.count - limit, 0)
        receiver = group.receiver
        status = members.contains { $0.endsAtMilliseconds == nil } ? .firing : .resolved
        notificationReason = reason.rawValue
        groupLabels = group.labels
        commonLabels = Self.common(members.map(\.labels))
        commonAnnotations = Self.common(members.map(\.annotations))
        self.externalURL = externalURL
        alerts = members.prefix(limit).map { Alert($0, externalURL: externalURL) }
    }

    /// The bytes to send.
    func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(self))
    }

    init(decoding body: [UInt8]) throws {
        self = try JSONDecoder().decode(WebhookPayload.self, from: Data(body))
    }

    /// A much shorter form, for a receiver that called the whole too large: few alerts, and short
    /// annotations.
    func shortened() -> WebhookPayload {
        var short = self
        let kept = min(max(alerts.count / 4, 1), 10)
        short.alerts = alerts.prefix(kept).map { alert in
            var alert = alert
            alert.annotations = alert.annotations.mapValues { String($0.prefix(200)) }
            return alert
        }
        short.truncatedAlerts += alerts.count - kept
        short.commonAnnotations = commonAnnotations.mapValues { String($0.prefix(200)) }
        return short
    }

    private static func common(_ maps: [[String: String]]) -> [String: String] {
        guard var common = maps.first else { return [:] }
        for map in maps.dropFirst() { common = common.filter { map[$0.key] == $0.value } }
        return common
    }
}

extension WebhookPayload.Alert {
    init(_ member: NotificationGroup.Member, externalURL: String) {
        status = member.endsAtMilliseconds == nil ? .firing : .resolved
        labels = member.labels
        annotations = member.annotations
        startsAt = Timestamp(milliseconds: member.startsAtMilliseconds)
            .iso8601(fractionDigits: 3)
        endsAt =
            member.endsAtMilliseconds.map {
                Timestamp(milliseconds: $0).iso8601(fractionDigits: 3)
            } ?? WebhookPayload.zeroTime
        let name = member.labels["alertname"]?
            .addingPercentEncoding(withAllowedCharacters: .alphanumerics)
        generatorURL = externalURL.isEmpty ? "" : "\(externalURL)/alerts/\(name ?? "")"
        fingerprint = member.fingerprint
    }
}
