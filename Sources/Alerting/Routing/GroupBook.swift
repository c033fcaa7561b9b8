import Storage
import TimeSeries

/// Which alerts began or ceased to fire in one tick.
struct AlertChanges {
    let fired: [AlertRecord]
    let resolved: [AlertRecord]

    /// - Parameter before: Empty where every firing alert is to be announced, as after a start.
    init(before: [StoredAlert], after: [StoredAlert]) {
        let firingBefore = Set(
            before.filter { $0.record.state == .firing }.map(\.record.fingerprint))
        let firing = after.filter { $0.record.state == .firing }
        let firingNow = Set(firing.map(\.record.fingerprint))
        fired = firing.map(\.record).filter { !firingBefore.contains($0.fingerprint) }
            .sorted { $0.fingerprint < $1.fingerprint }
        // Another rule may still raise the same labels: then nothing has ended for a receiver.
        resolved = after.map(\.record)
            .filter { $0.state == .resolved && !firingNow.contains($0.fingerprint) }
            .filter { before.isEmpty || firingBefore.contains($0.fingerprint) }
            .sorted { $0.fingerprint < $1.fingerprint }
    }

    var isEmpty: Bool { fired.isEmpty && resolved.isEmpty }
}

/// The notification groups, and which of them a tick changed.
struct GroupBook {
    private var groups: [String: NotificationGroup]
    private var changedKeys: Set<String> = []

    init(_ groups: [NotificationGroup]) {
        self.groups = Dictionary(groups.map { ($0.key, $0) }, uniquingKeysWith: { $1 })
    }

    /// In the order of their keys.
    var changedGroups: [NotificationGroup] {
        changedKeys.sorted().compactMap { groups[$0] }
    }

    mutating func apply(_ changes: AlertChanges, by router: Router, at now: Timestamp) {
        for alert in changes.fired { announce(alert, by: router, at: now) }
        for alert in changes.resolved { end(alert, at: now) }
    }

    private mutating func announce(_ alert: AlertRecord, by router: Router, at now: Timestamp) {
        let labels = LabelSet(alert.labels.map { (name: $0.key, value: $0.value) })
        for destination in router.destinations(for: labels) {
            let fresh = destination.group(for: labels)
            var group = groups[fresh.key] ?? fresh
            group.groupWaitMilliseconds = fresh.groupWaitMilliseconds
            group.groupIntervalMilliseconds = fresh.groupIntervalMilliseconds
            group.repeatIntervalMilliseconds = fresh.repeatIntervalMilliseconds
            group.announce(alert, at: now.milliseconds)
            store(group)
        }
    }

    /// An end is told wherever the beginning was, even where the routes have changed since.
    private mutating func end(_ alert: AlertRecord, at now: Timestamp) {
        for var group in groups.values {
            if group.end(alert, at: now.milliseconds) { store(group) }
        }
    }

    private mutating func store(_ group: NotificationGroup) {
        guard groups[group.key] != group else { return }
        groups[group.key] = group
        changedKeys.insert(group.key)
    }
}
