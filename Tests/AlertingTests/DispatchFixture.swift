import Foundation
import HTTP
import Storage
import Synchronization
import TestSupport
import Testing
import TimeSeries

@testable import Alerting

/// A store in a folder of its own, alerts that fire and resolve as told, and a dispatcher to one
/// webhook, or one for each receiver. Times are seconds after `epoch`.
final class DispatchFixture {
    static let epoch = Timestamp(seconds: 1_700_000_000)

    let directory: TemporaryDirectory
    let client: HTTPClient
    let receivers: [Receiver]
    private(set) var store: Store
    private(set) var dispatcher: Dispatcher
    private let router: Router
    private let options: DispatchOptions
    private var alerts: [String: StoredAlert] = [:]

    /// - Parameter urls: Receiver `r0`, `r1`, … of one webhook each; alerts go to all of them.
    init(
        urls: [String], groupWait: Duration = .zero, groupInterval: Duration = .seconds(10),
        repeatInterval: Duration = .seconds(3_600), groupBy: [String] = ["alertname"],
        sendsResolved: Bool = true, maximumAlertCount: Int = 0, timeout: Duration = .seconds(15),
        options: DispatchOptions = DispatchOptions()
    ) throws {
        client = try HTTPClient()
        directory = try TemporaryDirectory("mlmon-dispatch")
        receivers = urls.enumerated().map { index, url in
            Receiver(
                name: "r\(index)",
                webhooks: [
                    Receiver.Webhook(
                        url: url, sendsResolved: sendsResolved,
                        maximumAlertCount: maximumAlertCount, timeout: timeout)
                ])
        }
        router = Router(
            Route(
                receiver: "root",
                children: receivers.map {
                    Route(
                        receiver: $0.name, groupBy: groupBy, groupWait: groupWait,
                        groupInterval: groupInterval, repeatInterval: repeatInterval,
                        continues: true)
                }))
        self.options = options
        store = try Store(StoreOptions(path: directory.file("mlmon.db")))
        dispatcher = Dispatcher(
            store: store, receivers: receivers, client: client, options: options,
            entropy: Self.entropy())
    }

    /// The jitter of these bits is all but 1; identifiers differ.
    private static func entropy() -> @Sendable () -> UInt64 {
        let count = Mutex(UInt64.random(in: 0..<1 << 40))
        return {
            count.withLock { count in
                count &+= 1
                return 0xFFFF_FF00_0000_0000 | count & 0xFF_FFFF_FFFF
            }
        }
    }

    static func at(_ seconds: Double) -> Timestamp {
        Timestamp(seconds: epoch.seconds + seconds)
    }

    /// A new process over the same file.
    func restart() throws {
        try store.close()
        store = try Store(StoreOptions(path: directory.file("mlmon.db")))
        dispatcher = Dispatcher(
            store: store, receivers: receivers, client: client, options: options,
            entropy: Self.entropy())
    }

    func dispatch(at seconds: Double) async throws -> DispatchReport {
        try await dispatcher.dispatch(at: Self.at(seconds))
    }

    /// Moves alerts as one tick of the rules does.
    func fire(_ names: String..., at seconds: Double, severity: String = "critical") throws {
        try move(names, at: seconds) { name, now in
            var alert = StoredAlert(
                ruleKey: "test/\(name)",
                record: AlertRecord(
                    fingerprint: "", rule: name, ruleLocation: "", state: .firing,
                    labels: ["alertname": name, "severity": severity],
                    annotations: ["summary": "\(name) <&> fires"], value: 1,
                    pendingSinceMilliseconds: now, firingSinceMilliseconds: now,
                    lastEvaluatedMilliseconds: now))
            alert.record.fingerprint =
                LabelSet(alert.record.labels.map { (name: $0.key, value: $0.value) })
                .hexFingerprint
            return alert
        }
    }

    func resolve(_ names: String..., at seconds: Double) throws {
        try move(names, at: seconds) { name, now in
            var alert = try #require(alerts[name])
            alert.record.state = .resolved
            alert.record.resolvedAtMilliseconds = now
            return alert
        }
    }

    private func move(
        _ names: [String], at seconds: Double, to state: (String, Int64) throws -> StoredAlert
    ) throws {
        let now = Self.at(seconds)
        let before = Array(alerts.values)
        for name in names { alerts[name] = try state(name, now.milliseconds) }
        let after = Array(alerts.values)
        try store.updateAlertPlane("moving alerts") { plane in
            for alert in after { try plane.save(alert) }
            var book = GroupBook(try plane.groups())
            // A marker that is neither firing nor resolved: an empty list means a start.
            let marker = StoredAlert(
                ruleKey: "",
                record: AlertRecord(
                    fingerprint: "", rule: "", ruleLocation: "", state: .pending, labels: [:],
                    annotations: [:], value: 0, pendingSinceMilliseconds: 0,
                    lastEvaluatedMilliseconds: 0))
            book.apply(
                AlertChanges(before: before + [marker], after: after), by: router, at: now)
            for group in book.changedGroups { try plane.save(group) }
        }
    }
}

extension TestServer.Request {
    var payload: WebhookPayload? { try? WebhookPayload(decoding: body) }

    /// `firing A,B` or `resolved A`: what each alert of the notification is.
    var news: String {
        guard let payload else { return "undecodable" }
        return payload.alerts.map { "\($0.status.rawValue) \($0.labels["alertname"] ?? "")" }
            .joined(separator: ", ")
    }
}
