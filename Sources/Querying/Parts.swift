import Dispatch
import Synchronization

/// What a body makes of each part of `0..<count`, in the order of the parts.
///
/// Parts are shared out among the cores; a single part is computed on the caller's thread. How a
/// range is cut depends on the numbers alone, so that results are the same on every machine.
///
/// - Parameters:
///   - size: Of each part but the last, at least 1.
///   - body: Called for each part once, on any thread.
/// - Throws: What the body threw for the first part that failed.
package func inParts<Part: Sendable, Failure: Error>(
    of count: Int, size: Int, _ body: @Sendable (Range<Int>) throws(Failure) -> Part
) throws(Failure) -> [Part] {
    precondition(size > 0, "parts of \(size)")
    guard count > size else { return count > 0 ? [try body(0..<count)] : [] }
    let partCount = (count + size - 1) / size
    let results = Mutex([Result<Part, Failure>?](repeating: nil, count: partCount))
    DispatchQueue.concurrentPerform(iterations: partCount) { index in
        let range = index * size..<min(count, (index + 1) * size)
        let result = Result { () throws(Failure) in try body(range) }
        results.withLock { $0[index] = result }
    }
    var parts: [Part] = []
    parts.reserveCapacity(partCount)
    for case let result? in results.withLock({ $0 }) { parts.append(try result.get()) }
    return parts
}
