import Foundation
import Synchronization

/// A program in a pseudo-terminal of its own.
final class Pty: Sendable {
    private let master: Int32
    private let process: Process
    private let bytes = Mutex<[UInt8]>([])

    /// - Parameters:
    ///   - size: Columns and rows.
    ///   - environment: The whole of it.
    init(
        _ path: String, _ arguments: [String], in folder: String, size: (Int, Int),
        environment: [String: String]
    ) throws {
        var first: Int32 = -1
        var second: Int32 = -1
        var window = Self.window(size)
        guard openpty(&first, &second, nil, nil, &window) == 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
        let master = first
        self.master = master
        let terminal = FileHandle(fileDescriptor: second, closeOnDealloc: true)
        process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.currentDirectoryURL = URL(filePath: folder)
        process.environment = environment
        process.standardInput = terminal
        process.standardOutput = terminal
        process.standardError = terminal
        try process.run()
        Thread.detachNewThread { [weak self] in
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = read(master, &buffer, buffer.count)
                guard count > 0, let self else { return }
                self.bytes.withLock { $0.append(contentsOf: buffer[..<count]) }
            }
        }
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        close(master)
    }

    /// All that was written to the terminal so far.
    var output: String { String(decoding: bytes.withLock { $0 }, as: UTF8.self) }

    /// Forgets what was written so far.
    func clear() { bytes.withLock { $0 = [] } }

    func type(_ keys: String) {
        let bytes = Array(keys.utf8)
        _ = write(master, bytes, bytes.count)
    }

    func resize(to size: (Int, Int)) {
        var window = Self.window(size)
        _ = ioctl(master, UInt(TIOCSWINSZ), &window)
        signal(SIGWINCH)
    }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// The exit status once it has ended; nil while it runs.
    func status() -> Int32? { process.isRunning ? nil : process.terminationStatus }

    /// Whether the terminal does what it did before: lines are edited and echoed.
    var isCooked: Bool {
        var settings = termios()
        guard tcgetattr(master, &settings) == 0 else { return false }
        return settings.c_lflag & tcflag_t(ICANON | ECHO) == tcflag_t(ICANON | ECHO)
    }

    private static func window(_ size: (Int, Int)) -> winsize {
        winsize(
            ws_row: UInt16(size.1), ws_col: UInt16(size.0), ws_xpixel: 0, ws_ypixel: 0)
    }
}
