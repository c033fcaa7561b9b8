import GRDB

/// Reads which labels series have, bucket by bucket.
struct SeriesBucketScan: ~Copyable {
    private let scan: RowScan

    init(in db: Database) throws {
        scan = try RowScan(
            """
            SELECT bucket, labels FROM series_bucket WHERE bucket BETWEEN ? AND ? ORDER BY bucket
            """, in: db)
    }

    /// Hands over which series there are, ascending: the first identifier of each bucket, and a bit
    /// for each of its identifiers.
    static func forEachBucket(
        in db: Database, _ body: (_ first: UInt32, _ slots: UInt32) throws -> Void
    ) throws {
        let scan = try RowScan(
            "SELECT bucket, substr(labels, 1, 4) FROM series_bucket ORDER BY bucket", in: db)
        try scan.start()
        while try scan.next() {
            let first = UInt32(truncatingIfNeeded: scan.integer(0)) &* Block.width
            try body(first, try SeriesBucket.slots(scan.bytes(1)))
        }
    }

    /// Hands over the labels of those of the series that are in the file, in their order.
    ///
    /// - Parameters:
    ///   - series: Ascending.
    ///   - body: Gets an index into `series`.
    func forEach(
        of series: [UInt32], _ body: (_ index: Int, _ labels: [Int64]) throws -> Void
    ) throws {
        for (buckets, indices) in BucketSpans(series) {
            try scan.start(Int64(buckets.lowerBound), Int64(buckets.upperBound))
            var place = indices.lowerBound
            while place < indices.upperBound, try scan.next() {
                let first = UInt32(truncatingIfNeeded: scan.integer(0)) &* Block.width
                try SeriesBucket.read(scan.bytes(1)) { slot, labels in
                    while place < indices.upperBound, series[place] < first + slot { place += 1 }
                    guard place < indices.upperBound, series[place] == first + slot else { return }
                    try body(place, labels)
                }
            }
        }
    }
}
