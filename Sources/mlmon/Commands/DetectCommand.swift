import ArgumentParser
import Detection
import Foundation
import Synchronization

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
        let files = try SeriesFiles(series).entries
        let bar = DetectProgress(
            bar: .bar(writesToTerminal: outputDir == nil), outputDir == nil ? 1 : files.count)
        let outputDir = outputDir
        try Concurrently.wait {
            if let outputDir {
                try await Self.scan(files, into: outputDir, bar)
            } else {
                try await Self.scan(files, bar)
            }
        }
        bar.end()
    }

    /// One file after the other to standard output.
    private static func scan(_ files: [SeriesFiles.Entry], _ bar: DetectProgress) async throws {
        let isNamed = files.count > 1
        let output = try VerdictWriter(
            path: nil, header: (isNamed ? "series," : "") + AnomalyScan.header)
        let scan = AnomalyScan(options: AnomalyOptions())
        try await scan.run(files, isNamed: isNamed, into: output) { bar.show($0, of: 0) }
    }

    /// As many files at a time as there are processors, each to a file of its own.
    private static func scan(
        _ files: [SeriesFiles.Entry], into folder: String, _ bar: DetectProgress
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (i, file) in files.enumerated() {
                if i >= ProcessInfo.processInfo.activeProcessorCount { try await group.next() }
                group.addTask {
                    let output = try VerdictWriter(
                        path: "\(folder)/\(file.relativePath)", header: AnomalyScan.header)
                    try await AnomalyScan(options: AnomalyOptions()).run(
                        [file], isNamed: false, into: output
                    ) { bar.show($0, of: i) }
                    bar.show(1, of: i)
                }
            }
            try await group.waitForAll()
        }
    }
}

/// The progress of a command over several scans at the same time.
final class DetectProgress: Sendable {
    private let bar: ProgressBar
    private let shares: Mutex<[Double]>

    init(bar: ProgressBar, _ scanCount: Int) {
        self.bar = bar
        shares = Mutex([Double](repeating: 0, count: scanCount))
    }

    func show(_ share: Double, of scan: Int) {
        shares.withLock { shares in
            shares[scan] = share
            bar.show(shares.reduce(0, +) / Double(shares.count))
        }
    }

    func end() { bar.end() }
}

extension ProgressBar {
    /// The progress bar of the detect commands.
    ///
    /// - Parameter writesToTerminal: Rows go to standard output: a bar among them on the same
    ///   terminal would only be in the way.
    static func bar(writesToTerminal: Bool) -> ProgressBar {
        ProgressBar(
            isShown: Program.isStandardErrorATerminal
                && !(writesToTerminal && Program.isStandardOutputATerminal))
    }
}
