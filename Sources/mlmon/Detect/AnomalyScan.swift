import Detection
import Foundation
import TimeSeries

/// Runs the anomaly detector over a recorded series, point by point, as it would have run live.
struct AnomalyScan {
    static let header = "timestamp,value,anomaly_score,lower,upper,alarm\n"

    let options: AnomalyOptions

    /// Writes a row for each row of the series.
    ///
    /// - Parameters:
    ///   - prefix: Put before each row, like `name,`.
    ///   - progress: Told the share of the file that was read, now and then.
    func run(
        _ reader: CSVReader, prefix: String = "", into output: OutputFile,
        progress: (Double) -> Void
    ) throws {
        guard try reader.next() else { return }
        let columns = SeriesColumns(header: reader)
        var detector = AnomalyDetector(options: options)
        var hasRow = try columns.isHeader ? reader.next() : true
        var rowCount = 0
        while hasRow {
            let time = try columns.time(of: reader)
            let value = try columns.value(of: reader)
            let verdict = detector.observe(value, at: time)
            try output.write(prefix)
            if columns.isPlainTime(of: reader) {
                output.write(field: reader.bytes(columns.timeIndex))
            } else {
                try output.write(CSVCell.encode(reader.text(columns.timeIndex)))
            }
            try output.write(",")
            if value != nil { output.write(field: reader.bytes(columns.valueIndex)) }
            for number in [verdict.score, verdict.lower, verdict.upper] {
                try output.write(",")
                if let number { try output.write(number.description) }
            }
            try output.write(verdict.isAlarm ? ",1\n" : ",0\n")
            rowCount += 1
            if rowCount % 4096 == 0 { progress(reader.progress) }
            hasRow = try reader.next()
        }
        try output.flush()
    }
}

/// Which columns of a series hold time and value: by their names, else the first two.
private struct SeriesColumns {
    let isHeader: Bool
    let timeIndex: Int
    let valueIndex: Int

    init(header reader: CSVReader) {
        let isData = RecordedTime.parse(reader.text(0)) != nil && reader.number(1) != nil
        isHeader = !isData
        let names = (0..<reader.fieldCount).map { CSVReader.trimmed(reader.text($0)).lowercased() }
        let time = names.firstIndex { ["timestamp", "time", "ts", "ts_ms", "date"].contains($0) }
        timeIndex = isData ? 0 : time ?? 0
        let value = isData ? nil : names.firstIndex(of: "value")
        valueIndex = value ?? (timeIndex == 1 ? 0 : 1)
    }

    func time(of reader: CSVReader) throws -> Timestamp {
        if let time = RecordedTime.parse(reader.bytes(timeIndex)) { return time }
        throw reader.failure(
            "the timestamp is \(reader.quoted(timeIndex))",
            expected: "a time like 2026-11-21 08:00:00, or seconds or milliseconds since 1970")
    }

    /// The time needs neither quotes nor guards in a cell: it begins with a digit, and goes on with
    /// digits and what stands between them.
    func isPlainTime(of reader: CSVReader) -> Bool {
        let field = reader.bytes(timeIndex)
        guard let first = field.first, (0x30...0x39).contains(first) else { return false }
        return field.allSatisfy { byte in
            switch byte {
            case 0x30...0x3A, 0x2B, 0x2D...0x2F, 0x20, 0x54, 0x5A: true
            default: false
            }
        }
    }

    /// nil for a missing value.
    func value(of reader: CSVReader) throws -> Double? {
        if let value = reader.number(valueIndex) { return value }
        if reader.isMissing(valueIndex) { return nil }
        throw reader.failure("the value is \(reader.quoted(valueIndex))", expected: "a number")
    }
}
