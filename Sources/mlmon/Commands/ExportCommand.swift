import ArgumentParser
import Foundation
import Querying
import Storage
import TimeSeries

struct ExportCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case openmetrics, csv
    }

    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write stored samples of chosen series as OpenMetrics text or CSV.",
        discussion: """
            mlmon export 'mlmon_requests_total{service="digits"}' --start -1d > requests.om
            mlmon export '{__name__=~"mlmon_.*"}' --format csv

            OpenMetrics comes with timestamps and is what 'mlmon import' reads. Every stored sample \
            is written, none is computed; stale markers are left out.
            """)

    @Argument(help: "Series to write, as PromQL selects them.")
    var selectors: [String]

    @Option(help: "openmetrics or csv.")
    var format = Format.openmetrics

    @Option(help: "First instant (default: the oldest sample).")
    var start: String?

    @Option(help: "Last instant (default: the newest sample).")
    var end: String?

    @OptionGroup var location: StoreLocation

    func run() throws {
        let chosen = try selectors.map(Self.matchers)
        let from = try Instant.parse(start, option: "--start") ?? Timestamp(milliseconds: .min)
        let through = try Instant.parse(end, option: "--end") ?? Timestamp(milliseconds: .max)
        let store = try location.openForReading()
        var output = SampleText(format: format)
        do {
            try store.forEachSeries(matching: chosen, from: from, through: through) { series in
                output.append(series)
                try output.flush(isLast: false)
            }
            output.end()
            try output.flush(isLast: true)
        } catch let error as StorageError {
            throw CommandFailure("\(error)")
        }
    }

    /// - Throws: Where the text is no plain selector: an export computes nothing.
    private static func matchers(_ text: String) throws -> [LabelMatcher] {
        let expression: QueryExpression
        do {
            expression = try QueryExpression(parsing: text)
        } catch {
            throw CommandFailure("'\(text)': \(error)")
        }
        let shown = expression.description
        let name = shown.prefix { $0 != "{" }
        let isPlain = shown == name || shown.hasSuffix("}")
        guard expression.selectors.count == 1, let matchers = expression.selectors.first, isPlain,
            !name.contains(where: { "( [".contains($0) })
        else {
            throw CommandFailure("'\(text)' is not a selector like up{service=\"digits\"}")
        }
        return matchers
    }
}

/// Samples as text on standard output.
private struct SampleText {
    private let format: ExportCommand.Format
    private var bytes: [UInt8] = []
    private static let flushByteCount = 1 << 20

    init(format: ExportCommand.Format) {
        self.format = format
        if format == .csv { append("series,time,value\r\n") }
    }

    mutating func append(_ series: Series) {
        let name =
            format == .csv
            ? CSVCell.encode(series.labels.description) : Self.openMetrics(series.labels)
        for (milliseconds, value) in zip(series.timestamps, series.values)
        where !value.isStaleMarker {
            append(name)
            switch format {
            case .openmetrics:
                append(" \(Self.number(value)) \(Self.seconds(milliseconds))\n")
            case .csv:
                let time = Timestamp(milliseconds: milliseconds).iso8601(fractionDigits: 3)
                append(",\(time),\(Self.number(value))\r\n")
            }
        }
    }

    mutating func end() {
        if format == .openmetrics { append("# EOF\n") }
    }

    mutating func flush(isLast: Bool) throws {
        guard isLast || bytes.count >= Self.flushByteCount else { return }
        try FileHandle.standardOutput.write(contentsOf: Data(bytes))
        bytes.removeAll(keepingCapacity: true)
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        let text = value.description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    private static func seconds(_ milliseconds: Int64) -> String {
        let fraction = String(milliseconds.magnitude % 1000)
        let sign = milliseconds < 0 ? "-" : ""
        return "\(sign)\(milliseconds.magnitude / 1000)."
            + String(repeating: "0", count: 3 - fraction.count) + fraction
    }

    private static func openMetrics(_ labels: LabelSet) -> String {
        let name = labels.metricName ?? ""
        let isPlain = isPlain(name, allowingColon: true)
        var cells = isPlain || name.isEmpty ? [] : [quoted(name)]
        for (label, value) in labels.pairs where label != LabelSet.metricNameLabel {
            let shown = Self.isPlain(label, allowingColon: false) ? label : quoted(label)
            cells.append("\(shown)=\(quoted(value))")
        }
        let braces = cells.isEmpty ? "" : "{" + cells.joined(separator: ",") + "}"
        return isPlain ? name + braces : braces
    }

    private static func isPlain(_ name: String, allowingColon: Bool) -> Bool {
        guard let first = name.utf8.first, !(48...57).contains(first) else { return false }
        return name.utf8.allSatisfy { byte in
            (97...122).contains(byte | 0x20) || (48...57).contains(byte) || byte == 95
                || allowingColon && byte == 58
        }
    }

    private static func quoted(_ text: String) -> String {
        let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            .replacing("\n", with: "\\n")
        return "\"\(escaped)\""
    }
}
