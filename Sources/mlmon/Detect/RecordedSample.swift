import Detection
import Foundation

/// One column of values of a file: all of them where they are numbers, else how often each is there.
struct RecordedSample {
    /// Those that are finite, ascending; nil for categories.
    let numbers: FiniteSample?
    let categories: [String: Double]
    let missingCount: Int

    var count: Int {
        guard let numbers else { return Int(categories.values.reduce(0, +)) }
        return numbers.count + numbers.infiniteCount
    }

    /// Two columns of one kind: of numbers where every value of both is one.
    static func pair(_ reference: String, _ current: String) throws -> (Self, Self) {
        // A pipe cannot be read again as the other kind.
        if reference == "-" || current == "-" { return try pairOnce(reference, current) }
        if let first = try RecordedSample(CSVReader(path: reference), asNumbers: true),
            let second = try RecordedSample(CSVReader(path: current), asNumbers: true)
        {
            return (first, second)
        }
        guard let first = try RecordedSample(CSVReader(path: reference), asNumbers: false),
            let second = try RecordedSample(CSVReader(path: current), asNumbers: false)
        else { throw CommandFailure("'\(reference)' and '\(current)' cannot be compared") }
        return (first, second)
    }

    private static func pairOnce(_ reference: String, _ current: String) throws -> (Self, Self) {
        let first = try RecordedTexts(CSVReader(path: reference))
        let second = try RecordedTexts(CSVReader(path: current))
        let isNumeric = first.isNumeric && second.isNumeric
        return (RecordedSample(first, isNumeric), RecordedSample(second, isNumeric))
    }

    private init(_ texts: RecordedTexts, _ isNumeric: Bool) {
        numbers = isNumeric ? FiniteSample(numbers: texts.numbers) : nil
        categories = isNumeric ? [:] : texts.counts
        missingCount = texts.missingCount
    }

    /// Reads the column `value`, or the first one where no column has that name. A first row that
    /// is a number is a value, not a header.
    ///
    /// - Returns: nil where numbers are wanted and a value is none.
    private init?(_ reader: CSVReader, asNumbers: Bool) throws {
        let column = try ValueColumn(reader)
        var numbers: [Double] = []
        var categories: [String: Double] = [:]
        var missingCount = 0
        var hasRow = try column.isHeader ? reader.next() : true
        while hasRow {
            if asNumbers, let number = reader.number(column.index) {
                numbers.append(number)
                // Growing by doubling would take twice as much.
                if numbers.count == 4096, reader.progress > 0 {
                    numbers.reserveCapacity(Int(min(4096 / reader.progress * 1.05, 1e9)))
                }
            } else if reader.isMissing(column.index) {
                missingCount += 1
            } else if asNumbers {
                return nil
            } else {
                categories[reader.text(column.index), default: 0] += 1
            }
            hasRow = try reader.next()
        }
        guard !numbers.isEmpty || !categories.isEmpty else { throw column.noValues(reader) }
        self.numbers = asNumbers ? FiniteSample(numbers: consume numbers) : nil
        self.categories = categories
        self.missingCount = missingCount
    }
}

/// Values whose kind is not known before the end.
private struct RecordedTexts {
    var numbers: [Double] = []
    var counts: [String: Double] = [:]
    var missingCount = 0
    var isNumeric = true

    init(_ reader: CSVReader) throws {
        let column = try ValueColumn(reader)
        var hasRow = try column.isHeader ? reader.next() : true
        while hasRow {
            if reader.isMissing(column.index) {
                missingCount += 1
            } else {
                counts[reader.text(column.index), default: 0] += 1
                let number = reader.number(column.index)
                if let number { numbers.append(number) } else { isNumeric = false }
            }
            hasRow = try reader.next()
        }
        guard !counts.isEmpty else { throw column.noValues(reader) }
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
