import CMalloc
import Foundation
import TimeSeries

/// What only the program itself may touch: the wall clock, the standard streams, the exit status.
enum Program {
    /// The wall clock. Everything below this target takes time as a parameter.
    static func now() -> Timestamp {
        Timestamp(milliseconds: Int64((Date().timeIntervalSince1970 * 1000).rounded(.down)))
    }

    static func end(_ status: Int32) -> Never {
        exit(status)
    }

    /// Writes out what `print` holds back.
    ///
    /// - Throws: `CommandFailure` where standard output could not take it.
    static func finishOutput() throws {
        if fflush(nil) != 0 {
            throw CommandFailure(
                "writing standard output: \(String(cString: strerror(errno)))")
        }
    }

    /// One line on standard error.
    static func complain(_ line: String) {
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }

    /// A reader that went away (`mlmon report | head`) ends the program quietly.
    static func endQuietlyOnClosedPipe() {
        signal(SIGPIPE) { _ in _exit(0) }
    }

    /// A parent that starts mlmon from a thread with blocked signals hands that mask down; TERM must
    /// end the program all the same.
    static func acceptSignals() {
        var all = sigset_t()
        sigfillset(&all)
        sigprocmask(SIG_UNBLOCK, &all, nil)
    }

    /// For commands that hold sockets: a peer that went away is an error of that transfer, no end.
    static func ignoreClosedPipes() {
        signal(SIGPIPE, SIG_IGN)
    }

    /// Each target keeps a connection open: takes as many descriptors as the system allows.
    static func raiseDescriptorLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// Few heaps and early returning: what many threads allocate and free otherwise stays with the
    /// process, a third of its memory. mallopt(3); where the C library has none, nothing changes.
    static func keepHeapsSmall() {
        mlmon_keep_heaps_small(2, 256 << 10)
    }

    /// Gives the system back what lies free between what is in use: every round of rules and
    /// detectors leaves tens of megabytes of it behind in a large fleet.
    static func returnFreeMemory() {
        mlmon_return_free_memory()
    }

    static var isStandardErrorATerminal: Bool { isatty(STDERR_FILENO) == 1 }

    static var isStandardOutputATerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    static var environment: [String: String] { ProcessInfo.processInfo.environment }
}

/// A command that could not do its work; ends the program with status 2.
struct CommandFailure: Error {
    let message: String

    init(_ message: String) {
        self.message = message
    }
}
