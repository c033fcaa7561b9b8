import ArgumentParser
import Foundation
import Storage
import TimeSeries

struct DBCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "db",
        abstract: "Look at the database file, compact it, or check it for damage.",
        subcommands: [Stats.self, Compact.self, Verify.self])

    struct Stats: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "stats",
            abstract: "Say how large the store is and what is in it.")

        @OptionGroup var location: StoreLocation

        func run() throws {
            let store = try location.openForReading()
            try location.orFail {
                for line in try DBCommand.summary(of: store) { print(line) }
            }
        }
    }

    struct Compact: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "compact",
            abstract: "Fold and merge everything, and give free pages back. Not beside 'mlmon run'."
        )

        @OptionGroup var location: StoreLocation

        func run() throws {
            let store = try location.openAsOwner()
            try location.orFail {
                let before = try store.statistics()
                try store.compactFully(now: Program.now())
                let after = try store.statistics()
                try store.close()
                print("\(before.fileByteCount + before.walByteCount) bytes before")
                print("\(after.fileByteCount + after.walByteCount) bytes now")
            }
        }
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify",
            abstract: "Read the whole file and decode everything in it.",
            discussion: "Exit status: 0 all is well, 1 something is damaged, 2 it cannot be read.")

        @OptionGroup var location: StoreLocation

        func run() throws {
            let store = try location.openForReading()
            let findings = try location.orFail { try store.verify() }
            for finding in findings { print(CSVCell.withoutControls(finding)) }
            if !findings.isEmpty { throw ExitCode(1) }
            print("all is well")
        }
    }

    private static func summary(of store: Store) throws -> [String] {
        let statistics = try store.statistics()
        let sampleCount = try store.sampleCount()
        let used = statistics.fileByteCount - statistics.freeByteCount
        let oldest = statistics.oldestMilliseconds.map {
            Timestamp(milliseconds: $0).iso8601(fractionDigits: 0)
        }
        let rows: [(String, String)] = [
            ("series", "\(statistics.seriesCount)"),
            ("samples", "\(sampleCount)"),
            ("oldest", oldest ?? "none"),
            ("blocks", "\(statistics.blockCount)"),
            ("journal rows", "\(statistics.journalRowCount)"),
            ("file", "\(statistics.fileByteCount) bytes, \(statistics.freeByteCount) of them free"),
            ("log", "\(statistics.walByteCount) bytes"),
            (
                "a sample",
                sampleCount == 0
                    ? "none" : String(format: "%.2f bytes", Double(used) / Double(sampleCount))
            ),
        ]
        return rows.map {
            $0.0 + String(repeating: " ", count: 14 - $0.0.count) + $0.1
        }
    }
}
