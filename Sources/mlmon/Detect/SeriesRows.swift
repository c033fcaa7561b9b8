import Detection
import TimeSeries

/// Some thousand rows of a series, column by column.
struct SeriesRows: Sendable {
    /// Rows are read, judged and written so many at a time.
    static let batchCount = 8192

    /// Place of the series among those that are read.
    fileprivate(set) var seriesIndex = 0
    fileprivate(set) var times: [Timestamp] = []
    /// NaN where a value is missing.
    fileprivate(set) var values: [Double] = []
    /// `time,value` of each row as it is written, one after the other.
    fileprivate(set) var text: [UInt8] = []
    fileprivate(set) var textEnds: [Int] = []

    var count: Int { values.count }
}

/// Reads the rows of series, one series after the other.
actor SeriesReader {
    private let paths: [String]
    private var index = -1
    private var open: OpenSeries?

    init(paths: [String]) { self.paths = paths }

    /// Share of all files that was read, in 0...1.
    var progress: Double {
        (Double(max(index, 0)) + (open?.progress ?? 0)) / Double(max(paths.count, 1))
    }

    /// - Returns: Rows of one series; nil at the end of the last.
    func next() throws -> SeriesRows? {
        while true {
            if let open {
                if var rows = try open.next() {
                    rows.seriesIndex = index
                    return rows
                }
                for note in open.notes { Program.complain("mlmon: \(note)") }
            }
            open = nil
            index += 1
            guard index < paths.count else { return nil }
            open = try OpenSeries(path: paths[index])
        }
    }
}

/// A series that is being read.
private final class OpenSeries {
    private let reader: CSVReader
    private let columns: SeriesColumns?
    /// The row that stands in the reader is one of the series.
    private var hasRow: Bool
    private var latest: Timestamp?
    private var rowCount = 0
    private var backwardCount = 0
    private var firstBackwardLine = 0
    /// What is wrong behind the rows that were returned.
    private var mistake: (any Error)?

    init(path: String) throws {
        reader = try CSVReader(path: path)
        columns = try reader.next() ? SeriesColumns(header: reader) : nil
        hasRow = columns.map { !$0.isHeader } ?? false
        if columns?.isHeader == true { hasRow = try reader.next() }
    }

    /// Share of the file that was read, in 0...1.
    var progress: Double { reader.progress }

    /// - Returns: nil at the end.
    /// - Throws: When the rows before a mistake were returned.
    func next() throws -> SeriesRows? {
        if let mistake { throw mistake }
        guard hasRow, let columns else { return nil }
        var rows = SeriesRows()
        rows.times.reserveCapacity(SeriesRows.batchCount)
        rows.values.reserveCapacity(SeriesRows.batchCount)
        rows.text.reserveCapacity(32 * SeriesRows.batchCount)
        rows.textEnds.reserveCapacity(SeriesRows.batchCount)
        do {
            try read(into: &rows, columns)
        } catch {
            guard rows.count > 0 else { throw error }
            mistake = error
        }
        return rows
    }

    private func read(into rows: inout SeriesRows, _ columns: SeriesColumns) throws {
        while hasRow, rows.count < SeriesRows.batchCount {
            try readPlainRows(into: &rows, columns)
            guard hasRow, rows.count < SeriesRows.batchCount else { break }
            let time = try columns.time(of: reader)
            let value = try columns.value(of: reader)
            noteOrder(of: time, line: reader.line)
            rows.times.append(time)
            rows.values.append(value ?? .nan)
            append(columns.timeIndex, &rows.text, isTime: true)
            rows.text.append(0x2C)
            if value != nil { append(columns.valueIndex, &rows.text, isTime: false) }
            rows.textEnds.append(rows.text.count)
            hasRow = try reader.next()
        }
    }

    /// What a user may not expect of the file, known at its end.
    var notes: [String] {
        if rowCount == 0 { return ["\(reader.path) has no rows"] }
        guard backwardCount > 0 else { return [] }
        return [
            "\(reader.path):\(firstBackwardLine): the time goes back, \(backwardCount) times in "
                + "all; points are judged in the order of their rows"
        ]
    }

    /// Reads rows as nearly all are, with a time and a number that are written as they were read; up
    /// to one that is not.
    private func readPlainRows(into rows: inout SeriesRows, _ columns: SeriesColumns) throws {
        try reader.withRows { row in
            while hasRow, rows.count < SeriesRows.batchCount {
                let start = rows.text.count
                let time = row.withBytes(columns.timeIndex) { field -> Timestamp? in
                    guard SeriesColumns.isPlainTime(field) else { return nil }
                    field.withUnsafeBufferPointer { rows.text.append(contentsOf: $0) }
                    return RecordedTime.parse(field)
                }
                rows.text.append(0x2C)
                let value = row.withBytes(columns.valueIndex) { field -> Double? in
                    field.withUnsafeBufferPointer { rows.text.append(contentsOf: $0) }
                    return RecordedNumber.parse(field)
                }
                guard let time, let value else {
                    rows.text.removeSubrange(start...)
                    return
                }
                noteOrder(of: time, line: row.line)
                rows.times.append(time)
                rows.values.append(value)
                rows.textEnds.append(rows.text.count)
                hasRow = try row.next()
            }
        }
    }

    private func noteOrder(of time: Timestamp, line: Int) {
        rowCount += 1
        if let latest, time < latest {
            if backwardCount == 0 { firstBackwardLine = line }
            backwardCount += 1
        }
        latest = time
    }

    /// Appends a field: a number as it is, a time as a cell where it is more than digits and what
    /// stands between them.
    private func append(_ column: Int, _ text: inout [UInt8], isTime: Bool) {
        let isWritten = reader.withBytes(column) { field in
            guard !isTime || SeriesColumns.isPlainTime(field) else { return false }
            field.withUnsafeBufferPointer { text.append(contentsOf: $0) }
            return true
        }
        if !isWritten { text.append(contentsOf: CSVCell.encode(reader.text(column)).utf8) }
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
        if let time = reader.withBytes(timeIndex, { RecordedTime.parse($0) }) { return time }
        throw reader.failure(
            "the timestamp is \(reader.quoted(timeIndex))",
            expected: "a time like 2026-11-21 08:00:00, or seconds or milliseconds since 1970")
    }

    /// nil for a missing value.
    func value(of reader: CSVReader) throws -> Double? {
        if let value = reader.number(valueIndex) { return value }
        if reader.isMissing(valueIndex) { return nil }
        throw reader.failure("the value is \(reader.quoted(valueIndex))", expected: "a number")
    }

    /// The time needs neither quotes nor guards in a cell: it begins with a digit, and goes on with
    /// digits and what stands between them.
    static func isPlainTime(_ field: Span<UInt8>) -> Bool {
        guard !field.isEmpty, (0x30...0x39).contains(field[0]) else { return false }
        for i in field.indices {
            switch field[unchecked: i] {
            case 0x30...0x3A, 0x2B, 0x2D...0x2F, 0x20, 0x54, 0x5A: continue
            default: return false
            }
        }
        return true
    }
}
