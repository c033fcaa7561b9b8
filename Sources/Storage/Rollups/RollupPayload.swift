import Querying

/// All statistics of the windows of one period, of up to 32 series with neighbouring identifiers:
/// the payload of a row of the table `rollup`. See docs/storage-format.md.
///
/// Most of it follows from the rest: series of one page have the same windows with as many samples,
/// a counter without restarts gained what lies between its last values, a constant is its own
/// least, greatest and mean value.
enum RollupPayload {
    static let version: UInt8 = 2
    /// Windows of a period; more than there are, refused when read.
    static let windowLimit = 1024

    /// Where the windows of a row lie.
    struct Grid: Equatable {
        /// Milliseconds; windows end in (period, period + length].
        let period: Int64
        /// Milliseconds, positive.
        let resolution: Int64

        func index(ofEnd end: Int64) -> Int { Int((end - period) / resolution) - 1 }
        func end(ofIndex index: Int) -> Int64 { period + Int64(index + 1) * resolution }
    }

    /// How a statistic is written: two bits.
    enum Mode: UInt64 {
        case missing
        /// Follows from the last values and counts.
        case derived
        case column
    }

    /// Those with a mode, from the lowest bits up; the counts and last values are always there.
    static let optional: [RollupStatistic] = [.increase, .gap, .sum, .minimum, .maximum]

    /// Numbers that are this far apart, as a part of those they are the difference or the sum of,
    /// count as equal: sums differ as much when they are added up in another order.
    private static let tolerance = 0x1p-45

    /// Which windows a series has, and of how many samples each; often that of its neighbours.
    private struct Shape: Hashable {
        let indexes: [Int]
        let counts: [Int64]

        func append(to bytes: inout [UInt8]) {
            var body: [UInt8] = []
            var next = 0
            var start = 0
            while start < indexes.count {
                var end = start + 1
                while end < indexes.count, indexes[end] == indexes[end - 1] + 1 { end += 1 }
                Varint.append(UInt64(indexes[start] - next), to: &body)
                Varint.append(UInt64(end - start), to: &body)
                next = indexes[end - 1] + 1
                start = end
            }
            IntegerColumn.encode(counts, to: &body)
            Varint.append(UInt64(indexes.count), to: &bytes)
            Varint.append(UInt64(body.count), to: &bytes)
            bytes += body
        }
    }

    /// - Parameter parts: By ascending slot; none empty, each with counts and last values.
    static func encode(_ parts: [(slot: Int, rollup: Rollup)], _ grid: Grid) -> [UInt8] {
        var shapes: [Shape] = []
        var directory: [UInt8] = []
        var body: [UInt8] = []
        var entries: [(shape: Int, byteCount: Int)] = []
        var slots: UInt32 = 0
        for (slot, rollup) in parts {
            let shape = Shape(
                indexes: rollup.ends.map(grid.index),
                counts: rollup[.count].map { Int64(exactly: $0) ?? 0 })
            let known = shapes.lastIndex(of: shape)
            if known == nil { shapes.append(shape) }
            let start = body.count
            append(rollup, to: &body)
            entries.append((known ?? shapes.count - 1, body.count - start))
            slots |= 1 << UInt32(slot)
        }
        for (shape, byteCount) in entries {
            if shapes.count > 1 { Varint.append(UInt64(shape), to: &directory) }
            Varint.append(UInt64(byteCount), to: &directory)
        }
        var bytes: [UInt8] = [version]
        Varint.append(UInt64(shapes.count), to: &bytes)
        for shape in shapes { shape.append(to: &bytes) }
        withUnsafeBytes(of: slots.littleEndian) { bytes.append(contentsOf: $0) }
        bytes += directory
        bytes += body
        let checksum = bytes.withUnsafeBytes { Checksum.folded($0) }
        withUnsafeBytes(of: checksum.littleEndian) { bytes.append(contentsOf: $0) }
        return bytes
    }

    private static func append(_ rollup: Rollup, to bytes: inout [UInt8]) {
        let modes = optional.map { mode(of: $0, rollup) }
        let flags = modes.enumerated().reduce(UInt64(0)) { flags, mode in
            flags | mode.element.rawValue << (2 * mode.offset)
        }
        Varint.append(flags, to: &bytes)
        append(column: rollup[.last], to: &bytes)
        for (statistic, mode) in zip(optional, modes) {
            switch mode {
            case .missing: break
            case .derived:
                if statistic == .increase {
                    append(column: Array(rollup[.increase].prefix(1)), to: &bytes)
                }
            case .column: append(column: rollup[statistic], to: &bytes)
            }
        }
    }

    private static func append(column: [Double], to bytes: inout [UInt8]) {
        var encoded: [UInt8] = []
        ValueColumn.encode(column, to: &encoded)
        Varint.append(UInt64(encoded.count), to: &bytes)
        bytes += encoded
    }

    private static func mode(of statistic: RollupStatistic, _ rollup: Rollup) -> Mode {
        if rollup.lacks(statistic) { return .missing }
        let values = rollup[statistic]
        let isDerived = values.indices.allSatisfy { index in
            guard let (derived, scale) = derived(statistic, index, rollup) else { return true }
            return values[index].bitPattern == derived.bitPattern
                || (values[index] - derived).magnitude <= scale * tolerance
        }
        return isDerived ? .derived : .column
    }

