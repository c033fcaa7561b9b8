import Alerting
import Configuring
import HTTP
import Logging
import Querying
import Scraping
import ServiceLifecycle
import Storage
import TimeSeries

/// The composition root: joins collector, store, detectors, rules and deliveries.
final class Monitor: Sendable {
    private static let commitInterval = Duration.milliseconds(500)
    private static let compactionInterval = Duration.seconds(5)
    private static let retentionInterval = Duration.seconds(60)
    /// Detectors and rules look this often, where the fleet is not so large that it would cost much;
    /// windows and rule groups have their own rhythm.
    private static let evaluationInterval = Duration.seconds(1)
    private static let healthInterval = Duration.seconds(15)
    private static let trimmingInterval = Duration.seconds(20)
    /// A minute is recorded so soon after its samples have settled.
    private static let serviceMinuteInterval = Duration.seconds(5)
    /// Enough for any fleet that one machine can store; more threads are woken more often.
    private static let scrapeThreadCount = 2
    /// Between two looks at the outbox while nothing is due and no rule was evaluated.
    private static let deliveryInterval = Duration.seconds(5)

    private let configuration: MonitorConfiguration
    private let store: Store
    /// For messages.
    private let client: HTTPClient
    /// For scrapes, which live on their threads.
    private let scrapeClients: [HTTPClient]
    private let board = TargetBoard()
    private let logger: Logger
    private let group: ServiceGroup

