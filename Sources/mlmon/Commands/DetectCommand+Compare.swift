import ArgumentParser
import Foundation

struct DetectCompareCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table, json
    }

    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compute every statistic of two samples.",
        discussion: """
            Each file holds a value in each row, in the column value or else the first. Values that are \
            all numbers are compared as numbers, in bins between tenths of the reference; others as \
            categories. Below the statistics: what the usual fixed thresholds would have said, and how \
            often each of them is wrong at these sizes.
            """)

    @Argument(help: "CSV file of the reference.", completion: .file(extensions: ["csv"]))
    var reference: String

    @Argument(help: "CSV file to compare with it.", completion: .file(extensions: ["csv"]))
    var current: String

    @Option(help: "Only this statistic, as the table names it; may be given again.")
    var method: [String] = []

    @Option(help: "table or json.")
    var format = Format.table

    func run() throws {
        let samples = try RecordedSample.pair(reference, current)
        var comparison = SampleComparison(samples.0, samples.1)
        if let failure = samples.0.failure ?? samples.1.failure { throw failure }
        let known = comparison.rows.map(\.method)
        if let wrong = method.first(where: { !known.contains($0) }) {
            throw CommandFailure(
                "there is no method '\(wrong)' for \(comparison.kind) values, expected one of "
                    + known.joined(separator: ", "))
        }
        if !method.isEmpty { comparison.rows.removeAll { !method.contains($0.method) } }
        switch format {
        case .json:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(comparison), as: UTF8.self))
        case .table: print(comparison.table)
        }
    }
}

extension SampleComparison {
    /// Lines for people.
    var table: String {
        func cell(_ x: Double?) -> String { x.map(PrintedNumber.sixDigits) ?? "-" }
        func row(_ a: String, _ b: String, _ c: String) -> String {
            func padded(_ text: String, to width: Int) -> String {
                text + String(repeating: " ", count: max(width - text.count, 1))
            }
            return padded(a, to: 25) + padded(b, to: 14) + c
        }
        var lines = [
            "\(kind); n = \(currentCount) (\(currentMissing) missing), reference m = "
                + "\(referenceCount) (\(referenceMissing) missing), \(binCount) bins", "",
            row("statistic", "value", "p"),
        ]
        lines += rows.map { row($0.method, cell($0.statistic), cell($0.pValue)) }
        if let psiInterval {
            lines += [
                "",
                "true PSI between \(cell(psiInterval.lower)) and \(cell(psiInterval.upper)) "
                    + "(95 %)",
            ]
        }
        if !fixedRules.isEmpty {
            lines += ["", row("fixed rule", "says", "false alarms per 1,000 clean windows")]
            lines += fixedRules.map {
                row($0.rule, $0.alarm ? "alarm" : "no alarm", cell($0.falseAlarmsPerThousand))
            }
        }
        if !warnings.isEmpty { lines += [""] + warnings.map { "note: \($0)" } }
        return lines.joined(separator: "\n")
    }
}
