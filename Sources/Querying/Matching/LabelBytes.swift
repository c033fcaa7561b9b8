import TimeSeries

/// A view of a label set's canonical bytes, for looking up labels without allocation.
///
/// Valid only inside the closure that lends the buffer.
struct LabelBytes {
    private let blob: UnsafeBufferPointer<UInt8>

    init(_ blob: UnsafeBufferPointer<UInt8>) {
        self.blob = blob
    }

    /// Calls with the bounds of each label: where the name and the value begin, and the index
    /// after the value's separator.
    @inline(__always)
    func forEachLabel(_ body: (_ name: Range<Int>, _ value: Range<Int>) -> Void) {
        var start = 0
        while start < blob.count {
            let nameEnd = separator(after: start)
            let valueStart = min(nameEnd + 1, blob.count)
            let valueEnd = separator(after: valueStart)
            body(start..<nameEnd, valueStart..<valueEnd)
            start = valueEnd + 1
        }
    }

    /// The bytes of a label's value; empty where it is absent.
    func value(of name: [UInt8]) -> UnsafeBufferPointer<UInt8> {
        var start = 0
        while start < blob.count {
            let nameEnd = separator(after: start)
            let valueStart = min(nameEnd + 1, blob.count)
            let valueEnd = separator(after: valueStart)
            if isEqual(start..<nameEnd, name) {
                return UnsafeBufferPointer(rebasing: blob[valueStart..<valueEnd])
            }
            start = valueEnd + 1
        }
        return UnsafeBufferPointer(rebasing: blob[blob.count...])
    }

    @inline(__always)
    func isEqual(_ range: Range<Int>, _ other: [UInt8]) -> Bool {
        guard range.count == other.count else { return false }
        for i in 0..<other.count where blob[range.lowerBound + i] != other[i] { return false }
        return true
    }

    @inline(__always)
    private func separator(after start: Int) -> Int {
        var i = start
        while i < blob.count, blob[i] != LabelSet.separator { i += 1 }
        return i
    }
}
