import CNcurses
import Glibc

/// Puts the terminal back when the program dies of a fault, from inside the signal handler.
///
/// Everything the handler needs is prepared beforehand in plain memory: write(2) and
/// tcsetattr(3) are async-signal-safe, allocation is not.
enum CrashRestore {
    static let faults: [Int32] = [SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGABRT]

    /// Leaves synchronised output, mouse and paste reporting, keypad mode and the alternate
    /// screen, shows the cursor and resets colours.
    static let resetSequence =
        "\u{1B}[?2026l\u{1B}[?1003l\u{1B}[?1002l\u{1B}[?1000l\u{1B}[?1006l\u{1B}[?2004l"
        + "\u{1B}[?1l\u{1B}>\u{1B}[0m\u{1B}(B\u{1B}[?25h\u{1B}[?1049l\r\n"

    fileprivate struct Plan {
        var settings: termios
        var reset: UnsafeMutableBufferPointer<UInt8>
        var message: UnsafeMutableBufferPointer<UInt8>
    }

    /// - Parameters:
    ///   - settings: Of the terminal before the screen was taken.
    ///   - isPlain: The terminal knows no escape sequences of this kind.
    ///   - message: Written to the terminal after it was put back.
    static func arm(settings: termios, isPlain: Bool, message: String) {
        disarm()
        let plan = UnsafeMutablePointer<Plan>.allocate(capacity: 1)
        plan.initialize(
            to: Plan(
                settings: settings, reset: copy(isPlain ? "\r\n" : resetSequence),
                message: copy(message)))
        armedPlan = plan
        installAlternateStack()
        for fault in faults {
            var action = sigaction()
            action.__sigaction_handler.sa_sigaction = restoreAndDie
            action.sa_flags = Int32(SA_SIGINFO) | Int32(SA_ONSTACK)
            sigaction(fault, &action, nil)
        }
    }

    static func disarm() {
        guard let plan = armedPlan else { return }
        for fault in faults { signal(fault, SIG_DFL) }
        armedPlan = nil
        plan.pointee.reset.deallocate()
        plan.pointee.message.deallocate()
        plan.deinitialize(count: 1)
        plan.deallocate()
    }

    /// A stack overflow leaves no room for a handler on the stack that overflowed.
    private static func installAlternateStack() {
        let byteCount = 64 * 1024
        var stack = stack_t()
        // Held until the process ends: the kernel keeps the address.
        stack.ss_sp = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 16)
        stack.ss_size = byteCount
        sigaltstack(&stack, nil)
    }

    private static func copy(_ text: String) -> UnsafeMutableBufferPointer<UInt8> {
        let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: text.utf8.count)
        _ = buffer.initialize(from: text.utf8)
        return buffer
    }
}

// Written only on the screen's thread while no handler is installed, read only by the handler.
nonisolated(unsafe) private var armedPlan: UnsafeMutablePointer<CrashRestore.Plan>?

/// Not a closure: a literal in an isolated context would inherit the isolation and trap here.
private func restoreAndDie(
    number: Int32, info: UnsafeMutablePointer<siginfo_t>?, context: UnsafeMutableRawPointer?
) {
    if let plan = armedPlan {
        _ = write(STDOUT_FILENO, plan.pointee.reset.baseAddress, plan.pointee.reset.count)
        _ = tcsetattr(STDIN_FILENO, TCSANOW, &plan.pointee.settings)
        _ = write(STDOUT_FILENO, plan.pointee.message.baseAddress, plan.pointee.message.count)
    }
    signal(number, SIG_DFL)
    // A fault repeats on return. One that was sent by kill(2) does not, and is sent again.
    if mlmon_signal_code(info) <= 0 { raise(number) }
}
