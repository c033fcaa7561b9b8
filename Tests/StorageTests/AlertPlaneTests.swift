import GRDB
import TestSupport
import Testing

@testable import Storage

@Suite struct AlertPlaneTests {
    private let directory: TemporaryDirectory
    private let store: Store

    init() throws {
        directory = try TemporaryDirectory("mlmon-alert-plane")
        store = try Store(StoreOptions(path: directory.file("mlmon.db")))
    }

    private func alert(
        _ name: String, _ state: AlertRecord.State, since: Int64, rule: String = "g/A",
        value: Double = 1
    ) -> StoredAlert {
        StoredAlert(
            ruleKey: rule,
            record: AlertRecord(
                fingerprint: name, rule: "A", ruleLocation: "a.yaml:1", state: state,
                labels: ["alertname": "A", "é": "x\u{1B}\"\\"], annotations: ["summary": name],
                value: value, pendingSinceMilliseconds: since,
                firingSinceMilliseconds: state == .pending ? nil : since,
                resolvedAtMilliseconds: state == .resolved ? since : nil,
                lastEvaluatedMilliseconds: since),
            conditionEndedMilliseconds: state == .firing ? 7 : nil)
    }

    private func message(
        _ id: String, group: String = "g", receiver: String = "r", nextAttempt: Int64 = 0
    ) -> OutboxRecord {
        OutboxRecord(
            id: id, lane: OutboxLane(receiver: receiver, webhookIndex: 0, groupKey: group),
            body: Array("{\"id\":\"\(id)\"}\0".utf8), createdMilliseconds: 0,
            expiresMilliseconds: 1_000, nextAttemptMilliseconds: nextAttempt)
    }

    @Test("alerts come back as they were, also infinite values and odd labels")
    func roundTrip() throws {
        let alerts = [
            alert("0a", .pending, since: 1, value: .infinity),
            alert("0b", .firing, since: 2, value: -.infinity),
            alert("0c", .resolved, since: 3, value: 0.1),
        ]
        try store.updateAlertPlane("test") { plane in for alert in alerts { try plane.save(alert) }
        }
        #expect(try store.readAlertPlane("test") { try $0.alerts() } == alerts)
        try store.updateAlertPlane("test") { plane in
            try plane.save(alert("0b", .resolved, since: 9))
            try plane.removeAlert(ruleKey: "g/A", fingerprint: "0a")
        }
        #expect(try store.alerts().map(\.fingerprint) == ["0b", "0c"])
    }

    @Test("the list shows firing alerts first, then pending, then resolved, each newest first")
    func order() throws {
        try store.updateAlertPlane("test") { plane in
            try plane.save(alert("r1", .resolved, since: 50))
            try plane.save(alert("p1", .pending, since: 60))
            try plane.save(alert("f1", .firing, since: 10))
            try plane.save(alert("f2", .firing, since: 20, rule: "g/B"))
        }
        #expect(try store.alerts().map(\.fingerprint) == ["f2", "f1", "p1", "r1"])
    }

