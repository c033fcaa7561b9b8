import Storage
import Testing

@testable import Alerting

/// Times in milliseconds; group_wait 10 s, group_interval 60 s, repeat_interval 600 s.
@Suite struct NotificationGroupTests {
    private func group(flushAt: Int64 = .max) -> NotificationGroup {
        NotificationGroup(
            key: "r {}:{}", groupKey: "{}:{}", receiver: "r", labels: [:],
            groupWaitMilliseconds: 10_000, groupIntervalMilliseconds: 60_000,
            repeatIntervalMilliseconds: 600_000, flushAtMilliseconds: flushAt)
    }

    private func alert(_ name: String, firingSince: Int64, resolvedAt: Int64? = nil) -> AlertRecord
    {
        AlertRecord(
            fingerprint: name, rule: name, ruleLocation: "", state: .firing,
            labels: ["alertname": name], annotations: [:], value: 1,
            pendingSinceMilliseconds: firingSince, firingSinceMilliseconds: firingSince,
            resolvedAtMilliseconds: resolvedAt, lastEvaluatedMilliseconds: firingSince)
    }

    private func end(_ name: String, of group: inout NotificationGroup, at now: Int64) -> Bool {
        group.end(alert(name, firingSince: 0, resolvedAt: now), at: now)
    }

    private func told(_ group: inout NotificationGroup, at now: Int64) -> NotificationReason? {
        let reason = group.reason(toTell: 0, sendsResolved: true, at: now)
        if reason != nil {
            group.notices[0] = .init(
                atMilliseconds: now, firing: group.firing, resolved: group.resolved)
        }
        group.finishFlush(at: now)
        return reason
    }

    @Test("a new group waits for group_wait, counted from the start of its first alert")
    func groupWait() {
        var fresh = group()
        fresh.announce(alert("a", firingSince: 1_000_000), at: 1_000_000)
        #expect(fresh.flushAtMilliseconds == 1_010_000)
        fresh.announce(alert("b", firingSince: 1_005_000), at: 1_005_000)
        #expect(fresh.flushAtMilliseconds == 1_010_000)
        var late = group()
        late.announce(alert("a", firingSince: 0), at: 1_000_000)
        #expect(late.flushAtMilliseconds == 1_000_000)
    }

    @Test("reasons follow each other as Alertmanager names them")
    func reasons() {
        var group = group()
        group.announce(alert("a", firingSince: 0), at: 0)
        #expect(told(&group, at: 10_000) == .first)
        #expect(group.flushAtMilliseconds == 610_000)

        group.announce(alert("b", firingSince: 20_000), at: 20_000)
        #expect(group.flushAtMilliseconds == 70_000)
        #expect(told(&group, at: 70_000) == .newAlerts)

        #expect(end("b", of: &group, at: 80_000))
        #expect(group.flushAtMilliseconds == 130_000)
        #expect(told(&group, at: 130_000) == .someResolved)
        #expect(group.members.map(\.fingerprint) == ["a"])

        #expect(group.flushAtMilliseconds == 730_000)
        #expect(group.reason(toTell: 0, sendsResolved: true, at: 729_999) == nil)
        #expect(told(&group, at: 730_000) == .repeatElapsed)

        #expect(end("a", of: &group, at: 740_000))
        #expect(told(&group, at: 790_000) == .allResolved)
        #expect(group.members.isEmpty)
    }

    @Test("what fired and resolved before the first notification is not told")
    func neverTold() {
        var group = group()
        group.announce(alert("a", firingSince: 0), at: 0)
        #expect(end("a", of: &group, at: 5_000))
        #expect(told(&group, at: 10_000) == nil)
        #expect(group.members.isEmpty)
    }

    @Test("without send_resolved a partial end is not told")
    func sendsNoResolved() {
        var group = group()
        group.announce(alert("a", firingSince: 0), at: 0)
        group.announce(alert("b", firingSince: 0), at: 0)
        #expect(told(&group, at: 10_000) == .first)
        #expect(end("b", of: &group, at: 20_000))
        #expect(group.reason(toTell: 0, sendsResolved: false, at: 70_000) == nil)
        #expect(group.reason(toTell: 0, sendsResolved: true, at: 70_000) == .someResolved)
    }

    @Test("an alert that ends and fires again between two flushes is still firing for the receiver")
    func flapping() {
        var group = group()
        group.announce(alert("a", firingSince: 0), at: 0)
        #expect(told(&group, at: 10_000) == .first)
        #expect(end("a", of: &group, at: 20_000))
        group.announce(alert("a", firingSince: 25_000), at: 25_000)
        #expect(told(&group, at: 70_000) == nil)
        #expect(group.firing == ["a"])
    }

    @Test("changes wait for a whole number of group intervals, however long the group was quiet")
    func alignedTicks() {
        var group = group()
        group.announce(alert("a", firingSince: 0), at: 0)
        #expect(told(&group, at: 10_000) == .first)
        group.announce(alert("b", firingSince: 400_000), at: 400_000)
        #expect(group.flushAtMilliseconds == 430_000)
    }

    @Test("a clock that was set back does not keep a group waiting")
    func setBack() {
        var group = group()
        group.announce(alert("a", firingSince: 9_000_000), at: 9_000_000)
        group.rebase(to: 1_000_000)
        #expect(group.flushAtMilliseconds == 1_010_000)
        #expect(told(&group, at: 1_010_000) == .first)
        #expect(group.members.first?.startsAtMilliseconds == 1_000_000)
    }
}
