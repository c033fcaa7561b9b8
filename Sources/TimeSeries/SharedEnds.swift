/// What two runs of bytes begin with alike, and what of the rest they end with alike.
package struct SharedEnds {
    /// In bytes; together with `suffix` at most the limit and each of the two runs.
    package private(set) var prefix = 0
    package private(set) var suffix = 0

    /// - Parameter limit: In bytes, for beginning and end together.
    package init(
        _ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>, limit: Int = .max
    ) {
        let limit = min(a.count, b.count, limit)
        while prefix < limit, a[prefix] == b[prefix] { prefix += 1 }
        while suffix < limit - prefix, a[a.count - 1 - suffix] == b[b.count - 1 - suffix] {
            suffix += 1
        }
    }
}
