import HTTP
import Logging
import Synchronization
import TimeSeries

/// Scrapes every target in its slot, and hands over what each scrape brought.
package final class Scraper: Sendable {
    /// Last known values of counters, by labels: what `RequiredSeries` asked for. A raw counter
    /// that ended with a stale marker is NaN here.
    package struct Seed: Sendable {
        package var raw: [LabelSet: Double]
        package var outputs: [LabelSet: Double]

        package init(raw: [LabelSet: Double] = [:], outputs: [LabelSet: Double] = [:]) {
            self.raw = raw
            self.outputs = outputs
        }
    }

    private let targets: [Target]
    private let sessions: [TargetSession]
    private let clock: ScrapeClock
    private let maximumScrapeCount: Int
    private let lanes: [any TaskExecutor]
    private let logger: Logger
    private let onScrape: @Sendable (ScrapeResult) -> Void

    /// - Parameters:
    ///   - version: Of mlmon, for the User-Agent.
    ///   - maximumScrapeCount: At the same time; who comes later waits.
    ///   - lanes: Where the scrapes run, each target always on the same one; anywhere if empty.
    ///     A lane of one thread each is woken far less often than the threads that all tasks share.
    ///   - seed: Looks up where counting ended before a restart. Where it throws, the signals of
    ///     that scrape are left out and it is asked again at the next.
    ///   - onScrape: Called once a scrape, for different targets possibly at the same time, for
    ///     one target in order. Must not block for long: it holds up the scrape's place.
    package init(
        targets: [Target], client: HTTPClient, presets: PresetLibrary, version: String,
        clock: ScrapeClock, maximumScrapeCount: Int = 256, lanes: [any TaskExecutor] = [],
        logger: Logger,
        seed: @escaping @Sendable (RequiredSeries) throws -> Seed = { _ in Seed() },
        onScrape: @escaping @Sendable (ScrapeResult) -> Void
    ) {
        self.targets = targets
        self.clock = clock
        self.maximumScrapeCount = max(maximumScrapeCount, 1)
        self.lanes = lanes
        self.logger = logger
        self.onScrape = onScrape
        let quota = SeriesQuota()
        sessions = targets.map {
            TargetSession(
                $0, client: client, presets: presets, version: version, quota: quota, seed: seed)
        }
    }

    /// Scrapes until the task is cancelled; transfers in flight are then dropped without a trace,
    /// so that a restart leaves no stale markers and no `up 0`.
    package func run() async {
        var schedule = ScrapeSchedule(targets: targets, at: clock.now())
        await withTaskGroup(of: Void.self) { group in
            var runningCount = 0
            while !Task.isCancelled {
                while let due = schedule.popDue(at: clock.now()) {
                    if runningCount == maximumScrapeCount {
                        await group.next()
                        runningCount -= 1
                    }
                    let isAdded = group.addTaskUnlessCancelled(
                        executorPreference: lane(of: due), operation: { await self.scrape(due) })
                    if isAdded { runningCount += 1 }
                }
                do {
                    try await clock.sleep(pause(before: schedule.nextDue))
                } catch {
                    break
                }
            }
            group.cancelAll()
        }
    }

    private func lane(of due: ScrapeSchedule.Due) -> (any TaskExecutor)? {
        lanes.isEmpty ? nil : lanes[due.index % lanes.count]
    }

    /// Until the next slot; never so long that a jump of the clock would go unnoticed.
    private func pause(before due: Timestamp?) -> Duration {
        guard let due else { return .seconds(60) }
        return min(max(due - clock.now(), .milliseconds(1)), .seconds(60))
    }

    private func scrape(_ due: ScrapeSchedule.Due) async {
        let target = targets[due.index]
        let outcome: TargetSession.Outcome?
        do throws(TargetSession.Skipped) {
            outcome = try await sessions[due.index].scrape(at: due.at)
        } catch {
            outcome = nil
            if error == .overlapping {
                logger.warning(
                    "scrape skipped: the one before still runs",
                    metadata: ["service": "\(target.service)", "instance": "\(target.instance)"])
            }
        }
        guard let outcome else { return }
        onScrape(
            ScrapeResult(
                targetIndex: due.index, target: target, at: due.at, batches: outcome.batches,
                status: outcome.status, catalog: outcome.catalog))
    }
}
