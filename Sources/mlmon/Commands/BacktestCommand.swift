import ArgumentParser
import Configuring
import Detection
import Foundation
import Querying
import Storage
import TimeSeries

extension BacktestReport.Format: ExpressibleByArgument {}

struct BacktestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backtest",
        abstract: "Say what the configured detectors and rules would have alarmed on.",
        discussion: """
            mlmon backtest --since 30d
            mlmon backtest --config tried.yaml --since 2026-11-01 --format csv > alarms.csv

            Runs the live detectors and rules over the stored signals, from --since to the newest \
            sample, and writes nothing to the store. References that were pinned hold, and those \
            learned before --since; others are learned on the way. Works beside 'mlmon run'.
            """)

    @Option(
        parsing: .unconditional,
        help: "How far back from the newest sample, like 30d; or an instant.")
    var since = "7d"

    @Option(help: "From one look to the next, like 1m (default: the scrape interval).")
    var step: String?

    @Option(help: "table, csv or json.")
    var format = BacktestReport.Format.table

    @Flag(name: .shortAndLong, help: "No progress.")
    var quiet = false

    @OptionGroup var location: StoreLocation

    func run() throws {
        let configuration = try loaded()
        let store = try location.openForReading()
        guard let span = try location.orFail({ try store.sampleSpan() }) else {
            throw CommandFailure("the store holds no samples yet")
        }
        let from = max(try beginning(before: span.newest), span.oldest)
        let step = try stepLength(default: configuration.scrapeInterval)
        guard from < span.newest else {
            throw CommandFailure(
                "there are no samples after \(from); the newest is of \(span.newest)")
        }
        let backtest = Backtest(
            configuration: configuration, store: store, from: from, through: span.newest,
            step: step)
        let bar = ProgressBar(isShown: !quiet && Program.isStandardErrorATerminal)
        var log = AlarmLog()
        try TemporaryStore.with { path in
            log = try location.orFail {
                try Concurrently.wait {
                    var lastShown = -1.0
                    return try await backtest.run(scratchPath: path) { share in
                        guard share - lastShown >= 0.005 else { return }
                        lastShown = share
                        bar.show(share)
                    }
                }
            }
        }
        bar.end()
        let report = BacktestReport(
            log: log, from: from, through: span.newest, step: step,
            expectedFalseAlarms: configuration.drift.expectedFalseAlarms(log))
        for line in try report.lines(format) { print(line) }
    }

    /// The shipped rules apply where only a database is named.
    private func loaded() throws -> MonitorConfiguration {
        if location.configurationPath == nil, let db = location.db {
            return try MonitorConfiguration.shippedDefaults(storePath: db)
        }
        return try location.loadConfiguration()
    }

    private func beginning(before newest: Timestamp) throws -> Timestamp {
        if let age = Duration(parsingPrometheus: since), age > .zero { return newest - age }
        guard let instant = Timestamp(parsing: since) else {
            throw ValidationError(
                "--since is '\(since)', expected a duration like 30d, or an instant")
        }
        return instant
    }

    private func stepLength(default interval: Duration) throws -> Duration {
        guard let step else { return interval }
        guard let length = Duration(parsingPrometheus: step), length >= .milliseconds(100) else {
            throw ValidationError("--step is '\(step)', expected a duration like 15s or 1m")
        }
        return length
    }
}

extension DriftOptions {
    /// What the budget or the significance lets expect of the windows that were judged; nil of a
    /// rule with a threshold, which keeps none.
    fileprivate func expectedFalseAlarms(_ log: AlarmLog) -> Double? {
        guard rule == nil else { return nil }
        return keepingBudget(distributionCount: log.distributionCount).significance
            * Double(log.judgedWindowCount)
    }
}