    /// What a statistic is where it follows from the counts and last values, and how large the
    /// numbers are that it is made of; nil for the first increase, which does not.
    static func derived(
        _ statistic: RollupStatistic, _ index: Int, _ rollup: Rollup
    ) -> (value: Double, scale: Double)? {
        let last = rollup[.last]
        switch statistic {
        case .increase:
            guard index > 0 else { return nil }
            let before = last[index - 1]
            return (last[index] - before, max(last[index].magnitude, before.magnitude))
        case .gap: return (0, 0)
        case .sum:
            let sum = last[index] * rollup[.count][index]
            return (sum, sum.magnitude)
        default: return (last[index], 0)
        }
    }
}

/// Decodes single series of a payload. Valid only as long as the bytes it was given.
struct RollupPayloadReader {
    private let grid: RollupPayload.Grid
    private var shapes: [(ends: [Int64], counts: [Double])] = []
    private var directory: [(slot: Int, shape: Int, bytes: UnsafeRawBufferPointer)] = []

    init(_ payload: UnsafeRawBufferPointer, _ grid: RollupPayload.Grid) throws(Damage) {
        self.grid = grid
        var reader = try ByteReader(checked: payload)
        let version = try reader.byte()
        guard version == RollupPayload.version else { throw Damage("roll-up version \(version)") }
        for _ in 0..<(try reader.count(limit: Int(Block.width))) {
            let count = try reader.count(limit: RollupPayload.windowLimit)
            let byteCount = try reader.count(limit: reader.remainingCount)
            shapes.append(try Self.shape(try reader.slice(byteCount), count, grid))
        }
        let slots = UInt32(
            littleEndian: try reader.slice(4).loadUnaligned(as: UInt32.self))
        var entries: [(slot: Int, shape: Int, byteCount: Int)] = []
        for slot in 0..<Int(Block.width) where slots >> UInt32(slot) & 1 == 1 {
            let shape = shapes.count > 1 ? try reader.count(limit: shapes.count) : 0
            guard shape < shapes.count else { throw Damage("slot \(slot) with shape \(shape)") }
            entries.append((slot, shape, try reader.count(limit: reader.remainingCount)))
        }
        for (slot, shape, byteCount) in entries {
            directory.append((slot, shape, try reader.slice(byteCount)))
        }
    }

    private static func shape(
        _ bytes: UnsafeRawBufferPointer, _ count: Int, _ grid: RollupPayload.Grid
    ) throws(Damage) -> (ends: [Int64], counts: [Double]) {
        var reader = ByteReader(bytes)
        var ends: [Int64] = []
        var next = 0
        while ends.count < count {
            next += try reader.count(limit: RollupPayload.windowLimit)
            let length = try reader.count(limit: count - ends.count)
            guard length > 0, next + length <= RollupPayload.windowLimit else {
                throw Damage("a run of \(length) windows at \(next)")
            }
            for index in next..<(next + length) { ends.append(grid.end(ofIndex: index)) }
            next += length
        }
        let counts = try IntegerColumn.decode(reader.rest(), count: count)
        return (ends, counts.map { Double($0) })
    }

    /// Slots with windows, ascending.
    var slots: [Int] { directory.map(\.slot) }

    /// nil where there is nothing of the series.
    ///
    /// - Parameter wanted: The others are left empty, but for counts and last values.
    func rollup(slot: Int, _ wanted: [RollupStatistic]) throws(Damage) -> Rollup? {
        guard let entry = directory.first(where: { $0.slot == slot }) else { return nil }
        var result = Rollup()
        result.ends = shapes[entry.shape].ends
        result[.count] = shapes[entry.shape].counts
        let count = result.ends.count
        var reader = ByteReader(entry.bytes)
        var flags = try reader.varint()
        result[.last] = try Self.column(&reader, count: count)
        for statistic in RollupPayload.optional {
            guard let mode = RollupPayload.Mode(rawValue: flags & 3) else {
                throw Damage("mode of \(statistic)")
            }
            flags >>= 2
            let isWanted = wanted.contains(statistic)
            switch mode {
            case .missing: break
            case .derived:
                var values: [Double] = []
                if statistic == .increase { values = try Self.column(&reader, count: 1) }
                guard isWanted else { continue }
                values.reserveCapacity(count)
                for index in values.count..<count {
                    values.append(
                        RollupPayload.derived(statistic, index, result)?.value ?? 0)
                }
                result[statistic] = values
            case .column:
                let bytes = try reader.slice(try reader.count(limit: reader.remainingCount))
                if isWanted { result[statistic] = try ValueColumn.decode(bytes, count: count) }
            }
        }
        return result
    }

    private static func column(
        _ reader: inout ByteReader, count: Int
    ) throws(Damage) -> [Double] {
        let bytes = try reader.slice(try reader.count(limit: reader.remainingCount))
        return try ValueColumn.decode(bytes, count: count)
    }
}
