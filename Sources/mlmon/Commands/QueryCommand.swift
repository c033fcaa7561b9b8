import ArgumentParser
import Foundation
import Querying
import Storage
import TimeSeries

struct QueryCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table, csv, json
    }

    static let configuration = CommandConfiguration(
        commandName: "query",
        abstract: "Evaluate PromQL over the store, at an instant or over a range.",
        discussion: """
            mlmon query 'sum by (service) (rate(mlmon_requests_total[1m]))'
            mlmon query 'mlmon_drift_psi' --start 2026-11-21T08:00:00Z --end now --step 1m
            mlmon query 'rate(mlmon_requests_total[1m])' --start=-1h --step 15s --graph

            Times are RFC 3339, seconds since the epoch, 'now', or an age like '-15m'. With --format \
            json the answer and its errors are those of Prometheus's HTTP API.
            """)

    @Argument(help: "The expression.")
    var expression: String

    @Option(parsing: .unconditional, help: "Evaluate at this instant (default: now).")
    var at: String?

    @Option(parsing: .unconditional, help: "First instant of a range.")
    var start: String?

    @Option(parsing: .unconditional, help: "Last instant of a range (default: now).")
    var end: String?

    @Option(help: "Distance of the instants of a range, like 15s or 1m.")
    var step: String?

    @Option(help: "table, csv or json.")
    var format = Format.table

    @Flag(help: "Draw a range as a chart, instead of writing its samples.")
    var graph = false

    @Flag(
        help: ArgumentHelp(
            "Also say on standard error what each part of the expression cost.",
            discussion: """
                Time with the parts below it, series and samples that it gave or read, and the \
                chunks that were read for it: blocks, rows of the journal, roll-ups.
                """))
    var explain = false

    @Option(help: "Samples that the query may read and compute.")
    var maxSamples = QueryLimits().maximumSamples

    @Option(help: "Series that one selector may select.")
    var maxSeries = QueryLimits().maximumSeries

    @Option(help: "Give up after this long, like 30s (default: never).")
    var timeout: String?

    @OptionGroup var location: StoreLocation

    func run() throws {
        let range = try range()
        if graph, range == nil {
            throw ValidationError("--graph needs a range: --start and --step")
        }
        do {
            let expression = try QueryExpression(parsing: expression)
            let store = try location.openForReading()
            let output = QueryOutput(format: format)
            let clock = ContinuousClock()
            let begun = clock.now
            let engine = QueryEngine(limits: try limits(since: begun))
            let profile =
                explain
                ? QueryProfile(chunks: { store.readChunkCount }) { clock.now - begun } : nil
            let notes = QueryNotes()
            if let range {
                let series = try engine.range(
                    expression, start: range.start, end: range.end, step: range.step, over: store,
                    profile: profile, notes: notes)
                if graph {
                    let grid = QueryGraph(
                        start: range.start, end: range.end, step: range.step,
                        width: QueryGraph.terminalWidth())
                    for line in grid.lines(of: series) { print(line) }
                } else {
                    output.write(series)
                }
            } else {
                let instant = try Instant.parse(at, option: "--at") ?? Program.now()
                output.write(
                    try engine.instant(
                        expression, at: instant, over: store, profile: profile, notes: notes),
                    at: instant)
            }
            for note in notes.warnings + notes.infos { Program.complain("mlmon: \(note)") }
            if let profile { explain(profile) }
        } catch let error as QueryError {
            QueryOutput(format: format).write(error)
            throw ExitCode(1)
        }
    }

    private func limits(since begun: ContinuousClock.Instant) throws -> QueryLimits {
        var limits = QueryLimits()
        limits.maximumSamples = maxSamples
        limits.maximumSeries = maxSeries
        guard let timeout else { return limits }
        guard let timeout = Duration(parsingPrometheus: timeout), timeout > .zero else {
            throw Self.mistake("--timeout is '\(timeout)', expected a duration like 30s")
        }
        let deadline = begun + timeout
        limits.isCancelled = { ContinuousClock.now > deadline }
        return limits
    }

    private func explain(_ profile: QueryProfile) {
        Program.complain("   seconds    series     samples    chunks  expression")
        for node in profile.nodes {
            let seconds = String(format: "%10.6f", node.seconds)
            let series = String(format: "%10d", node.seriesCount)
            let samples = String(format: "%12d", node.sampleCount)
            let chunks = String(format: "%10d", node.chunkCount)
            let indent = String(repeating: "  ", count: node.depth)
            Program.complain(
                "\(seconds)\(series)\(samples)\(chunks)  \(indent)\(node.expression)")
        }
    }

    private func range() throws -> (start: Timestamp, end: Timestamp, step: Duration)? {
        guard start != nil || end != nil || step != nil else { return nil }
        guard at == nil else { throw Self.mistake("--at and a range exclude each other") }
        guard let start = try Instant.parse(start, option: "--start") else {
            throw Self.mistake("a range needs --start")
        }
        guard let step, let step = Duration(parsingPrometheus: step), step > .zero else {
            throw Self.mistake("a range needs --step, a duration like 15s or 1m")
        }
        let end = try Instant.parse(end, option: "--end") ?? Program.now()
        guard start <= end else { throw Self.mistake("--start is after --end") }
        return (start, end, step)
    }

    private static func mistake(_ message: String) -> QueryError {
        QueryError(.badData, message)
    }
}

/// Instants as the command line writes them.
enum Instant {
    /// - Returns: nil for nil.
    static func parse(_ text: String?, option: String) throws -> Timestamp? {
        guard let text else { return nil }
        if text == "now" { return Program.now() }
        if text.hasPrefix("-"), let age = Duration(parsingPrometheus: String(text.dropFirst())) {
            return Program.now() - age
        }
        guard let instant = Timestamp(parsing: text) else {
            throw QueryError(
                .badData,
                "\(option) is '\(text)', expected RFC 3339, seconds since the epoch, 'now' or an "
                    + "age like -15m")
        }
        return instant
    }
}
