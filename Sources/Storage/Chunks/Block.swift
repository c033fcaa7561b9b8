import Foundation

/// Some time of up to 32 series with neighbouring identifiers: one row of the table `block`.
///
/// Series that are scraped together share one column of timestamps. See docs/storage-format.md.
struct Block {
    /// Identifiers in one bucket; the bucket of a series is its identifier divided by this.
    static let width: UInt32 = 32
    static let version: UInt8 = 1
    /// Samples of one series in one block; more than the compactor writes, refused when read.
    static let sampleLimit = 1 << 20

    /// One series' part of the block. Timestamps are strictly ascending.
    struct Part: Equatable {
        var slot: Int
        var timestamps: [Int64]
        var values: [Double]
    }

    /// - Parameter parts: By ascending slot, none empty.
    static func encode(_ parts: [Part]) -> [UInt8] {
        var columns: [[Int64]] = []
        var directory: [(slot: Int, column: Int, byteCount: Int)] = []
        var chunks: [UInt8] = []
        for part in parts {
            let column: Int
            if let known = columns.lastIndex(where: { $0 == part.timestamps }) {
                column = known
            } else {
                column = columns.count
                columns.append(part.timestamps)
            }
            let start = chunks.count
            ValueColumn.encode(part.values, to: &chunks)
            directory.append((part.slot, column, chunks.count - start))
        }
        var bytes: [UInt8] = [version]
        Varint.append(UInt64(columns.count), to: &bytes)
        for column in columns {
            var encoded: [UInt8] = []
            IntegerColumn.encode(column, to: &encoded)
            Varint.append(UInt64(column.count), to: &bytes)
            Varint.append(UInt64(encoded.count), to: &bytes)
            bytes.append(contentsOf: encoded)
        }
        Varint.append(UInt64(directory.count), to: &bytes)
        for (slot, column, byteCount) in directory {
            bytes.append(UInt8(slot))
            Varint.append(UInt64(column), to: &bytes)
            Varint.append(UInt64(byteCount), to: &bytes)
        }
        bytes.append(contentsOf: chunks)
        let checksum = bytes.withUnsafeBytes { Checksum.folded($0) }
        withUnsafeBytes(of: checksum.littleEndian) { bytes.append(contentsOf: $0) }
        return bytes
    }
}

/// Decodes single series of a block's blob.
///
/// Valid only as long as the bytes it was given.
struct BlockReader {
    private var columns: [(count: Int, bytes: UnsafeRawBufferPointer, decoded: [Int64]?)] = []
    private var directory: [(slot: Int, column: Int, bytes: UnsafeRawBufferPointer)] = []

    init(_ payload: UnsafeRawBufferPointer) throws(Damage) {
        var reader = try ByteReader(checked: payload)
        let version = try reader.byte()
        guard version == Block.version else { throw Damage("block version \(version)") }
        let columnCount = try reader.count(limit: Int(Block.width))
        columns.reserveCapacity(columnCount)
        for _ in 0..<columnCount {
            let count = try reader.count(limit: Block.sampleLimit)
            let byteCount = try reader.count(limit: reader.remainingCount)
            columns.append((count, try reader.slice(byteCount), nil))
        }
        var lengths: [Int] = []
        let seriesCount = try reader.count(limit: Int(Block.width))
        lengths.reserveCapacity(seriesCount)
        directory.reserveCapacity(seriesCount)
        for _ in 0..<seriesCount {
            let slot = Int(try reader.byte())
            let column = try reader.count(limit: columns.count)
            lengths.append(try reader.count(limit: reader.remainingCount))
            guard slot < Int(Block.width), column < columns.count else {
                throw Damage("slot \(slot) with column \(column)")
            }
            directory.append((slot, column, UnsafeRawBufferPointer(rebasing: payload[..<0])))
        }
        for (index, length) in lengths.enumerated() {
            directory[index].bytes = try reader.slice(length)
        }
    }

    /// Slots with samples, ascending.
    var slots: [Int] { directory.map(\.slot) }

    /// Samples of all series.
    var sampleCount: Int { directory.reduce(0) { $0 + columns[$1.column].count } }

    /// nil where the block has nothing of the series.
    mutating func part(slot: Int) throws(Damage) -> Block.Part? {
        guard let entry = directory.first(where: { $0.slot == slot }) else { return nil }
        let count = columns[entry.column].count
        let timestamps = try timestamps(column: entry.column)
        let values = try ValueColumn.decode(entry.bytes, count: count)
        return Block.Part(slot: slot, timestamps: timestamps, values: values)
    }

    /// The newest sample of a series where that is later than a time in milliseconds, else nil.
    mutating func last(slot: Int, after time: Int64) throws(Damage) -> (at: Int64, value: Double)? {
        guard let entry = directory.first(where: { $0.slot == slot }),
            let at = try timestamps(column: entry.column).last, at > time,
            let value = try ValueColumn.decode(entry.bytes, count: columns[entry.column].count).last
        else { return nil }
        return (at, value)
    }

    /// Whether a series has samples in the closed range of times, in milliseconds.
    mutating func hasSamples(slot: Int, from: Int64, through: Int64) throws(Damage) -> Bool {
        guard let entry = directory.first(where: { $0.slot == slot }) else { return false }
        let timestamps = try timestamps(column: entry.column)
        return timestamps.lowerBound(from) < timestamps.upperBound(through)
    }

    private mutating func timestamps(column: Int) throws(Damage) -> [Int64] {
        if let decoded = columns[column].decoded { return decoded }
        let decoded = try IntegerColumn.decode(
            columns[column].bytes, count: columns[column].count)
        columns[column].decoded = decoded
        return decoded
    }
}

extension BlockReader {
    /// Decodes a whole payload.
    ///
    /// - Throws: Where it is damaged.
    static func check(_ payload: UnsafeRawBufferPointer) throws(Damage) {
        var block = try BlockReader(payload)
        for slot in block.slots { _ = try block.part(slot: slot) }
    }
}
