import HeapModule
import TimeSeries

/// When which target is due.
///
/// Each target has its slot on a grid of its interval: the instants since the epoch that leave
/// the remainder `offset` when divided by the interval. The offset is a hash of the target, so
/// targets spread over the interval, and a target keeps its slot across restarts. Offsets are
/// multiples of a twenty-fifth of the interval, 50 to 100 ms: in a large fleet scrapes then begin a
/// few at a time, which wakes threads a fraction as often.
package struct ScrapeSchedule: Sendable {
    /// One scrape that is to begin now.
    package struct Due: Equatable, Sendable {
        /// Position in the list of targets.
        package let index: Int
        /// What its samples are dated: the grid's instant, or now where that is too far back.
        package let at: Timestamp
    }

    private struct Slot: Comparable, Sendable {
        var due: Int64
        let index: Int
        let interval: Int64
        let offset: Int64

        static func < (a: Slot, b: Slot) -> Bool { (a.due, a.index) < (b.due, b.index) }

        /// The first instant of the grid at or after another.
        func instant(atOrAfter now: Int64) -> Int64 {
            let distance = (now &- offset) % interval
            if distance == 0 { return now }
            return now &+ (distance < 0 ? -distance : interval - distance)
        }
    }

    private static let slotsPerInterval: Int64 = 25
    /// Milliseconds. Waking up for each of a few quick targets alone costs more than their scrapes.
    private static let shortestSlot: Int64 = 50
    private static let longestSlot: Int64 = 100

    private var heap: Heap<Slot>
    private var lastSeen: Timestamp

    /// - Parameters:
    ///   - isIncluded: Whether the schedule is for the target at that position.
    ///   - now: Slots before it are not made up for.
    package init(
        targets: [Target], where isIncluded: (Int) -> Bool = { _ in true }, at now: Timestamp
    ) {
        lastSeen = now
        heap = Heap(
            targets.enumerated().filter { isIncluded($0.offset) }.map { index, target in
                var slot = Slot(
                    due: 0, index: index, interval: max(target.interval.milliseconds, 1),
                    offset: Self.offset(of: target).milliseconds)
                slot.due = slot.instant(atOrAfter: now.milliseconds)
                return slot
            })
    }

    /// When the next scrape is to begin; nil without targets.
    package var nextDue: Timestamp? {
        heap.min.map { Timestamp(milliseconds: $0.due) }
    }

    /// The next target whose slot has come, nil where none has.
    ///
    /// A slot that was missed by a whole interval or more, because the clock jumped or the machine
    /// slept, is taken once and not replayed.
    package mutating func popDue(at now: Timestamp) -> Due? {
        noticeBackwardJump(at: now)
        guard var slot = heap.min, slot.due <= now.milliseconds else { return nil }
        let lateness = now.milliseconds - slot.due
        // Prometheus snaps to the grid within min(2 ms, 1 %): equidistant samples compress better.
        let isOnTime = lateness <= min(2, slot.interval / 100)
        let due = Due(
            index: slot.index, at: isOnTime ? Timestamp(milliseconds: slot.due) : now)
        slot.due = slot.instant(atOrAfter: now.milliseconds + 1)
        heap.replaceMin(with: slot)
        return due
    }

    /// The offset of a target in its grid, from 0 up to but not including the interval.
    package static func offset(of target: Target) -> Duration {
        .milliseconds(Int64(position(of: target)) * slotWidth(of: target))
    }

    /// Which of its interval's slots is a target's, from 0.
    static func position(of target: Target) -> Int {
        let identity = target.labelSet.setting("__url__", to: target.url).fingerprint
        let interval = max(target.interval.milliseconds, 1)
        return Int(mixed(identity) % UInt64(max(interval / slotWidth(of: target), 1)))
    }

    /// Milliseconds, at least 50 and at most 100.
    private static func slotWidth(of target: Target) -> Int64 {
        let width = max(target.interval.milliseconds, 1) / slotsPerInterval
        return min(max(width, shortestSlot), longestSlot)
    }

    /// After a jump back of more than an interval, slots would stay empty until the old time is
    /// reached again. A smaller step, as clock discipline makes it, is only waited for.
    private mutating func noticeBackwardJump(at now: Timestamp) {
        defer { lastSeen = now }
        guard now < lastSeen else { return }
        let slots = heap.unordered.map { slot in
            guard slot.due - now.milliseconds > 2 * slot.interval else { return slot }
            var slot = slot
            slot.due = slot.instant(atOrAfter: now.milliseconds)
            return slot
        }
        heap = Heap(slots)
    }

    /// The finaliser of SplitMix64: FNV alone leaves similar names in similar places.
    private static func mixed(_ hash: UInt64) -> UInt64 {
        var z = hash
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
