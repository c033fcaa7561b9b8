import TimeSeries
import Testing

@testable import Scraping

@Suite("Scrape schedule") struct ScrapeScheduleTests {
    private static func targets(_ count: Int, interval: Duration = .seconds(15)) -> [Target] {
        (0..<count).map { i in
            var target = Target(
                service: "s\(i)", url: "http://10.0.0.\(i):8002/metrics",
                instance: "10.0.0.\(i):8002")
            target.interval = interval
            return target
        }
    }

    private static let start = Timestamp(milliseconds: 1_700_000_000_123)

    /// All scrapes of an undisturbed clock.
    private static func run(
        _ schedule: inout ScrapeSchedule, for duration: Duration
    ) -> [ScrapeSchedule.Due] {
        var dues: [ScrapeSchedule.Due] = []
        let end = start + duration
        while let next = schedule.nextDue, next < end {
            while let due = schedule.popDue(at: next) { dues.append(due) }
        }
        return dues
    }

    @Test("every target is scraped once an interval, at equal distances")
    func equidistant() {
        var schedule = ScrapeSchedule(targets: Self.targets(20), at: Self.start)
        let dues = Self.run(&schedule, for: .seconds(150))
        for index in 0..<20 {
            let times = dues.filter { $0.index == index }.map(\.at.milliseconds)
            #expect(times.count == 10)
            #expect(zip(times.dropFirst(), times).allSatisfy { $0 - $1 == 15_000 }, "\(times)")
        }
    }

    @Test("slots survive a restart at any moment")
    func survivesRestart() {
        let targets = Self.targets(10)
        var before = ScrapeSchedule(targets: targets, at: Self.start)
        var after = ScrapeSchedule(targets: targets, at: Self.start + .milliseconds(7_777_777))
        let phase = { (due: ScrapeSchedule.Due) in due.at.milliseconds % 15_000 }
        let old = Self.run(&before, for: .seconds(15))
        var new: [ScrapeSchedule.Due] = []
        for _ in 0..<10 {
            if let next = after.nextDue, let due = after.popDue(at: next) { new.append(due) }
        }
        #expect(old.count == 10 && new.count == 10)
        for due in old { #expect(new.first { $0.index == due.index }.map(phase) == phase(due)) }
    }

    @Test("five hundred targets spread over the interval")
    func spreads() {
        let offsets = Self.targets(500).map { ScrapeSchedule.offset(of: $0).milliseconds }
        #expect(offsets.allSatisfy { (0..<15_000).contains($0) })
        var perSecond = [Int](repeating: 0, count: 15)
        for offset in offsets { perSecond[Int(offset / 1000)] += 1 }
        // 33 are expected in each second; 5 standard deviations are 28.
        #expect(perSecond.allSatisfy { (5...61).contains($0) }, "\(perSecond)")
    }

    @Test("targets that differ in their URL alone have slots of their own")
    func urlMatters() {
        var a = Target(service: "s", url: "http://h/a", instance: "h")
        a.interval = .seconds(3600)
        var b = a
        b.url = "http://h/b"
        #expect(ScrapeSchedule.offset(of: a) != ScrapeSchedule.offset(of: b))
    }

    @Test(
        "a scrape that is a little late is dated on the grid, later ones as they are",
        arguments: [
            (15_000, 0, true), (15_000, 2, true), (15_000, 3, false), (100, 1, true),
            (100, 2, false), (50, 1, false), (50, 0, true),
        ])
    func snaps(interval: Int, lateness: Int, isOnGrid: Bool) throws {
        let targets = Self.targets(1, interval: .milliseconds(interval))
        var schedule = ScrapeSchedule(targets: targets, at: Self.start)
        let slot = try #require(schedule.nextDue)
        let now = slot + .milliseconds(lateness)
        #expect(schedule.popDue(at: now)?.at == (isOnGrid ? slot : now))
        #expect(schedule.nextDue == slot + .milliseconds(interval))
    }

    @Test("nothing is due before its slot")
    func notBefore() throws {
        var schedule = ScrapeSchedule(targets: Self.targets(1), at: Self.start)
        let slot = try #require(schedule.nextDue)
        #expect(schedule.popDue(at: slot - .milliseconds(1)) == nil)
        #expect(schedule.popDue(at: slot) != nil)
        #expect(schedule.popDue(at: slot) == nil)
    }

    @Test("slots that a sleeping machine missed are taken once, not replayed")
    func forwardJump() throws {
        var schedule = ScrapeSchedule(targets: Self.targets(3), at: Self.start)
        let late = Self.start + .seconds(86_400)
        var dues: [ScrapeSchedule.Due] = []
        while let due = schedule.popDue(at: late) { dues.append(due) }
        #expect(dues.map(\.index).sorted() == [0, 1, 2])
        #expect(dues.allSatisfy { late - $0.at <= .milliseconds(2) })
        let next = try #require(schedule.nextDue)
        #expect(next > late && next <= late + .seconds(15))
    }

    @Test("after a jump back the slots are those of the new time")
    func backwardJump() throws {
        var schedule = ScrapeSchedule(targets: Self.targets(3), at: Self.start)
        while schedule.popDue(at: Self.start + .seconds(15)) != nil {}
        let early = Self.start - .seconds(3600)
        while schedule.popDue(at: early) != nil {}
        let next = try #require(schedule.nextDue)
        #expect(next > early && next <= early + .seconds(15))
    }

    @Test("a small step back repeats no slot")
    func smallStepBack() throws {
        var schedule = ScrapeSchedule(targets: Self.targets(1), at: Self.start)
        let slot = try #require(schedule.nextDue)
        #expect(schedule.popDue(at: slot) != nil)
        #expect(schedule.popDue(at: slot - .milliseconds(5)) == nil)
        #expect(schedule.popDue(at: slot) == nil)
        #expect(schedule.nextDue == slot + .seconds(15))
    }

    @Test("without targets nothing is ever due")
    func empty() {
        var schedule = ScrapeSchedule(targets: [], at: Self.start)
        #expect(schedule.nextDue == nil)
        #expect(schedule.popDue(at: Self.start) == nil)
    }

    @Test("an interval of zero does not hang or trap")
    func zeroInterval() {
        var schedule = ScrapeSchedule(targets: Self.targets(1, interval: .zero), at: Self.start)
        #expect(schedule.popDue(at: Self.start) != nil)
        #expect(schedule.popDue(at: Self.start) == nil)
    }
}
