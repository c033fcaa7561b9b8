import Glibc

/// Turns signals into bytes of a pipe that is part of the screen's poll set.
///
/// A handler may run on any thread; only the pipe wakes the one that sleeps.
enum SignalPipe {
    static let handled: [Int32] = [SIGWINCH, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP]

    static func install(writingTo descriptor: Int32) {
        signalPipeEnd = descriptor
        for number in handled { install(number) }
    }

    static func install(_ number: Int32) {
        var action = sigaction()
        action.__sigaction_handler.sa_handler = forwardSignal
        action.sa_flags = Int32(SA_RESTART)
        sigaction(number, &action, nil)
    }

    static func remove() {
        for number in handled { signal(number, SIG_DFL) }
        signalPipeEnd = -1
    }
}

// Written on the screen's thread before a handler is installed, read by the handler.
nonisolated(unsafe) private var signalPipeEnd: Int32 = -1

private func forwardSignal(number: Int32) {
    let saved = errno
    var byte = UInt8(truncatingIfNeeded: number)
    if signalPipeEnd >= 0 { _ = write(signalPipeEnd, &byte, 1) }
    errno = saved
}
