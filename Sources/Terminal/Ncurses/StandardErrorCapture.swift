import Glibc

/// Keeps what libraries and the runtime write to standard error off the picture.
final class StandardErrorCapture {
    let path: String
    private let saved: Int32
    private let log: Int32

    /// nil where no file can be made; standard error then stays as it is.
    ///
    /// - Parameter directory: For the log file; `TMPDIR` or /tmp.
    init?(directory: String) {
        var template = Array((directory + "/mlmon-XXXXXX").utf8CString)
        log = mkstemp(&template)
        guard log >= 0 else { return nil }
        _ = fcntl(log, F_SETFD, FD_CLOEXEC)
        _ = fcntl(log, F_SETFL, O_APPEND | O_RDWR)
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)
        dup2(log, STDERR_FILENO)
    }

    /// Gives standard error back, writes the last lines of the log to it, and deletes the log
    /// unless it held more.
    func finish(lineLimit: Int = 20) {
        if saved >= 0 {
            dup2(saved, STDERR_FILENO)
            close(saved)
        }
        let tail = readTail()
        close(log)
        var lines = tail.text.split(separator: "\n", omittingEmptySubsequences: true)
        let isWhole = tail.isWhole && lines.count <= lineLimit
        if lines.isEmpty || isWhole { unlink(path) }
        guard !lines.isEmpty else { return }
        if !isWhole {
            lines = ["mlmon: the last messages; all are in \(path)"] + lines.suffix(lineLimit)
        }
        let text = lines.map { DisplayText.cleaned(String($0)) }.joined(separator: "\n") + "\n"
        _ = Array(text.utf8).withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    private func readTail(byteLimit: Int = 64 * 1024) -> (text: String, isWhole: Bool) {
        let end = lseek(log, 0, SEEK_END)
        guard end > 0 else { return ("", true) }
        let start = max(0, end - byteLimit)
        var bytes = [UInt8](repeating: 0, count: end - start)
        let count = pread(log, &bytes, bytes.count, start)
        return (String(decoding: bytes.prefix(max(0, count)), as: UTF8.self), start == 0)
    }
}