    @Test("a transaction that fails leaves nothing behind")
    func atomicity() throws {
        struct Failure: Error {}
        let group = NotificationGroup(
            key: "k", groupKey: "g", receiver: "r", labels: [:], groupWaitMilliseconds: 1,
            groupIntervalMilliseconds: 1, repeatIntervalMilliseconds: 1, flushAtMilliseconds: 5)
        #expect(throws: (any Error).self) {
            try store.updateAlertPlane("test") { plane in
                try plane.save(alert("a", .firing, since: 1))
                try plane.save(group)
                try plane.enqueue(message("1"))
                throw Failure()
            }
        }
        #expect(try store.alerts().isEmpty && store.outbox().isEmpty)
        #expect(try store.readAlertPlane("test") { try $0.groups() }.isEmpty)
    }

    @Test("groups are found by when they are due")
    func groups() throws {
        for (key, due) in [("a", Int64(30)), ("b", 10), ("c", .max)] {
            try store.updateAlertPlane("test") { plane in
                try plane.save(
                    NotificationGroup(
                        key: key, groupKey: "{}:{}", receiver: "r", labels: ["x": "y"],
                        groupWaitMilliseconds: 1, groupIntervalMilliseconds: 2,
                        repeatIntervalMilliseconds: 3,
                        members: [
                            .init(
                                fingerprint: "f", labels: ["l": "v"], annotations: [:],
                                startsAtMilliseconds: 4, endsAtMilliseconds: 5)
                        ],
                        notices: [0: .init(atMilliseconds: 6, firing: ["f"], resolved: ["g"])],
                        lastFlushMilliseconds: 7, flushAtMilliseconds: due))
            }
        }
        let (due, next, all) = try store.readAlertPlane("test") { plane in
            (try plane.groups(dueAt: 30), try plane.nextFlush(), try plane.groups())
        }
        #expect(due.map(\.key) == ["b", "a"] && next == 10)
        #expect(all.map(\.key) == ["a", "b", "c"])
        #expect(all[0].notices[0]?.resolved == ["g"] && all[0].members[0].endsAtMilliseconds == 5)
    }

    @Test("each lane gives its oldest message first, and only waiting ones")
    func lanes() throws {
        try store.updateAlertPlane("test") { plane in
            try plane.enqueue(message("1", nextAttempt: 50))
            try plane.enqueue(message("2", nextAttempt: 5))
            try plane.enqueue(message("3", group: "h", nextAttempt: 20))
        }
        var heads = try store.readAlertPlane("test") { try $0.laneHeads() }
        #expect(heads.map(\.lane.groupKey) == ["h", "g"])
        #expect(heads.map(\.nextAttemptMilliseconds) == [20, 50])
        var first = try #require(
            try store.readAlertPlane("test") { try $0.head(of: message("1").lane) })
        #expect(first.id == "1" && first.body == message("1").body)

        first.state = .delivered
        first.attemptCount = 2
        first.settledMilliseconds = 60
        let delivered = first
        try store.updateAlertPlane("test") { try $0.update(delivered) }
        heads = try store.readAlertPlane("test") { try $0.laneHeads() }
        #expect(heads.map(\.nextAttemptMilliseconds) == [5, 20])
        #expect(try store.outbox().map(\.id) == ["3", "2", "1"])
        #expect(try store.outbox().last == delivered)
    }

    @Test("an identifier is used once")
    func uniqueIdentifier() throws {
        try store.updateAlertPlane("test") { try $0.enqueue(message("1")) }
        #expect(throws: StorageError.self) {
            try store.updateAlertPlane("test") { try $0.enqueue(message("1", group: "other")) }
        }
        #expect(try store.outbox().count == 1)
    }

    @Test("another process reads the alerts beside the one that writes, and they survive it")
    func otherReaders() throws {
        let saved = alert("a", .firing, since: 1)
        try store.updateAlertPlane("test") { plane in
            try plane.save(saved)
            try plane.enqueue(message("1"))
        }
        let reader = try Store(StoreOptions(path: directory.file("mlmon.db"), isReadOnly: true))
        #expect(try reader.alerts() == [saved.record])
        #expect(throws: StorageError.self) {
            try reader.updateAlertPlane("test") { try $0.enqueue(message("2")) }
        }
        try reader.close()
        try store.close()
        let again = try Store(StoreOptions(path: directory.file("mlmon.db")))
        #expect(try again.readAlertPlane("test") { try $0.alerts() } == [saved])
        #expect(try again.outbox().map(\.id) == ["1"])
        try again.close()
    }

    @Test("while the disk is full the alert plane goes on in memory, and is written afterwards")
    func fullDisk() throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        try store.updateAlertPlane("test") { try $0.enqueue(message("1")) }
        func limit(_ pages: Int) throws {
            _ = try store.database.writeWithoutTransaction {
                try Int.fetchOne($0, sql: "PRAGMA max_page_count = \(pages)")
            }
        }
        try limit(1)
        let large = [UInt8](repeating: 7, count: 100_000)
        for id in ["2", "3"] {
            var message = message(id)
            message.body = large
            try store.updateAlertPlane("test") { try $0.enqueue(message) }
        }
        guard case .diskFull = store.condition else {
            Issue.record("\(store.condition)")
            return
        }
        #expect(try store.outbox().map(\.id) == ["3", "2", "1"])
        var first = try #require(try store.outbox().last)
        first.state = .delivered
        let delivered = first
        try store.updateAlertPlane("test") { try $0.update(delivered) }
        let reader = try fixture.open(isReadOnly: true)
        #expect(try reader.outbox().map(\.id) == ["1"])
        // A mistake is the caller's, in memory too.
        #expect(throws: (any Error).self) {
            try store.updateAlertPlane("test") { try $0.enqueue(message("2")) }
        }
        #expect(storageError { try store.commit() } != nil)
        try limit(1_000_000)
        try store.commit()
        #expect(store.condition == .sound)
        let stored = try reader.outbox()
        #expect(stored.map(\.id) == ["3", "2", "1"] && stored.first?.body == large)
        #expect(stored.map(\.state) == [.waiting, .waiting, .delivered])
        try store.updateAlertPlane("test") { try $0.enqueue(message("4")) }
        #expect(try reader.outbox().map(\.sequence) == [4, 3, 2, 1])
        try reader.close()
        try store.close()
    }
}