    /// - Parameters:
    ///   - store: Opened for writing; closed when `run` ends.
    ///   - handlesSignals: TERM and INT end `run`; otherwise `stop` does.
    init(
        _ configuration: MonitorConfiguration, store: Store, logger: Logger, handlesSignals: Bool
    ) throws {
        self.configuration = configuration
        self.store = store
        self.logger = logger
        Program.raiseDescriptorLimit()
        client = try HTTPClient()
        scrapeClients = try (1...Self.scrapeThreadCount).map { _ in try HTTPClient() }
        Program.keepHeapsSmall()
        do {
            try Departures(store: store).settle(configuration.services, at: Program.now())
        } catch {
            // A full disk must not keep the others from being watched.
            logger.error(
                "the series of targets that left the configuration could not be ended; the next start tries again",
                metadata: ["error": "\(error)"])
        }
        board.announce(configuration.services, known: try store.targets())
        let services = try Self.services(
            configuration, store: store, client: client, scrapeClients: scrapeClients,
            board: board, logger: logger)
        group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map { .init(service: $0) },
                gracefulShutdownSignals: handlesSignals ? [.sigterm, .sigint] : [],
                logger: Logger(label: "mlmon.services") { _ in SwiftLogNoOpLogHandler() }))
    }

    /// Collects, detects and alerts until it is stopped.
    func run() async throws {
        let result: Result<Void, any Error>
        do {
            result = .success(try await group.run())
        } catch {
            result = .failure(error)
        }
        for client in scrapeClients + [client] { await client.shutdown() }
        try store.close()
        try result.get()
    }

    func stop() async {
        await group.triggerGracefulShutdown()
    }

    /// In the order of starting; they end in the opposite order, each after the one before.
    private static func services(
        _ configuration: MonitorConfiguration, store: Store, client: HTTPClient,
        scrapeClients: [HTTPClient], board: TargetBoard, logger: Logger
    ) throws -> [any Service] {
        let health = OwnHealth(logger: logger)
        let families = FamilyBoard()
        let recent = RecentSamples(over: store.withoutMemory)
        let record: @Sendable ([SampleBatch]) -> Void = { batches in
            store.append(batches)
            recent.note(batches)
        }
        let firstRound = FirstRound(targetCount: configuration.services.count)
        var services: [any Service] = [commits(store, recent, board: board, logger: logger)]
        services += housekeeping(store, logger: logger).map { $0.after(firstRound) }
        services += serviceMinutes(store, recent, logger: logger).map { $0.after(firstRound) }
        services.append(
            PeriodicService(name: "own health", interval: healthInterval, logger: logger) {
                record([try health.batch(store, at: Program.now())])
            })
        services.append(
            PeriodicService(name: "memory", interval: trimmingInterval, logger: logger) {
                Program.returnFreeMemory()
            })
        let dispatcher = Dispatcher(
            store: store, receivers: configuration.receivers, client: client, logger: logger)
        services.append(DispatcherService(dispatcher: dispatcher, interval: deliveryInterval))
        let runner = RuleRunner(
            groups: configuration.ruleGroups, route: configuration.route, store: store,
            source: recent, logger: logger)
        var judging = [
            rules(runner, configuration, logger: logger) { batches in
                record(batches)
                dispatcher.wake()
            }
        ]
        judging += try detectors(
            configuration, store: store, recent: recent, record: record, logger: logger)
        services += judging.map { $0.after(firstRound) }
        services.append(
            ScraperService(
                scraper: scraper(
                    configuration, store: store, clients: scrapeClients, logger: logger,
                    onScrape: { result in
                        record(result.batches)
                        firstRound.note(targetIndex: result.targetIndex)
                        board.note(result)
                        health.note(result)
                        families.note(result)
                    })))
        services += APIService.make(
            configuration, store: store, rules: runner, health: health, families: families,
            logger: logger)
        return services.map { ($0 as? PeriodicService)?.metered(by: health.work) ?? $0 }
    }

    private static func commits(
        _ store: Store, _ recent: RecentSamples, board: TargetBoard, logger: Logger
    ) -> PeriodicService {
        let commit: @Sendable () async throws -> Void = {
            try store.commit()
            recent.noteCommit()
            let changed = board.take()
            if !changed.isEmpty { try store.record(targets: changed) }
        }
        return PeriodicService(
            name: "store", interval: commitInterval, rest: .commit, logger: logger,
            work: commit, finish: commit)
    }

    private static func housekeeping(_ store: Store, logger: Logger) -> [PeriodicService] {
        [
            PeriodicService(name: "compaction", interval: compactionInterval, logger: logger) {
                try store.compact(now: Program.now())
            },
            PeriodicService(name: "retention", interval: retentionInterval, logger: logger) {
                if let cut = try store.enforceRetention(now: Program.now()) {
                    logger.warning("\(cut.description)")
                }
            },
        ]
    }

    /// - Returns: None where `store.retention_service_minutes` is zero.
    private static func serviceMinutes(
        _ store: Store, _ recent: RecentSamples, logger: Logger
    ) -> [PeriodicService] {
        guard store.options.serviceMinuteRetention > .zero else { return [] }
        let minutes = ServiceMinutes(store: store, source: recent)
        return [
            PeriodicService(
                name: "service minutes", interval: serviceMinuteInterval, logger: logger
            ) { try await minutes.advance(to: Program.now()) }
        ]
    }

    private static func rules(
        _ runner: RuleRunner, _ configuration: MonitorConfiguration, logger: Logger,
        onEvaluation: @escaping @Sendable ([SampleBatch]) -> Void
    ) -> PeriodicService {
        let interval = min(evaluationInterval, configuration.scrapeInterval)
        return PeriodicService(
            name: "rules", interval: interval, rest: .evaluation, logger: logger
        ) {
            onEvaluation(try runner.evaluate(at: Program.now()))
        }
    }

    private static func detectors(
        _ configuration: MonitorConfiguration, store: Store, recent: RecentSamples,
        record: @escaping @Sendable ([SampleBatch]) -> Void, logger: Logger
    ) throws -> [PeriodicService] {
        let drift = DriftMonitor(
            store: store, source: recent, options: configuration.drift,
            files: try configuration.drift.referenceFiles(), logger: logger)
        let anomaly = try AnomalyMonitor(
            store: store, source: recent, engine: QueryEngine(),
            interval: configuration.scrapeInterval, options: configuration.anomaly,
            logger: logger)
        let performance = PerformanceMonitor(
            store: store, options: configuration.performance,
            calibrations: try CalibrationFile.load(configuration.performance))
        return [
            PeriodicService(
                name: "drift", interval: configuration.scrapeInterval,
                rest: .evaluation(of: configuration.drift.window), logger: logger
            ) {
                let now = Program.now()
                if let batch = try await drift.advance(to: now) { record([batch]) }
                try await drift.saveIfDue(at: now)
            },
            PeriodicService(
                name: "anomaly", interval: evaluationInterval, rest: .evaluation,
                logger: logger,
                work: {
                    if let batch = try await anomaly.advance(to: Program.now()) {
                        record([batch])
                    }
                }, finish: { try await anomaly.save(at: Program.now()) }),
            PeriodicService(
                name: "performance", interval: configuration.scrapeInterval, rest: .evaluation,
                logger: logger
            ) {
                let now = Program.now()
                try await performance.measure(at: now)
                if let batch = try await performance.advance(to: now) { record([batch]) }
            },
        ]
    }

    private static func scraper(
        _ configuration: MonitorConfiguration, store: Store, clients: [HTTPClient], logger: Logger,
        onScrape: @escaping @Sendable (ScrapeResult) -> Void
    ) -> Scraper {
        let earlier = EarlierSamples(store)
        return Scraper(
            targets: configuration.services, clients: clients,
            presets: PresetLibrary(configuration.presets), version: MLMon.version,
            clock: ScrapeClock(
                now: { Program.now() }, sleep: { try await $1.sleep(for: $0) }),
            logger: logger,
            seed: { required in
                let last = try earlier.lastSamples(
                    matching: required.outputs, and: required.raw)
                // Where nothing was counted yet, there is nothing to go on from.
                if last.matching.isEmpty { return Scraper.Seed() }
                return Scraper.Seed(
                    raw: last.others.mapValues(\.value), outputs: last.matching.mapValues(\.value))
            },
            onScrape: onScrape)
    }
}

/// The deliveries as a service; what is not delivered at the end stays in the outbox.
private struct DispatcherService: Service {
    let dispatcher: Dispatcher
    let interval: Duration

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await dispatcher.run(now: { Program.now() }, maximumSleep: interval)
        }
    }
}

/// The scraper as a service; the first to end.
private struct ScraperService: Service {
    let scraper: Scraper

    func run() async throws {
        await cancelWhenGracefulShutdown { await scraper.run() }
    }
}
