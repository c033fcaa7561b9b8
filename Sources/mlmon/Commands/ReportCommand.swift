import ArgumentParser
import Foundation
import Querying
import TimeSeries

struct ReportCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case csv, json
    }

    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Export what was seen: one row per time, service, model and version.",
        discussion: """
            Columns: \(ReportRow.header.replacing(",", with: ", ")).

            Times are the beginnings of the steps in UTC. Counts are exact differences of counters; \
            an empty cell is unknown, never 0. Cells that a spreadsheet would take for a formula \
            begin with an apostrophe.
            """)

    @Option(help: "How far back: 24h, 7d, …")
    var since = "24h"

    @Option(help: "Length of a row's step.")
    var step = "1m"

    @Option(help: "Only this service.")
    var service: String?

    @Option(help: "File to write instead of standard output.", completion: .file())
    var output: String?

    @Option(help: "csv or json.")
    var format = Format.csv

    @OptionGroup var location: StoreLocation

    func validate() throws {
        guard let step = Duration(parsingPrometheus: step), step >= .seconds(1) else {
            throw ValidationError(
                "--step is '\(step)', expected a duration of at least 1s, like 1m")
        }
        guard let since = Duration(parsingPrometheus: since), since >= step else {
            throw ValidationError(
                "--since is '\(since)', expected a duration not shorter than --step, like 24h")
        }
    }

    func run() throws {
        let store = try location.openForReading()
        if let output, Self.isSameFile(output, store.options.path) {
            throw CommandFailure("--output is the store itself; name another file")
        }
        try location.checkService(service, in: store)
        let now = Program.now()
        let step = Duration(parsingPrometheus: step) ?? .seconds(60)
        let since = Duration(parsingPrometheus: since) ?? .seconds(86_400)
        // Nothing is older than the oldest sample; a span of centuries costs no more for it.
        let oldest = try location.orFail { try store.statistics().oldestMilliseconds }
            .map(Timestamp.init(milliseconds:))
        let start = max(now - since, oldest ?? now - since)
        let report = Report(
            source: store.withoutMemory, start: start.aligned(to: step), end: now, step: step,
            service: service)
        let writer = try ReportWriter(path: output, format: format)
        // A bar among the rows of the same terminal would only be in the way.
        let bar = ProgressBar(
            isShown: Program.isStandardErrorATerminal
                && (output != nil || !Program.isStandardOutputATerminal))
        do {
            try report.write(writer.write, progress: bar.show)
            try writer.finish()
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure("report: \(error)")
        }
        bar.end()
    }
}

extension ReportCommand {
    private static func isSameFile(_ a: String, _ b: String) -> Bool {
        var first = stat()
        var second = stat()
        guard stat(a, &first) == 0, stat(b, &second) == 0 else { return false }
        return first.st_dev == second.st_dev && first.st_ino == second.st_ino
    }
}

/// Writes rows as they come.
private final class ReportWriter {
    private let file: FileHandle
    private let path: String
    private let format: ReportCommand.Format
    private let encoder = JSONEncoder()
    private var buffer = Data()
    private var rowCount = 0

    init(path: String?, format: ReportCommand.Format) throws {
        self.format = format
        self.path = path ?? "standard output"
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if let path {
            // What is there keeps being what it is: a link, a pipe, a device.
            let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else {
                throw CommandFailure("cannot write '\(path)': \(String(cString: strerror(errno)))")
            }
            file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        } else {
            file = .standardOutput
        }
        buffer.append(Data((format == .csv ? ReportRow.header + "\r\n" : "[").utf8))
    }

    func write(_ row: ReportRow) throws {
        switch format {
        case .csv: buffer.append(Data((row.csv + "\r\n").utf8))
        case .json:
            buffer.append(Data((rowCount == 0 ? "\n" : ",\n").utf8))
            buffer.append(try encoder.encode(row))
        }
        rowCount += 1
        if buffer.count > 1 << 16 { try flush() }
    }

    func finish() throws {
        if format == .json { buffer.append(Data("\n]\n".utf8)) }
        try flush()
    }

    private func flush() throws {
        do {
            try file.write(contentsOf: buffer)
        } catch {
            throw CommandFailure("writing \(path): \(error.localizedDescription)")
        }
        buffer.removeAll(keepingCapacity: true)
    }
}

/// A line on standard error that grows; nothing where it is not shown.
struct ProgressBar {
    let isShown: Bool

    func show(_ share: Double) {
        guard isShown else { return }
        let filled = Int((min(max(share, 0), 1) * 30).rounded())
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: 30 - filled)
        FileHandle.standardError.write(Data("\r[\(bar)] \(Int(share * 100)) %".utf8))
    }

    func end() {
        if isShown { FileHandle.standardError.write(Data("\n".utf8)) }
    }
}
