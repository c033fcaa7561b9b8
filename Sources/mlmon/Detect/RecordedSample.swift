import Detection
import Foundation

/// One column of values of a file: all of them where they are numbers, else how often each is there.
struct RecordedSample {
    /// Those that are finite, ascending; nil for categories.
    let numbers: FiniteSample?
    let categories: [String: Double]
    let missingCount: Int
    private let sorted: SortedValues?

    /// What kept numbers from being read again since; what was computed of them is wrong then.
    var failure: CommandFailure? { sorted?.failure }

    var count: Int {
        guard let numbers else { return Int(categories.values.reduce(0, +)) }
        return numbers.count + numbers.infiniteCount
    }

    /// Two columns of one kind: of numbers where every value of both is one.
    static func pair(_ reference: String, _ current: String) throws -> (Self, Self) {
        if reference == "-", current == "-" {
            throw CommandFailure("standard input can be one of the two samples, not both")
        }
        let files = try (RereadableFile(reference), RereadableFile(current))
        if let first = try RecordedSample(numbersOf: files.0.reader()),
            let second = try RecordedSample(numbersOf: files.1.reader())
        {
            return (first, second)
        }
        return try (
            RecordedSample(categoriesOf: files.0.reader()),
            RecordedSample(categoriesOf: files.1.reader())
        )
    }

    /// - Returns: nil where a value is no number.
    private init?(numbersOf reader: CSVReader) throws {
        let column = try ValueColumn(reader)
        var sort = ExternalSort()
        var hasRow = try column.isHeader ? reader.next() : true
        while hasRow {
            if let number = reader.number(column.index) {
                try sort.insert(number)
            } else if reader.isMissing(column.index) {
                sort.insertMissing()
            } else {
                return nil
            }
            hasRow = try reader.next()
        }
        guard sort.count > 0 else { throw column.noValues(reader) }
        let sorted = try sort.sorted()
        self.sorted = sorted
        numbers = sorted.sample
        missingCount = sorted.sample.missingCount
        categories = [:]
    }

    private init(categoriesOf reader: CSVReader) throws {
        let column = try ValueColumn(reader)
        var categories: [String: Double] = [:]
        var missingCount = 0
        var hasRow = try column.isHeader ? reader.next() : true
        while hasRow {
            if reader.isMissing(column.index) {
                missingCount += 1
            } else {
                categories[reader.text(column.index), default: 0] += 1
            }
            hasRow = try reader.next()
        }
        guard !categories.isEmpty else { throw column.noValues(reader) }
        self.categories = categories
        self.missingCount = missingCount
        numbers = nil
        sorted = nil
    }
}

/// A file that can be read twice; standard input is kept aside for that.
private struct RereadableFile {
    private let path: String
    private let copy: TemporaryBytes?

    init(_ path: String) throws {
        self.path = path
        copy = path == "-" ? try TemporaryBytes() : nil
        var place = 0
        while let copy, let piece = try FileHandle.standardInput.read(upToCount: 1 << 18),
            !piece.isEmpty
        {
            try piece.withUnsafeBytes { try copy.write($0, at: place) }
            place += piece.count
        }
    }

    func reader() throws -> CSVReader {
        guard let copy else { return try CSVReader(path: path) }
        return try CSVReader(descriptor: try copy.reopened(), name: "standard input")
    }
}

/// Where the values of a file are.
private struct ValueColumn {
    let index: Int
    let isHeader: Bool

    /// Reads the first row.
    init(_ reader: CSVReader) throws {
        guard try reader.next() else {
            throw CommandFailure("\(reader.path):1: the file is empty, expected a column of values")
        }
        let names = (0..<reader.fieldCount).map { CSVReader.trimmed(reader.text($0)).lowercased() }
        let named = names.firstIndex(of: "value")
        index = named ?? 0
        isHeader = named != nil || reader.number(0) == nil
    }

    func noValues(_ reader: CSVReader) -> CommandFailure {
        reader.failure("the file has no values", expected: "a row for each value")
    }
}
