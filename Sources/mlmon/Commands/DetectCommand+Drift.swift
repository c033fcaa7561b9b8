import ArgumentParser
import Detection
import Foundation

struct DetectDriftCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drift",
        abstract: "Judge windows of recorded values against the first windows of each stream.",
        discussion: """
            VALUES.csv has the columns stream, window (a whole number, ascending within a stream) and \
            value, and optionally kind (numeric or categorical; else found from the reference) and \
            ts_ms (milliseconds since 1970: lets a season of day and week be allowed for). Other \
            columns are ignored; '-' reads standard input.

            Written: stream, window, statistic (PSI less its mean without drift), p, n, alarm (1 on \
            each window with evidence of drift), state, reason. With a method, it alone judges, and \
            statistic is its value.
            """)

    @Argument(help: "CSV file of values.", completion: .file(extensions: ["csv"]))
    var values: String

    @Option(help: "How many windows of each stream are its reference.")
    var referenceWindows: Int

    @Flag(help: "Write only the windows in alarm, with the columns stream,window.")
    var alarmsOnly = false

    @Option(help: "Chance that a clean window is called drifted.")
    var significance = DriftOptions().significance

    @Option(help: "Corrected PSI below which nothing is called drift.")
    var minimumEffect = DriftOptions().minimumEffect

    @Option(help: "Observations a window needs to be judged.")
    var minimumCount = DriftOptions().minimumCount

    @Option(
        help: ArgumentHelp(
            "A classic rule instead: \(FixedRule.Statistic.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "name"))
    var method: String?

    @Option(help: "The value of the method beyond which a window is in alarm.")
    var threshold: Double?

    func validate() throws {
        guard referenceWindows >= 1 else {
            throw ValidationError("--reference-windows is \(referenceWindows), expected at least 1")
        }
        guard significance > 0, significance < 1 else {
            throw ValidationError("--significance is \(significance), expected between 0 and 1")
        }
        guard minimumCount >= 1 else {
            throw ValidationError("--minimum-count is \(minimumCount), expected at least 1")
        }
        _ = try rule()
    }

    func run() throws {
        var options = DriftOptions(
            minimumCount: minimumCount, significance: significance, minimumEffect: minimumEffect)
        options.rule = try rule()
        var scan = DriftScan(
            referenceWindowCount: referenceWindows, options: options, isAlarmsOnly: alarmsOnly)
        let bar = ProgressBar.bar(writesToTerminal: true)
        try scan.run(try CSVReader(path: values), into: try OutputFile(path: nil)) { bar.show($0) }
        bar.end()
        if scan.judgedCount == 0 {
            Program.complain(
                "mlmon: nothing was judged: no stream of \(values) has more than \(referenceWindows) windows"
            )
        }
    }

    private func rule() throws -> FixedRule.Criterion? {
        guard let method else {
            if threshold != nil { throw ValidationError("--threshold needs a --method") }
            return nil
        }
        guard let statistic = FixedRule.Statistic(rawValue: method) else {
            let known = FixedRule.Statistic.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("there is no method '\(method)', expected one of \(known)")
        }
        guard let threshold, threshold.isFinite else {
            throw ValidationError("--method \(method) needs a --threshold")
        }
        return FixedRule.Criterion(statistic, threshold)
    }
}
