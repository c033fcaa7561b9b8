import API
import Configuring
import Foundation
import Logging
import Querying
import Storage
import TimeSeries

/// Loads an OpenMetrics file into a store, or answers queries over one, for `run.py` and `speed.py`.
///
///     DifferentialRun load FILE STORE      into blocks
///     DifferentialRun journal FILE STORE   left in the journal
///     DifferentialRun fleet FILE STORE START   simulated series into both; START in ms
///     DifferentialRun fold STORE        every sample of the journal into blocks
///     DifferentialRun answer STORE      one JSON question a line in, one JSON answer a line out
///     DifferentialRun serve STORE HOST:PORT   the HTTP API over a store that nobody writes
@main
enum DifferentialRun {
    static func main() async throws {
        let arguments = CommandLine.arguments
        switch (arguments.dropFirst().first, arguments.count) {
        case ("load", 4): try load(arguments[2], into: arguments[3])
        case ("journal", 4): try load(arguments[2], into: arguments[3], isFolded: false)
        case ("fleet", 5):
            try SimulatedFleet.write(
                store: arguments[3], text: arguments[2], start: Int64(arguments[4]) ?? 0)
        case ("fold", 3): try fold(arguments[2])
        case ("answer", 3): try answer(over: arguments[2])
        case ("serve", 4): try await serve(arguments[2], at: arguments[3])
        default:
            FileHandle.standardError.write(
                Data("usage: DifferentialRun load|journal|fleet|fold|answer|serve …\n".utf8))
            exit(2)
        }
    }

    private static func load(_ file: String, into path: String, isFolded: Bool = true) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: file), options: .alwaysMapped)
        let columns = try data.withUnsafeBytes { try OpenMetricsColumns($0) }
        let store = try Store(StoreOptions(path: path, retention: .seconds(36_500 * 86_400)))
        var pending = 0
        var last = Timestamp(milliseconds: 0)
        try columns.forEachBatch { batch in
            store.append([batch])
            last = batch.at
            pending += batch.values.count
            if pending > 500_000 {
                try store.commit()
                if isFolded { try store.compact(now: batch.at) }
                pending = 0
            }
        }
        try store.commit()
        // Far enough ahead that everything is folded into blocks.
        if isFolded { try store.compact(now: last + .seconds(86_400)) }
        try store.close()
    }

    /// A call to the compactor does a bounded part of what there is.
    private static func fold(_ path: String) throws {
        let store = try Store(StoreOptions(path: path, retention: .seconds(36_500 * 86_400)))
        for _ in 0..<10 { try store.compact(now: Timestamp(seconds: 4e9)) }
        try store.close()
    }

    private static func serve(_ path: String, at address: String) async throws {
        guard let settings = APISettings(listen: address) else { exit(2) }
        let store = try Store(StoreOptions(path: path, isReadOnly: true))
        let sources = APISources(
            store: store, ruleGroups: [],
            now: { Timestamp(seconds: Date().timeIntervalSince1970) }, version: "")
        var limits = APILimits()
        limits.query.maximumSamples = 500_000_000
        try await APIServer(
            settings, sources: sources, limits: limits, logger: Logger(label: "speed")
        ).run()
    }

    private static func answer(over path: String) throws {
        let store = try Store(StoreOptions(path: path, isReadOnly: true))
        let engine = QueryEngine(limits: QueryLimits(maximumSamples: 500_000_000))
        let decoder = JSONDecoder()
        let encoder = JSONEncoder()
        while let line = readLine() {
            let question = try decoder.decode(Question.self, from: Data(line.utf8))
            let answer = Answer(question, engine: engine, store: store)
            FileHandle.standardOutput.write(try encoder.encode(answer) + Data("\n".utf8))
        }
    }
}

/// An instant query where there is no step, else a range query. Times are milliseconds.
private struct Question: Decodable {
    var query: String
    var start: Int64
    var end: Int64?
    var step: Int64?
}

private struct Answer: Encodable {
    struct Entry: Encodable {
        var metric: [String: String]
        /// Milliseconds and values.
        var times: [Int64]
        var values: [String]
    }

    var kind = ""
    var entries: [Entry] = []
    var count = 0
    var error: String?

    init(_ question: Question, engine: QueryEngine, store: Store) {
        do {
            let expression = try QueryExpression(parsing: question.query)
            let at = Timestamp(milliseconds: question.start)
            if let end = question.end, let step = question.step {
                let series = try engine.range(
                    expression, start: at, end: Timestamp(milliseconds: end),
                    step: .milliseconds(step), over: store)
                kind = "matrix"
                count = series.count
                entries = series.map(Self.entry)
            } else {
                let value = try engine.instant(expression, at: at, over: store)
                read(value, at: at)
            }
        } catch {
            self.error = "\(error)"
        }
    }

    private mutating func read(_ value: QueryValue, at: Timestamp) {
        func entry(_ labels: [String: String], _ text: String) -> Entry {
            Entry(metric: labels, times: [at.milliseconds], values: [text])
        }
        switch value {
        case .scalar(let number): (kind, entries) = ("scalar", [entry([:], formatted(number))])
        case .string(let text): (kind, entries) = ("string", [entry([:], text)])
        case .vector(let elements):
            kind = "vector"
            entries = elements.map { entry($0.labels.dictionary, formatted($0.value)) }
        case .matrix(let series):
            kind = "matrix"
            entries = series.map(Self.entry)
        }
        count = entries.count
    }

    private static func entry(_ series: Series) -> Entry {
        Entry(
            metric: series.labels.dictionary, times: series.timestamps,
            values: series.values.map(formatted))
    }
}
