/// A view of a label set's canonical bytes, for looking up labels without allocation.
///
/// Valid only inside the closure that lends the buffer.
struct LabelBytes {
    private let blob: UnsafeBufferPointer<UInt8>

    /// As `LabelSet.separator`, but known to the compiler here.
    private static var separator: UInt8 { 0xFF }

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
    func isEqual(
        _ range: Range<Int>, _ other: UnsafeBufferPointer<UInt8>, _ otherRange: Range<Int>
    ) -> Bool {
        guard range.count == otherRange.count else { return false }
        for i in 0..<range.count
        where blob[range.lowerBound + i] != other[otherRange.lowerBound + i] {
            return false
        }
        return true
    }

    /// Copies bytes of the blob; what lies beyond its end is left out.
    func append(_ range: Range<Int>, to buffer: inout [UInt8]) {
        buffer.append(contentsOf: blob[range.clamped(to: 0..<blob.count)])
    }

    @inline(__always)
    private func separator(after start: Int) -> Int {
        var i = start
        while i < blob.count, blob[i] != Self.separator { i += 1 }
        return i
    }
}
