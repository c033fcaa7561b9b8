import Foundation

/// Reads a file of RFC 4180 row by row, in memory for one row and one block.
///
/// Lines end with LF, CR LF or CR; quoted fields may hold any of them. A byte order mark and empty
/// lines are skipped. All mistakes are told as `file:line: what, expected`.
final class CSVReader {
    private static let blockByteCount = 1 << 18
    private static let maximumRowByteCount = 1 << 20
    private static let maximumFieldCount = 4096

    let path: String
    /// Number of the line on which the row begins, from 1.
    private(set) var line = 0
    /// Bytes read so far, and of the whole file; 0 where that is not known.
    private(set) var readByteCount = 0
    let byteCount: Int

    private let file: FileHandle
    private var block: [UInt8] = []
    private var place = 0
    private var nextLine = 1
    private var isAtEnd = false
    /// The row's fields without quotes, each followed by a zero byte, for `strtod`.
    private var row: [UInt8] = []
    private var ends: [Int] = []

    init(path: String) throws {
        guard let file = path == "-" ? .standardInput : FileHandle(forReadingAtPath: path) else {
            throw CommandFailure("cannot read '\(path)'; is there such a file?")
        }
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue
        {
            throw CommandFailure("'\(path)' is a folder, expected a CSV file")
        }
        self.path = path == "-" ? "standard input" : path
        self.file = file
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        byteCount = (attributes?[.size] as? NSNumber)?.intValue ?? 0
        if peek() == 0xEF, block.starts(with: [0xEF, 0xBB, 0xBF]) { place = 3 }
    }

    /// Share of the file that was read, in 0...1.
    var progress: Double {
        byteCount > 0 ? Double(readByteCount - block.count + place) / Double(byteCount) : 0
    }

    var fieldCount: Int { ends.count }

    /// The bytes of a field; empty where the row is shorter.
    func bytes(_ i: Int) -> ArraySlice<UInt8> {
        guard i < ends.count else { return [] }
        return row[(i == 0 ? 0 : ends[i - 1] + 1)..<ends[i]]
    }

    func text(_ i: Int) -> String { String(decoding: bytes(i), as: UTF8.self) }

    /// The field without blanks around it is empty or says that nothing is known.
    func isMissing(_ i: Int) -> Bool {
        let field = bytes(i)
        guard field.count <= 8 else { return false }
        return ["", "nan", "na", "n/a", "null", "none"].contains(Self.trimmed(text(i)).lowercased())
    }

    /// The number in a field; nil for anything else. Infinities are numbers, NaN is none.
    func number(_ i: Int) -> Double? {
        let field = bytes(i)
        guard !field.isEmpty else { return nil }
        if let plain = Self.plainDecimal(field) { return plain }
        return row.withUnsafeBufferPointer { row -> Double? in
            guard let base = row.baseAddress else { return nil }
            let start = UnsafeRawPointer(base + field.startIndex)
                .assumingMemoryBound(to: CChar.self)
            var end: UnsafeMutablePointer<CChar>?
            let value = strtod(start, &end)
            guard let end, UnsafePointer(end) > start else { return nil }
            var i = field.startIndex + (UnsafePointer(end) - start)
            while i < field.endIndex, row[i] == 0x20 || row[i] == 0x09 { i += 1 }
            return i == field.endIndex && !value.isNaN ? value : nil
        }
    }

    /// Digits with at most one point and a sign, of at most fifteen digits: then the digits and the
    /// power of ten are both exact, and so is their quotient to the last place.
    private static func plainDecimal(_ field: ArraySlice<UInt8>) -> Double? {
        guard field.count <= 17 else { return nil }
        var (digits, digitCount, fraction) = (0, 0, -1)
        for (i, byte) in field.enumerated() {
            switch byte {
            case 0x30...0x39:
                digits = digits * 10 + Int(byte - 0x30)
                digitCount += 1
                if fraction >= 0 { fraction += 1 }
            case 0x2E where fraction < 0: fraction = 0
            case 0x2D where i == 0: break
            default: return nil
            }
        }
        guard (1...15).contains(digitCount) else { return nil }
        let size = Double(digits) / powersOfTen[max(fraction, 0)]
        return field.first == 0x2D ? -size : size
    }

    private static let powersOfTen: [Double] = (0...15).map { pow(10, Double($0)) }

    func failure(_ what: String, expected: String) -> CommandFailure {
        CommandFailure("\(path):\(line): \(CSVCell.withoutControls(what)), expected \(expected)")
    }

    /// A field as a message may quote it.
    func quoted(_ i: Int) -> String {
        let text = CSVCell.withoutControls(text(i))
        return "'\(text.count > 40 ? String(text.prefix(40)) + "…" : text)'"
    }

    static func trimmed(_ text: String) -> String {
        text.trimmingCharacters(in: .whitespaces)
    }

    /// Reads the next row that is not empty.
    ///
    /// - Returns: false at the end of the file.
    func next() throws -> Bool {
        while peek() != nil {
            line = nextLine
            try readRow()
            if ends.count > 1 || !bytes(0).isEmpty { return true }
        }
        row = []
        ends = []
        return false
    }

    private func readRow() throws {
        row.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        var isAtFieldStart = true
        while let byte = peek() {
            place += 1
            if byte == 0x22, isAtFieldStart {
                try readQuoted()
                isAtFieldStart = false
            } else if byte == 0x2C {
                try endField()
                isAtFieldStart = true
            } else if byte == 0x0A || byte == 0x0D {
                if byte == 0x0D, peek() == 0x0A { place += 1 }
                nextLine += 1
                break
            } else {
                row.append(byte)
                isAtFieldStart = false
                if row.count > Self.maximumRowByteCount { throw tooLong() }
            }
        }
        try endField()
    }

    private func readQuoted() throws {
        while let byte = peek() {
            place += 1
            if byte == 0x22 {
                guard peek() == 0x22 else {
                    if let after = peek(), ![0x2C, 0x0A, 0x0D].contains(after) {
                        throw failure("a quoted field goes on after its quote", expected: "a comma")
                    }
                    return
                }
                place += 1
            } else if byte == 0x0A {
                nextLine += 1
            }
            row.append(byte)
            if row.count > Self.maximumRowByteCount { throw tooLong() }
        }
        throw failure("a quoted field does not end", expected: "a closing quote")
    }

    private func endField() throws {
        ends.append(row.count)
        row.append(0)
        if ends.count > Self.maximumFieldCount {
            throw failure("too many fields", expected: "at most \(Self.maximumFieldCount)")
        }
    }

    private func tooLong() -> CommandFailure {
        failure("the row is too long", expected: "at most \(Self.maximumRowByteCount) bytes")
    }

    @inline(__always)
    private func peek() -> UInt8? {
        if place < block.count { return block[place] }
        return refill()
    }

    private func refill() -> UInt8? {
        guard !isAtEnd else { return nil }
        let data = (try? file.read(upToCount: Self.blockByteCount)) ?? nil
        guard let data, !data.isEmpty else {
            isAtEnd = true
            return nil
        }
        block = [UInt8](data)
        readByteCount += block.count
        place = 0
        return block[0]
    }
}

extension CSVReader {
    /// Reads the header and finds columns in it, whatever their case.
    ///
    /// - Returns: For each name the column's index; nil for an optional one that is not there.
    func header(needed: [String], optional: [String]) throws -> [String: Int] {
        let expected = "the columns \(needed.joined(separator: ", "))"
        guard try next() else {
            line = 1
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
