import Foundation
import Synchronization

/// A program in a pseudo-terminal of its own.
final class Pty: Sendable {
    private let master: Int32
    private let child: pid_t
    private let bytes = Mutex<[UInt8]>([])

    /// - Parameters:
    ///   - size: Columns and rows.
    ///   - environment: The whole of it.
    init(
        _ path: String, _ arguments: [String], in folder: String, size: (Int, Int),
        environment: [String: String]
    ) throws {
        var master: Int32 = -1
        var slave: Int32 = -1
        var window = Self.window(size)
        guard openpty(&master, &slave, nil, nil, &window) == 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor in 0...2 { posix_spawn_file_actions_adddup2(&actions, slave, Int32(descriptor)) }
        posix_spawn_file_actions_addclose(&actions, master)
        posix_spawn_file_actions_addchdir_np(&actions, folder)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A session of its own; the first terminal it opens becomes its controlling one.
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSID))
        var argv: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
        var envp: [UnsafeMutablePointer<CChar>?] =
            environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer {
            argv.forEach { free($0) }
            envp.forEach { free($0) }
        }
        var child: pid_t = 0
        let status = posix_spawn(&child, path, &actions, &attributes, &argv, &envp)
        guard status == 0 else { throw POSIXError(POSIXErrorCode(rawValue: status) ?? .EIO) }
        close(slave)
        self.master = master
        self.child = child
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
        kill(child, SIGKILL)
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
        kill(child, SIGWINCH)
    }

    func signal(_ number: Int32) { kill(child, number) }

    /// The exit status once it has ended, 128 + the signal where one ended it; nil while it runs.
    func status() -> Int32? {
        var status: Int32 = 0
        guard waitpid(child, &status, WNOHANG) == child else { return nil }
        let signal = status & 0x7f
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal
    }

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
