/// The labels of the series of one bucket, which are 32 neighbouring identifiers.
///
/// Series of one page have most labels in common, and those that differ have neighbouring
/// identifiers: three to five bytes a series instead of the dozen of all labels.
/// `docs/storage-format.md` has the bytes.
enum SeriesBucket {
    /// A series and its labels, in the order of the names' bytes.
    struct Entry: Equatable {
        /// Within the bucket, below `Block.width`.
        let slot: UInt32
        let labels: [Int64]
    }

    /// Fewer labels are shared than there are where these do not suffice.
    private static let shareLimit = 15
    /// More than any label set of a scrape has; hostile bytes may not ask for more memory.
    private static let labelLimit = 1 << 16

    /// - Parameter entries: At least one, ascending by slot.
    static func encode(_ entries: [Entry]) -> [UInt8] {
        var bytes: [UInt8] = []
        let slots = entries.reduce(into: UInt32(0)) { $0 |= 1 << $1.slot }
        withUnsafeBytes(of: slots.littleEndian) { bytes.append(contentsOf: $0) }
        var before: [Int64] = []
        for entry in entries {
            append(entry.labels, after: before, to: &bytes)
            before = entry.labels
        }
        let checksum = bytes.withUnsafeBytes { Checksum.folded($0) }
        withUnsafeBytes(of: checksum.littleEndian) { bytes.append(contentsOf: $0) }
        return bytes
    }

    private static func append(_ labels: [Int64], after before: [Int64], to bytes: inout [UInt8]) {
        let limit = min(shareLimit, labels.count, before.count)
        var front = 0
        while front < limit, labels[front] == before[front] { front += 1 }
        let rest = min(shareLimit, labels.count - front, before.count - front)
        var back = 0
        while back < rest, labels[labels.count - 1 - back] == before[before.count - 1 - back] {
            back += 1
        }
        bytes.append(UInt8(front | back << 4))
        Varint.append(UInt64(labels.count - front - back), to: &bytes)
        for place in front..<(labels.count - back) {
            let expected = place < before.count ? before[place] : 0
            Varint.append(signed: labels[place] &- expected, to: &bytes)
        }
    }

    /// Hands over the slots and labels, ascending by slot.
    static func read(
        _ bytes: UnsafeRawBufferPointer, _ body: (_ slot: UInt32, _ labels: [Int64]) throws -> Void
    ) throws {
        var reader = try ByteReader(checked: bytes)
        var slots = try slots(&reader)
        var labels: [Int64] = []
        while slots != 0 {
            let slot = UInt32(slots.trailingZeroBitCount)
            slots &= slots - 1
            labels = try next(after: labels, &reader)
            try body(slot, labels)
        }
        guard reader.remainingCount == 0 else { throw Damage("bytes after the last series") }
    }

    static func entries(_ bytes: UnsafeRawBufferPointer) throws -> [Entry] {
        var entries: [Entry] = []
        try read(bytes) { entries.append(Entry(slot: $0, labels: $1)) }
        return entries
    }

    /// - Parameter bytes: The first four or more of a bucket.
    /// - Returns: The slots in use, a bit each.
    static func slots(_ bytes: UnsafeRawBufferPointer) throws(Damage) -> UInt32 {
        var reader = ByteReader(bytes)
        return try slots(&reader)
    }

    private static func slots(_ reader: inout ByteReader) throws(Damage) -> UInt32 {
        UInt32(littleEndian: try reader.slice(4).loadUnaligned(as: UInt32.self))
    }

    private static func next(
        after before: [Int64], _ reader: inout ByteReader
    ) throws(Damage) -> [Int64] {
        let shared = Int(try reader.byte())
        let (front, back) = (shared & 15, shared >> 4)
        guard front + back <= before.count else {
            throw Damage("more labels shared than there are")
        }
        let count = try reader.count(limit: min(labelLimit, reader.remainingCount))
        var labels = Array(before.prefix(front))
        labels.reserveCapacity(front + count + back)
        for place in front..<(front + count) {
            let expected = place < before.count ? before[place] : 0
            labels.append(expected &+ (try reader.signed()))
        }
        labels.append(contentsOf: before.suffix(back))
        return labels
    }
}
