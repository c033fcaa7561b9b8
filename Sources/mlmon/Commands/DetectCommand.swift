import ArgumentParser
import Detection
import Foundation

struct DetectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "detect",
        abstract: "Try the detectors on recorded values before trusting them.",
        discussion: "The detectors and their defaults are those of the running monitor.",
        subcommands: [
            DetectDriftCommand.self, DetectAnomalyCommand.self, DetectCompareCommand.self,
            DetectCalibrateCommand.self,
        ])
}

struct DetectAnomalyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "anomaly",
        abstract: "Score recorded series point by point, as they would have been scored live.",
        discussion: """
            Each SERIES.csv holds a timestamp and a value in each row, after a header whose names are \
            free; a folder stands for all .csv files in it. Missing values score 0. '-' reads standard \
            input.

            Written, a row for each row: timestamp, value, anomaly_score (0.5 is the threshold), lower, \
            upper, alarm (1 where an alert is raised, once per incident). With several series and no \
            --output-dir a first column names the series.
            """)

    @Argument(help: "CSV files, or folders of them.", completion: .file(extensions: ["csv"]))
    var series: [String]

    @Option(help: "Write one file per series, at the same relative path in this folder.")
    var outputDir: String?

    func run() throws {
        let files = try SeriesFiles(series)
        let bar = DetectProgress.bar(writesToTerminal: outputDir == nil)
        let scan = AnomalyScan(options: AnomalyOptions())
        let isNamed = outputDir == nil && files.entries.count > 1
        let shared = outputDir == nil ? try OutputFile(path: nil) : nil
        try shared?.write((isNamed ? "series," : "") + AnomalyScan.header)
        for (i, entry) in files.entries.enumerated() {
            let reader = try CSVReader(path: entry.path)
            let output: OutputFile
            if let shared {
                output = shared
            } else {
                output = try OutputFile(path: "\(outputDir ?? ".")/\(entry.relativePath)")
                try output.write(AnomalyScan.header)
            }
            let prefix = isNamed ? CSVCell.encode(entry.relativePath) + "," : ""
            try scan.run(reader, prefix: prefix, into: output) { share in
                bar.show((Double(i) + share) / Double(files.entries.count))
            }
            bar.show(Double(i + 1) / Double(files.entries.count))
            try output.flush()
        }
        try shared?.flush()
        bar.end()
    }
}

/// The progress bar of the detect commands.
enum DetectProgress {
    /// - Parameter writesToTerminal: Rows go to standard output: a bar among them on the same
    ///   terminal would only be in the way.
    static func bar(writesToTerminal: Bool) -> ProgressBar {
        ProgressBar(
            isShown: Program.isStandardErrorATerminal
                && !(writesToTerminal && Program.isStandardOutputATerminal))
    }
}
