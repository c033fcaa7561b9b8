import Foundation

/// A file without a name, which is gone when it is closed.
final class TemporaryBytes: Sendable {
    private let descriptor: Int32
    private let folder: String

    init() throws {
        folder = FileManager.default.temporaryDirectory.path
        var template = Array("\(folder)/mlmon-XXXXXX".utf8CString)
        descriptor = mkstemp(&template)
        guard descriptor >= 0 else {
            throw CommandFailure(
                "making a temporary file in '\(folder)': \(String(cString: strerror(errno))); "
                    + "TMPDIR names another folder")
        }
        unlink(template)
    }

    deinit { close(descriptor) }

    /// Writes at a place, in bytes.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws {
        var done = 0
        while done < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
            let count = pwrite(descriptor, rest.baseAddress, rest.count, off_t(offset + done))
            guard count > 0 || errno == EINTR else {
                throw CommandFailure(
                    "writing values to a temporary file in '\(folder)': "
                        + "\(String(cString: strerror(errno))); TMPDIR names another folder")
            }
            done += max(count, 0)
        }
    }

    /// Reads from a place, in bytes, until the buffer is full.
    func read(into bytes: UnsafeMutableRawBufferPointer, at offset: Int) throws {
        var done = 0
        while done < bytes.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[done...])
            let count = pread(descriptor, rest.baseAddress, rest.count, off_t(offset + done))
            guard count > 0 || (count < 0 && errno == EINTR) else {
                let cause = count == 0 ? "it is cut short" : String(cString: strerror(errno))
                throw CommandFailure("reading a temporary file in '\(folder)': \(cause)")
            }
            done += max(count, 0)
        }
    }

    /// Opens what was written as a file of its own, from its begin.
    func reopened() throws -> Int32 {
        lseek(descriptor, 0, SEEK_SET)
        let copy = dup(descriptor)
        guard copy >= 0 else {
            throw CommandFailure("reading a temporary file: \(String(cString: strerror(errno)))")
        }
        return copy
    }
}
