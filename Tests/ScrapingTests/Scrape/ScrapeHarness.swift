import HTTP
import Logging
import Synchronization
import TestSupport
import TimeSeries

@testable import Scraping

/// A scraper over test servers with a clock that the test moves, and what it handed over.
final class ScrapeHarness: Sendable {
    let clock: ManualClock
    let clients: [HTTPClient]
    private let results = Mutex<[ScrapeResult]>([])

    init(startingAt milliseconds: Int64 = 1_700_000_000_000, clientCount: Int = 1) throws {
        clock = ManualClock(at: milliseconds)
        clients = try (0..<clientCount).map { _ in try HTTPClient() }
    }

    /// So that the next slot is almost an interval away, whatever port the target has.
    static func justAfterSlot(of target: Target) -> Int64 {
        let start = Timestamp(milliseconds: 1_700_000_000_000).aligned(to: target.interval)
        return (start + ScrapeSchedule.offset(of: target)).milliseconds + 1
    }

    var all: [ScrapeResult] { results.withLock { $0 } }

    func scraper(
        _ targets: [Target], presets: [Preset] = [], maximumScrapeCount: Int = 64,
        seed: @escaping @Sendable (RequiredSeries) throws -> Scraper.Seed = { _ in .init() }
    ) -> Scraper {
        let clock = clock
        return Scraper(
            targets: targets, clients: clients, presets: PresetLibrary(presets), version: "1.2.3",
            clock: ScrapeClock(
                now: { Timestamp(milliseconds: clock.now) },
                sleep: { duration, _ in try await clock.sleep(for: duration) }),
            maximumScrapeCount: maximumScrapeCount, logger: Logger(label: "test"), seed: seed
        ) { [self] result in results.withLock { $0.append(result) } }
    }

    /// Runs the scraper while the body does.
    func running<Value: Sendable>(
        _ scraper: Scraper, _ body: () async throws -> Value
    ) async throws -> Value {
        let task = Task { await scraper.run() }
        let result: Result<Value, any Error>
        do {
            result = .success(try await body())
        } catch {
            result = .failure(error)
        }
        task.cancel()
        await task.value
        for client in clients { await client.shutdown() }
        return try result.get()
    }

    /// Moves the clock to the next slot and waits until a scrape is through.
    func next() async -> ScrapeResult? {
        await clock.waitForSleepers(1)
        let count = all.count
        guard let due = clock.nextDue else { return nil }
        clock.set(to: due)
        await eventually { self.all.count > count }
        return all.count > count ? all[count] : nil
    }

    /// The results of the first scrapes of one target that is answered in that order.
    static func results(
        of replies: [Reply], configure: (inout Target) -> Void = { _ in },
        presets: [Preset] = [],
        seed: @escaping @Sendable (RequiredSeries) throws -> Scraper.Seed = { _ in .init() }
    ) async throws -> [ScrapeResult] {
        let server = try TestServer(replies: replies)
        var target = Target(service: "digits", url: server.url(), instance: "a:1")
        configure(&target)
        let harness = try ScrapeHarness(startingAt: justAfterSlot(of: target))
        let scraper = harness.scraper([target], presets: presets, seed: seed)
        return try await harness.running(scraper) {
            var results: [ScrapeResult] = []
            for _ in replies {
                if let result = await harness.next() { results.append(result) }
            }
            return results
        }
    }
}

extension ScrapeResult {
    /// The value of a series, nil where the scrape did not write it.
    func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        var labels = labels
        labels["service"] = target.service
        labels["instance"] = target.instance
        let wanted = LabelSet(metricName: name, labels)
        for batch in batches {
            if let index = batch.table.labels.firstIndex(of: wanted) { return batch.values[index] }
        }
        return nil
    }
}
