import Foundation
import Storage

/// A file of predictions or labels: CSV with a header, or a JSON object on each line.
struct RecordFile {
    /// A line that is no record.
    struct BadLine: Error {
        let line: Int
        let reason: String
    }

    /// For messages.
    let name: String
    private let path: String
    private let isJSON: Bool

    /// - Parameter spool: Where standard input is kept, since a file is read twice.
    init(_ path: String, spool: String) throws {
        name = path == "-" ? "standard input" : path
        self.path = path == "-" ? spool : path
        if path == "-" { try Self.copyInput(to: spool) }
        guard let file = FileHandle(forReadingAtPath: self.path) else {
            throw CommandFailure("cannot read '\(path)'; is there such a file?")
        }
        let start = [UInt8]((try? file.read(upToCount: 4096)) ?? Data())
        isJSON = start.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } == UInt8(ascii: "{")
        try? file.close()
    }

    /// Reads every record.
    ///
    /// - Parameters:
    ///   - columns: Those that a CSV file must have, and those it may have.
    ///   - body: Gets each line's fields, or why it has none, with the share of the file read.
    func forEach(
        columns: (needed: [String], optional: [String]),
        _ body: (_ line: Int, _ fields: Result<RecordFields, BadLine>, _ share: Double) throws ->
            Void
    ) throws {
        if isJSON { return try forEachObject(body) }
        let reader = try CSVReader(path: path)
        let indices: [String: Int]
        do {
            indices = try reader.header(needed: columns.needed, optional: columns.optional)
        } catch let failure as CommandFailure {
            throw CommandFailure(failure.message.replacingOccurrences(of: path, with: name))
        }
        while try reader.next() {
            var values: [String: RecordFields.Value] = [:]
            for (column, index) in indices {
                values[column] = .text(CSVReader.trimmed(reader.text(index)))
            }
            try body(reader.line, .success(RecordFields(values)), reader.progress)
        }
    }

    private func forEachObject(
        _ body: (_ line: Int, _ fields: Result<RecordFields, BadLine>, _ share: Double) throws ->
            Void
    ) throws {
        let input = try InputFile(path)
        var line = 0
        var readByteCount = 0
        try input.forEachPiece { piece in
            for text in piece.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast(
                piece.last == 0x0A ? 1 : 0)
            {
                line += 1
                readByteCount += text.count + 1
                guard text.contains(where: { ![0x20, 0x09, 0x0D].contains($0) }) else { continue }
                let fields: Result<RecordFields, BadLine>
                do throws(RecordFields.Mistake) {
                    fields = .success(try RecordFields(json: text))
                } catch {
                    fields = .failure(BadLine(line: line, reason: error.description))
                }
                let share = Double(readByteCount) / Double(max(input.byteCount ?? 1, 1))
                try body(line, fields, share)
            }
        }
    }

    private static func copyInput(to path: String) throws {
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let file = FileHandle(forWritingAtPath: path)
        else { throw CommandFailure("cannot write '\(path)'") }
        while let piece = try FileHandle.standardInput.read(upToCount: 1 << 20), !piece.isEmpty {
            try file.write(contentsOf: piece)
        }
        try file.close()
    }
}
