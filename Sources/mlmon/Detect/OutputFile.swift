import Foundation

/// Text written in blocks to a file or to standard output.
final class OutputFile {
    private let path: String
    private let file: FileHandle
    private var buffer: [UInt8] = []

    /// - Parameter path: nil for standard output. Its folder is made where it is missing.
    init(path: String?) throws {
        self.path = path ?? "standard output"
        guard let path else {
            file = .standardOutput
            return
        }
        let folder = (path as NSString).deletingLastPathComponent
        if !folder.isEmpty {
            try? FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
        }
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let file = FileHandle(forWritingAtPath: path)
        else { throw CommandFailure("cannot write '\(path)'") }
        self.file = file
    }

    func write(_ text: String) throws {
        buffer.append(contentsOf: text.utf8)
        if buffer.count > 1 << 16 { try flush() }
    }

    func write(_ bytes: [UInt8]) throws {
        buffer.append(contentsOf: bytes)
        if buffer.count > 1 << 16 { try flush() }
    }

    func flush() throws {
        do {
            try file.write(contentsOf: Data(buffer))
        } catch {
            throw CommandFailure("writing \(path): \(error.localizedDescription)")
        }
        buffer.removeAll(keepingCapacity: true)
    }
}
