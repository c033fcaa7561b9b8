import Foundation
import GRDB
import Querying
import TimeSeries

/// Reads samples of chosen series from blocks and journal, inside one snapshot of the file.
struct SampleReader {
    /// Samples of one series, strictly ascending.
    typealias Column = (timestamps: [Int64], values: [Double])

    let db: Database
    /// Every layout of the snapshot.
    let layouts: [(layout: Layout, foldedThrough: Int64)]
    /// What earlier readers read of the journal.
    var cache: JournalCache?
    /// Takes its share of large reads.
    var second: SecondReader?
    var counter: ChunkCounter?

    /// The samples of the closed range [from, through], one column pair for each wanted series.
    ///
    /// - Parameters:
    ///   - wanted: Ascending.
    ///   - related: Ascending. The wanted series and others that are likely to be asked for next:
    ///     from the second question on, and where they fit, what the journal has of them is kept
    ///     in the cache too, for its pages are being read anyway. Empty for none.
    func columns(
        of wanted: [UInt32], among related: [UInt32] = [], from: Int64, through: Int64
    ) throws -> [Column] {
        var assemblies = try blockSamples(of: wanted, from: from, through: through)
        try readJournal(
            of: wanted, among: related, from: from, through: through, into: &assemblies)
        return assemblies.map { $0.finished() }
    }

    /// What the blocks have of each wanted series. Of many, half are read on a second connection;
    /// what was read is decoded on every core.
    private func blockSamples(
        of wanted: [UInt32], from: Int64, through: Int64
    ) throws -> [ColumnAssembly] {
        guard try hasBlocks(from: from, through: through) else {
            return wanted.map { _ in ColumnAssembly() }
        }
        let reads = try bucketReads(Array(BucketRuns(wanted)), from: from, through: through)
        counter?.add(reads.reduce(0) { $0 + $1.blocks.count })
        return try inParts(of: reads.count, size: Self.bucketsOfPart) { part in
            try reads[part].flatMap { try $0.samples(of: wanted, from: from, through: through) }
        }.flatMap { $0 }
    }

    private func bucketReads(
        _ runs: [BucketRuns.Element], from: Int64, through: Int64
    ) throws -> [BucketRead] {
        let read = { @Sendable (runs: ArraySlice<BucketRuns.Element>, db: Database) in
            try Self.bucketReads(runs, from: from, through: through, in: db)
        }
        guard let second, runs.count >= 2 * Self.leastBucketsOfConnection else {
            return try read(runs[...], db)
        }
        // What was folded or merged since this state of the file says the same twice.
        let later = runs[(runs.count / 2)...]
        let (here, there) = try second.read(
            { try read(later, $0) }, while: { try read(runs[..<later.startIndex], db) })
        return here + (try there ?? read(later, db))
    }

    private static func bucketReads(
        _ runs: ArraySlice<BucketRuns.Element>, from: Int64, through: Int64, in db: Database
    ) throws -> [BucketRead] {
        let scan = try RowScan(
            """
            SELECT id, level, payload FROM block
            WHERE bucket = ? AND last_at >= ? AND first_at <= ?
            """, in: db)
        return try runs.map { bucket, indices in
            try scan.start(Int64(bucket), from, through)
            var blocks: [(id: Int64, level: Int64, payload: [UInt8])] = []
            while try scan.next() {
                blocks.append((scan.integer(0), scan.integer(1), [UInt8](scan.bytes(2))))
            }
            blocks.sort { $0.level != $1.level ? $0.level > $1.level : $0.id < $1.id }
            return BucketRead(indices: indices, blocks: blocks.map { ($0.id, $0.payload) })
        }
    }

    /// Whether any series has some; the newest samples are in the journal alone.
    private func hasBlocks(from: Int64, through: Int64) throws -> Bool {
        let select = try db.cachedStatement(
            sql: "SELECT 1 FROM block WHERE last_at >= ? AND first_at <= ? LIMIT 1")
        return try Int.fetchOne(select, arguments: [from, through]) != nil
    }

    /// Buckets that one thread decodes at a time.
    private static let bucketsOfPart = 16

    /// Fewer are not worth a second connection.
    private static let leastBucketsOfConnection = 32

    private func withBlock(_ row: Row, _ body: (inout BlockReader) throws -> Void) throws {
        try row.withUnsafeData(atIndex: 1) { data in
            try (data ?? Data()).withUnsafeBytes { bytes in
                do {
                    var block = try BlockReader(bytes)
                    try body(&block)
                } catch let damage as Damage {
                    throw Damage("row \(row[0] as Int64) of table block: \(damage.reason)")
                }
            }
        }
    }
}

