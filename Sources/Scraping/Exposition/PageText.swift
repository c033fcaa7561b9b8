import TimeSeries

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The text between two numbers of a page, and what the number behind it is.
///
/// It begins at the line end of the sample before and ends where the next value begins, so that
/// comments, names and labels are compared in one go.
struct PageSegment {
    /// Offsets into the page.
    var start: UInt32
    var lineStart: UInt32
    var end: UInt32
    /// An index into the table, or one of the two below.
    var slot: Int32

    /// The number belongs to no stored series.
    static let dropped: Int32 = -1

    /// The number is the creation time of that index.
    static func created(_ index: Int) -> Int32 { -2 - Int32(index) }
}

/// The fixed text of a page, without its numbers, packed: a line is kept as what it has in the
/// middle that the one before has not.
///
/// Neighbours mostly differ in a label, so that a page takes a fifth of its bytes. Comparing one with
/// it reads what is in the processor's cache already: the lines that were just compared.
struct PageText {
    /// A `PageSegment`, packed.
    struct Part {
        /// Bytes that the text begins with as the one before it does.
        let prefix: UInt16
        /// Bytes that the text ends with as the one before it does.
        let suffix: UInt16
        /// Where in `middles` the bytes between end; they begin where those of the part before do.
        let middleEnd: UInt32
        /// Where in the text its last line begins.
        let lineStart: UInt32
        /// As of `PageSegment`.
        let slot: Int32

        var createdIndex: Int? { slot <= -2 ? Int(-2 - slot) : nil }
    }

    let parts: [Part]
    private let middles: [UInt8]
    /// Behind the last number.
    private let tail: [UInt8]

    /// - Parameters:
    ///   - segments: In the order of the page.
    ///   - tailStart: Offset of the text behind the last sample.
    init(_ page: UnsafeBufferPointer<UInt8>, _ segments: [PageSegment], tailStart: Int) {
        var middles: [UInt8] = []
        var before = UnsafeBufferPointer<UInt8>(rebasing: page[..<0])
        parts = segments.map { segment in
            let text = UnsafeBufferPointer(
                rebasing: page[Int(segment.start)..<Int(segment.end)])
            let shared = SharedEnds(text, before, limit: Int(UInt16.max))
            middles += text[shared.prefix..<(text.count - shared.suffix)]
            before = text
            return Part(
                prefix: UInt16(shared.prefix), suffix: UInt16(shared.suffix),
                middleEnd: UInt32(middles.count),
                lineStart: segment.lineStart - segment.start, slot: segment.slot)
        }
        // Growing doubled it.
        self.middles = middles.withUnsafeBufferPointer { Array($0) }
        tail = Array(page[tailStart...])
    }

    /// Compares the page with the text, and stops behind each part of it for the number there.
    ///
    /// - Parameter number: Is given the offset of a number, moves it to the end of the sample, and
    ///   says whether the number is one.
    /// - Returns: Whether the whole page is this text with numbers between.
    @inline(__always)
    func matches(
        _ page: UnsafeBufferPointer<UInt8>, number: (inout Int, Part) -> Bool
    ) -> Bool {
        guard let bytes = page.baseAddress else { return parts.isEmpty && tail.isEmpty }
        let isLaidOut = middles.withUnsafeBufferPointer { middles in
            parts.withUnsafeBufferPointer { parts -> Int? in
                var i = 0
                var middleStart = 0
                var before = 0..<0
                for part in parts {
                    let prefix = Int(part.prefix), suffix = Int(part.suffix)
                    let middle = Int(part.middleEnd) - middleStart
                    let end = i + prefix + middle + suffix
                    guard end <= page.count,
                        memcmp(bytes + i, bytes + before.lowerBound, prefix) == 0,
                        isEqual(bytes + i + prefix, middles, middleStart, middle),
                        memcmp(bytes + end - suffix, bytes + before.upperBound - suffix, suffix)
                            == 0
                    else { return nil }
                    before = i..<end
                    middleStart += middle
                    i = end
                    guard number(&i, part) else { return nil }
                }
                return i
            }
        }
        guard let end = isLaidOut, page.count - end == tail.count else { return false }
        return tail.withUnsafeBufferPointer { isEqual(bytes + end, $0, 0, tail.count) }
    }

    @inline(__always)
    private func isEqual(
        _ bytes: UnsafePointer<UInt8>, _ known: UnsafeBufferPointer<UInt8>, _ start: Int,
        _ count: Int
    ) -> Bool {
        guard let known = known.baseAddress else { return count == 0 }
        return memcmp(bytes, known + start, count) == 0
    }

    /// The text as it stood on the page, without the numbers.
    func unpacked() -> (bytes: [UInt8], segments: [PageSegment]) {
        var bytes: [UInt8] = []
        var segments: [PageSegment] = []
        segments.reserveCapacity(parts.count)
        var middleStart = 0
        var before = 0..<0
        for part in parts {
            let start = bytes.count
            bytes += bytes[before.prefix(Int(part.prefix))]
            bytes += middles[middleStart..<Int(part.middleEnd)]
            bytes += bytes[before.suffix(Int(part.suffix))]
            middleStart = Int(part.middleEnd)
            before = start..<bytes.count
            segments.append(
                PageSegment(
                    start: UInt32(start), lineStart: UInt32(start) + part.lineStart,
                    end: UInt32(bytes.count), slot: part.slot))
        }
        return (bytes, segments)
    }
}
