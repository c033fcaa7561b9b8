import Glibc

/// A pipe by which any thread wakes the one that sleeps in poll(2).
///
/// Its descriptors live as long as the object. Many wakes before one sleep are one wake.
package final class Wakeup: Sendable {
    let readEnd: Int32
    let writeEnd: Int32

    package init() throws(TerminalError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw TerminalError("making a pipe", String(cString: strerror(errno)))
        }
        for end in ends {
            _ = fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        readEnd = ends[0]
        writeEnd = ends[1]
    }

    deinit {
        Glibc.close(readEnd)
        Glibc.close(writeEnd)
    }

    package func wake() {
        var byte: UInt8 = 0
        _ = write(writeEnd, &byte, 1)
    }

    /// Sleeps until woken, no longer than `timeout`.
    package func wait(within timeout: Duration) {
        let (seconds, attoseconds) = timeout.components
        let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        var descriptor = pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0)
        _ = poll(&descriptor, 1, Int32(clamping: max(0, milliseconds)))
        drain()
    }

    /// Empties the pipe and returns what it held, at most 256 bytes at a time.
    @discardableResult
    func drain() -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = read(readEnd, &bytes, bytes.count)
        return count > 0 ? Array(bytes[..<count]) : []
    }
}
