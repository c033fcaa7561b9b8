import Detection
import Foundation
import Storage
import TimeSeries

/// Runs the drift detector over recorded values: the first windows of each stream are its
/// reference, every later one is judged as it would have been live.
///
/// Rows of different streams may alternate; those of one stream come in the order of its windows.
/// Only the references and the running windows are held in memory.
struct DriftScan {
    static let header = "stream,window,statistic,p,n,alarm,state,reason\n"
    static let alarmHeader = "stream,window\n"

    let referenceWindowCount: Int
    let options: DriftOptions
    let isAlarmsOnly: Bool

    /// Windows that were judged, or found to be too small.
    private(set) var judgedCount = 0

    private var rates = FalseAlarmRates()

    init(referenceWindowCount: Int, options: DriftOptions, isAlarmsOnly: Bool) {
        self.referenceWindowCount = referenceWindowCount
        self.options = options
        self.isAlarmsOnly = isAlarmsOnly
    }

    mutating func run(
        _ reader: CSVReader, into output: OutputFile, progress: (Double) -> Void
    ) throws {
        let columns = try reader.header(
            needed: ["stream", "window", "value"], optional: ["kind", "ts_ms"])
        let (stream, window) = (columns["stream"] ?? 0, columns["window"] ?? 0)
        let value = columns["value"] ?? 0
        try output.write(isAlarmsOnly ? Self.alarmHeader : Self.header)

        var streams: [[UInt8]: RecordedStream] = [:]
        var order: [[UInt8]] = []
        // Rows of one stream mostly follow each other: the current one is taken out of the table.
        var current = RecordedStream(name: "", windowCount: referenceWindowCount, options: options)
        var name: [UInt8]?
        var rowCount = 0
        while try reader.next() {
            if !reader.field(stream, is: name) {
                if let name { streams[name] = current }
                let next = reader.bytes(stream)
                if let known = streams.removeValue(forKey: next) {
                    current = known
                } else {
                    current = RecordedStream(
                        name: reader.text(stream), windowCount: referenceWindowCount,
                        options: options)
                    order.append(next)
                }
                name = next
            }
            guard let number = reader.number(window), let index = Int(exactly: number) else {
                throw reader.failure(
                    "the window is \(reader.quoted(window))", expected: "a whole number")
            }
            if index != current.window {
                try write(try current.begin(index, reader), of: current, to: output)
                try current.note(time: columns["ts_ms"], kind: columns["kind"], of: reader)
            }
            try current.insert(value, of: reader)
            rowCount += 1
            if rowCount % 65_536 == 0 { progress(reader.progress) }
        }
        if let name { streams[name] = current }
        for name in order {
            guard var stream = streams[name] else { continue }
            try write(stream.end(), of: stream, to: output)
        }
        try output.flush()
    }

    private mutating func write(
        _ judged: RecordedStream.Judged?, of stream: RecordedStream, to output: OutputFile
    ) throws {
        guard let judged else { return }
        judgedCount += 1
        let verdict = judged.verdict
        let name = CSVCell.encode(stream.name)
        if isAlarmsOnly {
            if verdict.isSignificant { try output.write("\(name),\(judged.window)\n") }
            return
        }
        func cell(_ number: Double?) -> String { number.map { "\($0)" } ?? "" }
        try output.write(
            "\(name),\(judged.window),\(cell(verdict.ruleValue ?? verdict.psiCorrected)),\(cell(verdict.pValue)),"
                + "\(Int(verdict.n)),\(verdict.isSignificant ? 1 : 0),\(verdict.state.rawValue),"
                + "\(CSVCell.encode(reason(verdict)))\n")
    }

    /// What moved, and beside it what the best-known thresholds would have said.
    private mutating func reason(_ verdict: DriftVerdict) -> String {
        guard verdict.isSignificant else { return verdict.summary }
        let parts = DriftDetail(verdict, rates: &rates)
        var interval: [String] = []
        if let lower = parts.psiLower, let upper = parts.psiUpper {
            interval = ["true PSI \(DriftDetail.figure(lower)) to \(DriftDetail.figure(upper))"]
        }
        let rules = parts.fixedRules.filter { Self.knownRules.contains($0.rule) }.map(\.text)
        let severity = verdict.isCritical ? ["critical"] : []
        return ([verdict.summary] + severity + interval + rules).joined(separator: "; ")
    }

    private static let knownRules = [
        "PSI > 0.1", "PSI > 0.2", "KS p < 0.05", "chi-square p < 0.05",
    ]
}

/// One stream of recorded values: its reference while that grows, then its detector.
struct RecordedStream {
    struct Judged {
        var window: Int
        var verdict: DriftVerdict
    }

    let name: String
    /// The window that is running.
    private(set) var window: Int?

    private let windowCount: Int
    private let options: DriftOptions
    private var kind: DriftSample.Kind?
    private var time: Timestamp?
    private var learning: [DriftSample] = []
    private var watcher: DriftWatcher?
    private var running = DriftSample()

    init(name: String, windowCount: Int, options: DriftOptions) {
        self.name = name
        self.windowCount = windowCount
        self.options = options
    }

    /// Closes the running window and begins another.
    mutating func begin(_ index: Int, _ reader: CSVReader) throws -> Judged? {
        if let window, index < window {
            throw reader.failure(
                "window \(index) of stream '\(name)' comes after \(window)",
                expected: "the windows of a stream in ascending order")
        }
        let judged = end()
        window = index
        if learning.count == windowCount, watcher == nil {
            watcher = DriftWatcher(learning, kind: kind, options: options)
            learning = []
        }
        running = watcher?.emptySample ?? DriftSample()
        return judged
    }

    mutating func note(time timeColumn: Int?, kind kindColumn: Int?, of reader: CSVReader) throws {
        if let timeColumn {
            guard let number = reader.number(timeColumn), abs(number) < 9e15 else {
                throw reader.failure(
                    "ts_ms is \(reader.quoted(timeColumn))",
                    expected: "milliseconds since 1970")
            }
            running.time = Timestamp(milliseconds: Int64(number))
        }
        guard let kindColumn, kind == nil else { return }
        switch CSVReader.trimmed(reader.text(kindColumn)).lowercased() {
        case "numeric", "number": kind = .numeric
        case "categorical", "category": kind = .categorical
        case "": break
        default:
            throw reader.failure(
                "the kind is \(reader.quoted(kindColumn))", expected: "numeric or categorical")
        }
    }

    mutating func insert(_ column: Int, of reader: CSVReader) throws {
        let kind = watcher?.kind ?? self.kind
        if kind == .categorical {
            if reader.isMissing(column) {
                running.missingCount += 1
            } else {
                running.insert(category: reader.bytes(column))
            }
            return
        }
        if let number = reader.number(column) {
            running.insert(number)
            // Until the kind is known, a number may be a category's name as well.
            if kind == nil { running.note(text: reader.bytes(column)) }
        } else if reader.isMissing(column) {
            running.missingCount += 1
        } else {
            guard kind == nil else {
                throw reader.failure(
                    "the value of the numeric stream '\(name)' is \(reader.quoted(column))",
                    expected: "a number")
            }
            running.insert(category: reader.bytes(column))
        }
    }

    /// Closes the running window.
    mutating func end() -> Judged? {
        guard let window else { return nil }
        guard watcher != nil else {
            learning.append(running)
            return nil
        }
        guard let verdict = watcher?.judge(running) else { return nil }
        return Judged(window: window, verdict: verdict)
    }
}
