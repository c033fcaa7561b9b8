import ArgumentParser
import Foundation
import Scraping
import Storage
import TimeSeries

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Take samples from OpenMetrics text with timestamps into the store.",
        discussion: """
            mlmon import history.om
            promtool tsdb dump-openmetrics data/ | mlmon import -

            Each file is taken whole or, when a line of it is wrong, not at all; --skip-bad leaves \
            such lines out instead. Times may be any. Nothing is dropped for its age, but 'mlmon \
            run' keeps only roll-ups of what is older than store.retention. Not while 'mlmon run' \
            writes.
            """)

    @Argument(help: "Files; - is standard input.", completion: .file())
    var files: [String]

    @Flag(help: "Leave lines out that are wrong, instead of refusing the file.")
    var skipBad = false

    @Flag(name: .shortAndLong, help: "No progress.")
    var quiet = false

    @OptionGroup var location: StoreLocation

    func run() throws {
        let options = try location.storeOptions()
        let store = try StoreLocation.open(options)
        var isRefused = false
        for file in files where !(try take(file, into: store, retention: options.retention)) {
            isRefused = true
        }
        try location.orFail {
            try store.compact(now: Program.now())
            try store.close()
        }
        if isRefused { throw ExitCode(1) }
    }

    /// - Returns: False where the file was refused.
    private func take(_ file: String, into store: Store, retention: Duration) throws -> Bool {
        let input = try InputFile(file)
        var reader = TimedSampleReader(skipsBadLines: skipBad)
        var progress = ImportProgress(file: file, byteCount: input.byteCount, isShown: !quiet)
        do {
            let taken = try store.importSamples { session in
                try input.forEachPiece { lines in
                    try reader.read(lines)
                    try session.add(
                        labels: reader.labels, series: reader.series,
                        milliseconds: reader.milliseconds, values: reader.values)
                    progress.advance(byteCount: lines.count, sampleCount: reader.series.count)
                    reader.removeSamples()
                }
                try reader.finish()
            }
            progress.finish()
            report(taken, reader, file, retention: retention)
            return true
        } catch let error as ExpositionError {
            progress.clear()
            Program.complain(
                "\(file):\(error.line): expected \(error.expected), found "
                    + (error.token.isEmpty ? "nothing" : "'\(error.token)'")
                    + "; nothing of the file was taken (--skip-bad leaves such lines out)")
            return false
        } catch let error as StorageError {
            progress.clear()
            throw CommandFailure("\(error)")
        }
    }

    private func report(
        _ taken: SampleImport, _ reader: TimedSampleReader, _ file: String, retention: Duration
    ) {
        var line = "\(file): \(taken.sampleCount) samples of \(reader.labels.count) series"
        if let oldest = taken.oldest, let newest = taken.newest {
            let first = Timestamp(milliseconds: oldest).iso8601(fractionDigits: 0)
            let last = Timestamp(milliseconds: newest).iso8601(fractionDigits: 0)
            line += ", \(first) to \(last)"
        }
        print(line)
        if let bad = reader.firstBadLine {
            Program.complain(
                "\(file):\(bad.line): expected \(bad.expected); \(reader.badLineCount) bad lines "
                    + "were left out")
        }
        let cutoff = Program.now() - retention
        if let oldest = taken.oldest, oldest < cutoff.milliseconds {
            Program.complain(
                "\(file): some samples are older than store.retention, from before "
                    + "\(cutoff.iso8601(fractionDigits: 0)): 'mlmon run' will keep only roll-ups of "
                    + "them; raise store.retention to keep the samples")
        }
    }
}

/// A file, or standard input, in pieces of whole lines.
struct InputFile {
    private let handle: FileHandle
    /// nil where it is not known.
    let byteCount: Int?

    private static let pieceByteCount = 4 << 20
    private static let lineByteLimit = 64 << 20

    init(_ path: String) throws {
        if path == "-" {
            handle = .standardInput
            byteCount = nil
            return
        }
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw CommandFailure("cannot read '\(path)'; is there such a file?")
        }
        self.handle = handle
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        byteCount = (attributes?[.size] as? NSNumber)?.intValue
    }

    func forEachPiece(_ body: (UnsafeBufferPointer<UInt8>) throws -> Void) throws {
        var carried = Data()
        while let piece = try handle.read(upToCount: Self.pieceByteCount), !piece.isEmpty {
            carried.append(piece)
            guard let end = carried.lastIndex(of: 0x0A) else {
                guard carried.count < Self.lineByteLimit else {
                    throw CommandFailure("a line is longer than \(Self.lineByteLimit) bytes")
                }
                continue
            }
            try hand(carried[...end], to: body)
            carried = Data(carried[(end + 1)...])
        }
        try hand(carried, to: body)
    }

    private func hand(
        _ data: Data, to body: (UnsafeBufferPointer<UInt8>) throws -> Void
    ) throws {
        guard !data.isEmpty else { return }
        try data.withUnsafeBytes { try body($0.bindMemory(to: UInt8.self)) }
    }
}

/// One line on a terminal that says how far an import is.
private struct ImportProgress {
    let file: String
    let byteCount: Int?
    let isShown: Bool

    private let clock = ContinuousClock()
    private let start = ContinuousClock.now
    private var lastShown: ContinuousClock.Instant?
    private var doneByteCount = 0
    private var doneSampleCount = 0

    private static let interval = Duration.milliseconds(250)

    init(file: String, byteCount: Int?, isShown: Bool) {
        self.file = file
        self.byteCount = byteCount
        self.isShown = isShown && Program.isStandardErrorATerminal
    }

    mutating func advance(byteCount: Int, sampleCount: Int) {
        doneByteCount += byteCount
        doneSampleCount += sampleCount
        let now = clock.now
        guard isShown, lastShown.map({ now - $0 >= Self.interval }) ?? true else { return }
        lastShown = now
        let share = self.byteCount.map { " \(100 * doneByteCount / max($0, 1)) %" } ?? ""
        let rate = Double(doneSampleCount) / max((now - start) / .seconds(1), 0.001)
        write("\r\(file):\(share) \(doneSampleCount) samples, \(Int(rate / 1000)) k/s")
    }

    func finish() { clear() }

    func clear() {
        if lastShown != nil { write("\r\u{1B}[K") }
    }

    private func write(_ text: String) {
        FileHandle.standardError.write(Data(text.utf8))
    }
}