// MARK: Last samples

extension SampleReader {
    /// The newest sample of each series that is not a stale marker.
    ///
    /// Looks at the newest journal rows first, then at blocks from the newest down, and stops as
    /// soon as every series is known.
    func lastSamples(of wanted: [UInt32]) throws -> [UInt32: Sample] {
        var found: [UInt32: Sample] = [:]
        for (layout, foldedThrough) in layouts {
            try readLast(of: wanted, in: layout, after: foldedThrough, &found)
        }
        for (bucket, indices) in BucketRuns(wanted) {
            try readLast(of: Array(wanted[indices]), bucket: bucket, &found)
        }
        return found
    }

    private func readLast(
        of wanted: [UInt32], in layout: Layout, after id: Int64, _ found: inout [UInt32: Sample]
    ) throws {
        var pending = layout.positions(of: wanted)
        if pending.isEmpty { return }
        let rows = try journalRows(
            of: layout, after: id, from: .min, through: .max, newestFirst: true)
        while !pending.isEmpty, let row = try rows.next() {
            let samples = try samples(of: row, layout, pending.map(\.position))
            var remaining: [(wanted: Int, position: Int)] = []
            for (place, sample) in zip(pending, samples) {
                let isFound = !sample.value.isStaleMarker
                if isFound {
                    keepNewest(sample.at, sample.value, of: wanted[place.wanted], &found)
                }
                // Rows with timestamps of their own may hold any time.
                if !isFound || layout.hasTimestamps { remaining.append(place) }
            }
            pending = remaining
        }
    }

    private func readLast(
        of wanted: [UInt32], bucket: UInt32, _ found: inout [UInt32: Sample]
    ) throws {
        let select = try db.cachedStatement(
            sql: """
                SELECT id, payload, last_at FROM block
                WHERE bucket = ? AND last_at > ? ORDER BY last_at DESC
                """)
        var pending = wanted
        // Where the journal knows every series this finds nothing, unless a clock went back.
        let known = wanted.map { found[$0]?.at.milliseconds ?? .min }.min() ?? .min
        let rows = try Row.fetchCursor(select, arguments: [bucket, known])
        while !pending.isEmpty, let row = try rows.next() {
            let lastAt: Int64 = row[2]
            // Blocks may overlap: a series is done when no other can hold something newer.
            pending.removeAll { (found[$0]?.at.milliseconds ?? .min) >= lastAt }
            try withBlock(row) { block in
                for id in pending {
                    guard let part = try block.part(slot: Int(id % Block.width)),
                        let index = part.values.lastIndex(where: { !$0.isStaleMarker })
                    else { continue }
                    keepNewest(part.timestamps[index], part.values[index], of: id, &found)
                }
            }
        }
    }

    private func keepNewest(
        _ timestamp: Int64, _ value: Double, of id: UInt32, _ found: inout [UInt32: Sample]
    ) {
        if let known = found[id], known.at.milliseconds >= timestamp { return }
        found[id] = Sample(at: Timestamp(milliseconds: timestamp), value: value)
    }
}

/// The runs of a sorted list of series that share a bucket, as indexes into the list.
struct BucketRuns: Sequence, IteratorProtocol {
    private let series: [UInt32]
    private var start = 0

    init(_ series: [UInt32]) {
        self.series = series
    }

    mutating func next() -> (bucket: UInt32, indices: Range<Int>)? {
        guard start < series.count else { return nil }
        let bucket = series[start] / Block.width
        var end = start + 1
        while end < series.count, series[end] / Block.width == bucket { end += 1 }
        defer { start = end }
        return (bucket, start..<end)
    }
}

/// The same with neighbouring buckets taken together, which are read at once.
struct BucketSpans: Sequence, IteratorProtocol {
    private let series: [UInt32]
    private var start = 0
    /// So that what is read at once stays small.
    private static let widthLimit: UInt32 = 64

    init(_ series: [UInt32]) {
        self.series = series
    }

    mutating func next() -> (buckets: ClosedRange<UInt32>, indices: Range<Int>)? {
        guard start < series.count else { return nil }
        let first = series[start] / Block.width
        var last = first
        var end = start + 1
        while end < series.count {
            let bucket = series[end] / Block.width
            if bucket > last + 1 || bucket - first >= Self.widthLimit { break }
            last = bucket
            end += 1
        }
        defer { start = end }
        return (first...last, start..<end)
    }
}
