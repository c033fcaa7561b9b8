import GRDB
import Querying
import TimeSeries

extension Store {
    /// Does now what the first question of a process would wait for: opens connections, and reads
    /// which series are scraped together, what the labels are, and the newest samples.
    ///
    /// - Returns: A series that was written lately, and when; nil where there is none.
    /// - Throws: `StorageError`.
    package func prepareReading() throws -> (labels: LabelSet, at: Timestamp)? {
        try read("reading labels") { db in
            try catalog.withLock {
                _ = try $0.allLayouts(in: db)
                try $0.rememberLabels(in: db)
            }
            _ = try secondReader.read(Self.readNewest) { try Self.readNewest(in: db) }
            return try catalog.withLock { try $0.newestSeries(in: db) }
        }
    }

    /// Fills the cache of a connection with what is asked for most.
    @Sendable
    private static func readNewest(in db: Database) throws {
        for table in ["journal", "block"] {
            let scan = try RowScan("SELECT payload FROM \(table) ORDER BY id DESC LIMIT ?", in: db)
            try scan.start(earlyRowCount)
            while try scan.next() { _ = scan.bytes(0) }
        }
    }

    private static let earlyRowCount: Int64 = 128
}

extension SeriesCatalog {
    /// One of the newest row of the journal, or of the block that ends last.
    fileprivate mutating func newestSeries(
        in db: Database
    ) throws -> (labels: LabelSet, at: Timestamp)? {
        let rows = try RowScan("SELECT layout, at FROM journal ORDER BY id DESC LIMIT 1", in: db)
        try rows.start()
        if try rows.next() {
            let at = Timestamp(milliseconds: rows.integer(1))
            guard let series = try layout(rows.integer(0), in: db)?.series.last else { return nil }
            return try labelSet(of: series, in: db).map { ($0, at) }
        }
        let blocks = try RowScan(
            "SELECT bucket, last_at FROM block ORDER BY last_at DESC LIMIT 1", in: db)
        try blocks.start()
        guard try blocks.next() else { return nil }
        let first = UInt32(truncatingIfNeeded: blocks.integer(0)) &* Block.width
        let at = Timestamp(milliseconds: blocks.integer(1))
        // Not every number of a bucket is a series.
        for slot in 0..<Block.width {
            if let labels = try labelSet(of: first &+ slot, in: db) { return (labels, at) }
        }
        return nil
    }
}
