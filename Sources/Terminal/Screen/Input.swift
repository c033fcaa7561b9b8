/// What wakes the one thread that owns the screen.
package enum Input: Hashable, Sendable {
    case key(Key)
    /// Pasted as a whole; never taken for keys.
    case paste(String)
    case resize(Size)
    /// Another thread called `Wakeup.wake()`.
    case wake
    /// The program is asked to end, by a signal of this number or because the terminal is gone.
    case terminate(signal: Int32)
    /// Nothing until the given time had passed.
    case timeout
}
