import ArgumentParser
import Configuring
import Detection
import Foundation
import Storage

/// Takes files of predictions or labels into the store, each whole or not at all.
struct RecordImport<Record> {
    let location: StoreLocation
    let options: RecordImportOptions
    /// `predictions` or `labels`.
    let noun: String
    let columns: (needed: [String], optional: [String])
    let parse: (RecordFields) throws(RecordFields.Mistake) -> Record
    let record: (Store, [Record]) throws -> GroundTruthCount

    /// Records in one transaction, so that a running monitor does not wait long.
    private static var sliceCount: Int { 5_000 }

    func run() throws {
        let store = try location.openForRecords()
        var isRefused = false
        for file in options.files where try !take(file, into: store) { isRefused = true }
        try location.orFail {
            let performance = try location.performanceOptions()
            try store.forgetWindows(ofOtherLengthThan: performance.window)
            _ = try RealisedMeasurement(store: store, options: performance).run()
            try store.close()
        }
        if isRefused { throw ExitCode(1) }
    }

    /// - Returns: False where the file was refused.
    private func take(_ path: String, into store: Store) throws -> Bool {
        try TemporaryPath.with { try take(RecordFile(path, spool: $0), into: store) }
    }

    private func take(_ file: RecordFile, into store: Store) throws -> Bool {
        let bar = ProgressBar(isShown: !options.quiet && Program.isStandardErrorATerminal)
        var bad: (first: RecordFile.BadLine, count: Int)?
        try forEach(file) { result, share in
            if case .failure(let line) = result {
                bad = (bad?.first ?? line, (bad?.count ?? 0) + 1)
            }
            bar.show(share / 2)
        }
        if let bad {
            bar.end()
            let place = "\(file.name):\(bad.first.line): \(bad.first.reason)"
            guard options.skipBad else {
                Program.complain(
                    "\(place); nothing of the file was taken (--skip-bad leaves such lines out)")
                return false
            }
            Program.complain("\(place); \(bad.count) bad lines were left out")
        }
        var count = GroundTruthCount()
        var slice: [Record] = []
        func flush() throws {
            if !slice.isEmpty { count += try location.orFail { try record(store, slice) } }
            slice.removeAll(keepingCapacity: true)
        }
        try forEach(file) { result, share in
            guard case .success(let record) = result else { return }
            slice.append(record)
            if slice.count == Self.sliceCount {
                try flush()
                bar.show(0.5 + share / 2)
            }
        }
        try flush()
        bar.show(1)
        bar.end()
        var line = "\(file.name): \(count.added) new \(noun), \(count.unchanged) known"
        if count.changed > 0 { line += ", \(count.changed) changed" }
        if count.outdated > 0 { line += ", \(count.outdated) older than what is known" }
        print(line)
        return true
    }

    private func forEach(
        _ file: RecordFile,
        _ body: (Result<Record, RecordFile.BadLine>, _ share: Double) throws -> Void
    ) throws {
        try file.forEach(columns: columns) { line, fields, share in
            switch fields {
            case .failure(let bad): try body(.failure(bad), share)
            case .success(let fields):
                let result: Result<Record, RecordFile.BadLine>
                do throws(RecordFields.Mistake) {
                    result = .success(try parse(fields))
                } catch {
                    result = .failure(RecordFile.BadLine(line: line, reason: error.description))
                }
                try body(result, share)
            }
        }
    }
}

extension StoreLocation {
    /// Opens the store to write predictions and labels into it, beside whoever writes samples; makes
    /// it where there is none.
    func openForRecords() throws -> Store {
        var options = try storeOptions()
        options.isForNotes = FileManager.default.fileExists(atPath: options.path)
        return try Self.open(options)
    }

    /// The configured options, or the defaults where only a database is named.
    func performanceOptions() throws -> PerformanceOptions {
        configurationPath == nil ? PerformanceOptions() : try loadConfiguration().performance
    }
}
