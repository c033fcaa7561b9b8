import Foundation

/// The names of threads, as `top` and `perf` show them.
package enum ThreadName {
    /// Linux takes 15 bytes at most, and nothing of more.
    private static let maximumByteCount = 15

    /// Names the calling thread; without effect where the kernel does not let it.
    ///
    /// Foundation sets the name through a handle that a thread which begins quickly does not have
    /// yet, and then forgets it.
    ///
    /// - Parameter name: ASCII; what is over 15 characters is cut off.
    package static func set(_ name: String) {
        guard let file = fopen("/proc/thread-self/comm", "w") else { return }
        fputs(String(name.prefix(maximumByteCount)), file)
        fclose(file)
    }
}
