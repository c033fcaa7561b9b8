import Foundation
import GRDB

/// The series by bucket, since format version 4; before, each had a row and an index entry of its
/// own.
enum SeriesBucketMigration {
    static func register(in migrator: inout DatabaseMigrator) {
        migrator.registerMigration("series-2") { db in
            if try db.tableExists("series") {
                try db.execute(
                    sql: """
                        CREATE TABLE series_bucket (
                            bucket INTEGER PRIMARY KEY AUTOINCREMENT,
                            labels BLOB NOT NULL);
                        """)
                try convert(db)
            }
            try db.execute(sql: "PRAGMA user_version = 4")
        }
    }

    /// The table of series up to format version 3, for what is rescued of such a file.
    static func createOlderTable(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE series (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    labels BLOB NOT NULL UNIQUE);
                """)
    }

    /// Moves all series of the older table into buckets.
    static func convert(_ db: Database) throws {
        let rows = try Row.fetchCursor(db, sql: "SELECT id, labels FROM series ORDER BY id")
        var bucket: UInt32 = 0
        var entries: [SeriesBucket.Entry] = []
        func write() throws {
            if entries.isEmpty { return }
            try SeriesRegistry.replace(bucket, entries, in: db)
            entries = []
        }
        while let row = try rows.next() {
            let id: UInt32 = row[0]
            let key: Data = row[1]
            if id / Block.width != bucket {
                try write()
                bucket = id / Block.width
            }
            guard let labels = try? key.withUnsafeBytes({ try self.labels(of: $0) }) else {
                continue
            }
            entries.append(SeriesBucket.Entry(slot: id % Block.width, labels: labels))
        }
        try write()
        // Identifiers are never given twice, those of removed series neither.
        let last = try Int64.fetchOne(
            db, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'series'")
        if let last { try SeriesRegistry.skipBuckets(through: last / Int64(Block.width), in: db) }
        try db.execute(sql: "DROP TABLE series")
    }

    /// The identifiers of the labels as varints, in the order of the names' bytes.
    private static func labels(of key: UnsafeRawBufferPointer) throws(Damage) -> [Int64] {
        var reader = ByteReader(key)
        var labels: [Int64] = []
        while reader.remainingCount > 0 { labels.append(Int64(bitPattern: try reader.varint())) }
        return labels
    }
}
