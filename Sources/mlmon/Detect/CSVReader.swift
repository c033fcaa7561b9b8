/// Reads a file of RFC 4180 row by row, in memory for one row and one block.
///
/// Lines end with LF, CR LF or CR; quoted fields may hold any of them. A byte order mark and empty
/// lines are skipped. All mistakes are told as `file:line: what, expected`.
final class CSVReader {
    private var rows: RowReader

    init(path: String) throws {
        rows = try RowReader(path: path)
    }

    /// - Parameter descriptor: Of an open file, which is closed at the end.
    init(descriptor: Int32, name: String) throws {
        rows = try RowReader(descriptor: descriptor, name: name)
    }

    var path: String { rows.path }

    /// Number of the line on which the row begins, from 1.
    var line: Int { rows.line }

    /// Share of the file that was read, in 0...1; 0 where its size is not known.
    var progress: Double { rows.progress }

    var fieldCount: Int { rows.fieldCount }

    /// Reads the next row that is not empty.
    ///
    /// - Returns: false at the end of the file.
    func next() throws -> Bool { try rows.next() }

    /// Lends what reads the rows, which is faster than to ask for each field; nothing else may be
    /// asked of the reader meanwhile.
    func withRows<Result>(_ body: (inout RowReader) throws -> Result) rethrows -> Result {
        try body(&rows)
    }

    /// Lends the bytes of a field; none where the row is shorter.
    func withBytes<Result>(_ i: Int, _ body: (Span<UInt8>) throws -> Result) rethrows -> Result {
        try rows.withBytes(i, body)
    }

    /// The number in a field; nil for anything else. Infinities are numbers, NaN is none.
    func number(_ i: Int) -> Double? { rows.withBytes(i) { RecordedNumber.parse($0) } }

    func bytes(_ i: Int) -> [UInt8] {
        withBytes(i) { $0.withUnsafeBufferPointer { Array($0) } }
    }

    /// Whether a field has these bytes; false for nil.
    func field(_ i: Int, is bytes: [UInt8]?) -> Bool {
        guard let bytes else { return false }
        return withBytes(i) { field in
            field.withUnsafeBufferPointer { $0.elementsEqual(bytes) }
        }
    }

    func text(_ i: Int) -> String { String(decoding: bytes(i), as: UTF8.self) }

    /// The field without blanks around it is empty or says that nothing is known.
    func isMissing(_ i: Int) -> Bool {
        let field = bytes(i)
        guard field.count <= 8 else { return false }
        return ["", "nan", "na", "n/a", "null", "none"].contains(Self.trimmed(text(i)).lowercased())
    }

    func failure(_ what: String, expected: String) -> CommandFailure {
        rows.failure(what, expected: expected)
    }

    /// A field as a message may quote it.
    func quoted(_ i: Int) -> String {
        let text = CSVCell.withoutControls(text(i))
        return "'\(text.count > 40 ? String(text.prefix(40)) + "…" : text)'"
    }

    /// Without blanks at both ends.
    static func trimmed(_ text: String) -> String {
        func isBlank(_ character: Character) -> Bool {
            character.isWhitespace && !character.isNewline
        }
        guard let first = text.firstIndex(where: { !isBlank($0) }),
            let last = text.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(text[first...last])
    }
}

extension CSVReader {
    /// Reads the header and finds columns in it, whatever their case.
    ///
    /// - Returns: For each name the column's index; nil for an optional one that is not there.
    func header(needed: [String], optional: [String]) throws -> [String: Int] {
        let expected = "the columns \(needed.joined(separator: ", "))"
        guard try next() else {
            rows.line = 1
            throw failure("the file is empty", expected: expected)
        }
        var columns: [String: Int] = [:]
        for i in (0..<fieldCount).reversed() { columns[Self.trimmed(text(i)).lowercased()] = i }
        if let missing = needed.first(where: { columns[$0] == nil }) {
            throw failure("there is no column '\(missing)'", expected: expected)
        }
        return columns.filter { needed.contains($0.key) || optional.contains($0.key) }
    }
}
