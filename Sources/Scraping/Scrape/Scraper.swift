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
    private let clients: [HTTPClient]
    /// The client of each target, by its place among them.
    private let lanes: [Int]
    private let logger: Logger
    private let onScrape: @Sendable (ScrapeResult) -> Void

    /// - Parameters:
    ///   - clients: At least one. On the thread of each live the scrapes of the targets whose slots
    ///     are its own, so that a slot wakes one thread, once.
    ///   - version: Of mlmon, for the User-Agent.
    ///   - maximumScrapeCount: At the same time on one client; who comes later waits.
    ///   - seed: Looks up where counting ended before a restart. Where it throws, the signals of
    ///     that scrape are left out and it is asked again at the next.
    ///   - onScrape: Called once a scrape, for different targets possibly at the same time, for
    ///     one target in order. Must not block for long: it holds up the scrapes of its thread.
    package init(
        targets: [Target], clients: [HTTPClient], presets: PresetLibrary, version: String,
        clock: ScrapeClock, maximumScrapeCount: Int = 256, logger: Logger,
        seed: @escaping @Sendable (RequiredSeries) throws -> Seed = { _ in Seed() },
        onScrape: @escaping @Sendable (ScrapeResult) -> Void
    ) {
        self.targets = targets
        self.clients = clients
        self.clock = clock
        self.maximumScrapeCount = max(maximumScrapeCount, 1)
        self.logger = logger
        self.onScrape = onScrape
        lanes = targets.map { ScrapeSchedule.position(of: $0) % clients.count }
        let quota = SeriesQuota()
        sessions = zip(targets, lanes).map { target, lane in
            TargetSession(
                target, client: clients[lane], presets: presets, version: version, quota: quota,
                seed: seed)
        }
    }

    /// Scrapes until the task is cancelled; transfers in flight are then dropped without a trace,
    /// so that a restart leaves no stale markers and no `up 0`.
    package func run() async {
        await withTaskGroup(of: Void.self) { group in
            for (lane, client) in clients.enumerated() {
                group.addTask(executorPreference: client) { await self.run(lane, on: client) }
            }
        }
    }

    private func run(_ lane: Int, on client: HTTPClient) async {
        var schedule = ScrapeSchedule(
            targets: targets, where: { self.lanes[$0] == lane }, at: clock.now())
        await withTaskGroup(of: Void.self) { group in
            var runningCount = 0
            while !Task.isCancelled {
                while let due = schedule.popDue(at: clock.now()) {
                    if runningCount == maximumScrapeCount {
                        await group.next()
                        runningCount -= 1
                    }
                    if group.addTaskUnlessCancelled(operation: { await self.scrape(due) }) {
                        runningCount += 1
                    }
                }
                do {
                    try await clock.sleep(pause(before: schedule.nextDue), client)
                } catch {
                    break
                }
            }
            group.cancelAll()
        }
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
