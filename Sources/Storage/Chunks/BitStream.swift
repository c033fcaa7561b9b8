/// Appends numbers of any width, least significant bit first.
struct BitWriter {
    private var words: [UInt64] = []
    private var last: UInt64 = 0
    /// Bits of `last` in use, below 64.
    private var used = 0

    /// - Parameters:
    ///   - value: Below 2^width.
    ///   - width: 0...64.
    @inline(__always)
    mutating func write(_ value: UInt64, width: Int) {
        last |= value << UInt64(used)
        let total = used + width
        if total < 64 {
            used = total
            return
        }
        words.append(last)
        // A smart shift: 64 or more leaves nothing.
        last = value >> UInt64(64 - used)
        used = total - 64
    }

    /// The stream, filled with zero bits to whole bytes.
    func append(to bytes: inout [UInt8]) {
        for word in words { Varint.append(raw: word, to: &bytes) }
        for i in 0..<((used + 7) / 8) {
            bytes.append(UInt8(truncatingIfNeeded: last >> (8 * UInt64(i))))
        }
    }
}

/// Reads what a `BitWriter` wrote. Beyond the end all bits are zero, and `hasOverrun` is set.
struct BitReader {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    /// - Parameter bytes: Must outlive the reader.
    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    var hasOverrun: Bool { position > bytes.count * 8 }

    /// - Parameter width: 0...64.
    @inline(__always)
    mutating func read(_ width: Int) -> UInt64 {
        width <= Self.leastWindowBitCount ? readWindow(width) : readWide(width)
    }

    /// Of every window so many bits are there, wherever it begins.
    private static let leastWindowBitCount = 56

    @inline(__always)
    private mutating func readWindow(_ width: Int) -> UInt64 {
        let value = window() & ((1 << UInt64(width)) &- 1)
        position += width
        return value
    }

    private mutating func readWide(_ width: Int) -> UInt64 {
        let low = readWindow(32)
        return low | readWindow(width - 32) << 32
    }

    /// Zero bits before the next one bit, at most `limit`; the one bit is consumed, unless the
    /// limit was reached.
    ///
    /// - Parameter limit: At most 48.
    @inline(__always)
    mutating func zeros(limit: Int) -> Int {
        let count = window().trailingZeroBitCount
        if count >= limit {
            position += limit
            return limit
        }
        position += count + 1
        return count
    }

    /// At least 57 bits from the current position.
    @inline(__always)
    private func window() -> UInt64 {
        let first = position >> 3
        let shift = UInt64(position & 7)
        if first + 8 <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: first, as: UInt64.self)
            return UInt64(littleEndian: word) >> shift
        }
        guard first < bytes.count else { return 0 }
        var word: UInt64 = 0
        for i in first..<bytes.count { word |= UInt64(bytes[i]) << (8 * UInt64(i - first)) }
        return word >> shift
    }
}
