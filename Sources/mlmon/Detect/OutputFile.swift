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

    /// Writes at once, after what was written before.
    func write(block: [UInt8]) throws {
        try flush()
        try put(block)
    }

    func flush() throws {
        try put(buffer)
        buffer.removeAll(keepingCapacity: true)
    }

    private func put(_ bytes: [UInt8]) throws {
        do {
            try bytes.withUnsafeBytes { bytes in
                guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
                // Only lent: it is written before the call returns.
                try file.write(
                    contentsOf: Data(
                        bytesNoCopy: UnsafeMutableRawPointer(mutating: base), count: bytes.count,
                        deallocator: .none))
            }
        } catch {
            throw CommandFailure("writing \(path): \(error.localizedDescription)")
        }
    }
}
