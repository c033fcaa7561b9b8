import Foundation
import Synchronization
import Testing
import TimeSeries

@testable import mlmon

@Suite("Periodic services")
struct PeriodicServiceTests {
    @Test(
        "a round is followed by its interval, or by a multiple of the time that it took",
        arguments: [
            (spent: Duration.milliseconds(1), pause: Duration.seconds(1)),
            (spent: .milliseconds(20), pause: .seconds(4)),
            (spent: .milliseconds(400), pause: .seconds(60)),
        ])
    func evaluation(spent: Duration, pause: Duration) {
        #expect(
            PeriodicService.Rest.evaluation.pause(after: spent, interval: .seconds(1)) == pause)
    }

    @Test("drift is judged once a window, however long a verdict takes")
    func windows() {
        let rest = PeriodicService.Rest.evaluation(of: .seconds(2))
        #expect(rest.pause(after: .milliseconds(600), interval: .milliseconds(500)) == .seconds(2))
        #expect(
            rest.pause(after: .milliseconds(1), interval: .milliseconds(500)) == .milliseconds(500))
        let long = PeriodicService.Rest.evaluation(of: .seconds(3600))
        #expect(long.pause(after: .seconds(1), interval: .seconds(2)) == .seconds(60))
    }

    @Test(
        "no work takes more than a quarter of a core, and rounds that come late do not grow for ever",
        arguments: [
            (window: Duration.seconds(1), fixed: 0.5), (window: .seconds(1), fixed: 4),
            (window: .seconds(2), fixed: 1), (window: .seconds(3600), fixed: 60),
        ])
    func quarterOfCore(window: Duration, fixed: Double) {
        let rest = PeriodicService.Rest.evaluation(of: window)
        var elapsed = Duration.zero
        var spent = Duration.zero
        var latest = Duration.zero
        var pause = Duration.seconds(1)
        for _ in 0..<100 {
            // A part that every round takes, and one for what came in since the one before.
            latest = .seconds(fixed) + (pause + latest) / 20
            spent += latest
            pause = rest.pause(after: latest, interval: .seconds(1))
            elapsed += latest + pause
        }
        #expect(spent * 4 <= elapsed)
        #expect(latest < .seconds(fixed) * 2 + window / 20)
    }

    @Test("a thread's time counts work, not waiting")
    func cpuTime() async {
        let meter = WorkMeter()
        let thread = WorkThread(name: "test", meter: meter)
        await withTaskExecutorPreference(thread) {
            usleep(300_000)
            await Task.yield()
        }
        #expect(thread.cpuTime < .milliseconds(150))
        let idle = thread.cpuTime
        await withTaskExecutorPreference(thread) {
            var sum = 0.0
            for index in 1...1_000_000 { sum += 1 / Double(index) }
            #expect(sum > 14)
            await Task.yield()
        }
        #expect(thread.cpuTime > idle)
        #expect(meter.metric.samples.map(\.labels) == [["work": "test"]])
    }

    @Test("a longer interval is kept whatever the bound")
    func longInterval() {
        #expect(
            PeriodicService.Rest.evaluation.pause(after: .seconds(1), interval: .seconds(90))
                == .seconds(90))
    }

    @Test("a slow disk does not keep the next commit waiting")
    func commit() {
        #expect(
            PeriodicService.Rest.commit.pause(after: .seconds(20), interval: .milliseconds(500))
                == .seconds(1))
    }

    @Test("without a bound the pause grows with the work")
    func quarter() {
        #expect(
            PeriodicService.Rest.quarter.pause(after: .seconds(20), interval: .seconds(5))
                == .seconds(60))
    }

    @Test("batches share a table until their series change")
    func steadyTable() throws {
        var table = SteadyTable()
        let a = LabelSet(metricName: "a")
        let b = LabelSet(metricName: "b")
        let at = Timestamp(milliseconds: 1_000)
        let firstBatch = table.batch([(a, 1), (b, 2)], at: at)
        let first = try #require(firstBatch)
        let secondBatch = table.batch([(a, 3), (b, 4)], at: at)
        let second = try #require(secondBatch)
        #expect(first.table === second.table)
        #expect(second.values == [3, 4])
        let thirdBatch = table.batch([(b, 5)], at: at)
        let third = try #require(thirdBatch)
        #expect(third.table !== first.table)
        #expect(Array(third.table.labels) == [b])
        let none = table.batch([], at: at)
        #expect(none == nil)
    }

    @Test("the first round is over when every target was scraped, however often some were")
    func firstRound() async {
        let round = FirstRound(targetCount: 3)
        for index in [0, 2, 0, 2] { round.note(targetIndex: index) }
        #expect(!round.isOver)
        let waiting = Task { await round.wait() }
        round.note(targetIndex: 1)
        await waiting.value
        #expect(round.isOver)
        #expect(FirstRound(targetCount: 0).isOver)
    }

    @Test("who waits for the first round leaves when it is cancelled")
    func cancelledWait() async {
        let round = FirstRound(targetCount: 1)
        let waiting = Task { await round.inTurn { Issue.record("its work was done") } }
        waiting.cancel()
        await waiting.value
        #expect(!round.isOver)
    }

    @Test("who leaves the line holds up nobody")
    func leftLine() async {
        let round = FirstRound(targetCount: 0)
        let (gate, opener) = AsyncStream.makeStream(of: Never.self)
        let (begun, beginning) = AsyncStream.makeStream(of: Never.self)
        let first = Task {
            await round.inTurn {
                beginning.finish()
                for await _ in gate {}
            }
        }
        for await _ in begun {}
        let second = Task { await round.inTurn { Issue.record("its work was done") } }
        let third = Task { await round.inTurn {} }
        second.cancel()
        await second.value
        opener.finish()
        await first.value
        await third.value
    }

    @Test("what waited for it begins one after the other")
    func turns() async {
        let round = FirstRound(targetCount: 0)
        let running = Counter()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    await round.inTurn {
                        #expect(running.value.add(1, ordering: .relaxed).newValue == 1)
                        for _ in 0..<10 { await Task.yield() }
                        running.value.subtract(1, ordering: .relaxed)
                    }
                }
            }
        }
        #expect(running.value.load(ordering: .relaxed) == 0)
    }
}

private final class Counter: Sendable {
    let value = Atomic(0)
}
