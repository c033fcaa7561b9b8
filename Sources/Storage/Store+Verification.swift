import Foundation
import GRDB

extension Store {
    private static var findingLimit: Int { 20 }

    /// Samples in blocks and journal. Reads every block: seconds for a gigabyte.
    package func sampleCount() throws(StorageError) -> Int {
        try read("counting samples") { db in
            var count = 0
            let blocks = try Row.fetchCursor(db, sql: "SELECT id, payload FROM block")
            while let row = try blocks.next() {
                count += try row.withUnsafeData(atIndex: 1) { data in
                    try (data ?? Data()).withUnsafeBytes { try BlockReader($0).sampleCount }
                }
            }
            for (layout, folded) in try catalog.withLock({ try $0.allLayouts(in: db) }) {
                let rows = try Int.fetchOne(
                    db, sql: "SELECT count(*) FROM journal WHERE layout = ? AND id > ?",
                    arguments: [layout.id, folded])
                count += (rows ?? 0) * layout.series.count
            }
            return count
        }
    }

    /// Looks at every page of the file and decodes every block, journal row, layout and series.
    ///
    /// - Returns: What is damaged, at most a few lines for people; empty where nothing is.
    package func verify() throws(StorageError) -> [String] {
        var findings: [String] = []
        do throws(StorageError) {
            try read("verifying") { db in
                let complaints = try String.fetchAll(
                    db, sql: "PRAGMA integrity_check(\(Self.findingLimit))")
                if complaints != ["ok"] { findings += complaints }
                findings += try Self.damage(of: "block", in: db) { row in
                    try row.withUnsafeData(atIndex: 1) { data in
                        try (data ?? Data()).withUnsafeBytes { bytes in
                            try BlockReader.check(bytes)
                        }
                    }
                }
                findings += try Self.rollupDamage(in: db)
                findings += try Self.layoutDamage(in: db)
                findings += try Self.journalDamage(in: db)
                findings += try Self.seriesDamage(in: db)
                findings += try Self.stateDamage(in: db)
            }
        } catch {
            // SQLite itself cannot go on; what was found before says more.
            guard error.isDamage else { throw error }
            findings =
                findings.prefix(Self.findingLimit - 1)
                + ["not all could be read: \(error.message)"]
        }
        return Array(findings.prefix(Self.findingLimit))
    }

    private static func damage(
        of table: String, column: String = "payload", in db: Database,
        _ check: (Row) throws -> Void
    ) throws -> [String] {
        var findings: [String] = []
        let rows = try Row.fetchCursor(db, sql: "SELECT rowid, \(column) FROM \(table)")
        while findings.count < findingLimit, let row = try rows.next() {
            do {
                try check(row)
            } catch let damage as Damage {
                findings.append("row \(row[0] as Int64) of table \(table): \(damage.reason)")
            }
        }
        return findings
    }

    private static func rollupDamage(in db: Database) throws -> [String] {
        let column = "payload, statistic, resolution, period"
        return try damage(of: "rollup", column: column, in: db) { row in
            try row.withUnsafeData(atIndex: 1) { data in
                try (data ?? Data()).withUnsafeBytes { bytes in
                    try RollupRow.check(
                        bytes, statistic: row[2], resolution: row[3], period: row[4])
                }
            }
        }
    }

    private static func layoutDamage(in db: Database) throws -> [String] {
        try damage(of: "layout", column: "series", in: db) { row in
            let blob: Data = row[1]
            _ = try blob.withUnsafeBytes { try Layout.decode($0) }
        }
    }

    private static func journalDamage(in db: Database) throws -> [String] {
        var layouts: [Int64: Layout] = [:]
        return try damage(of: "journal", column: "payload, layout, at", in: db) { row in
            let id: Int64 = row[2]
            if layouts[id] == nil { layouts[id] = try Layout.fetch(id, in: db) }
            guard let layout = layouts[id] else { throw Damage("its layout \(id) is missing") }
            let payload: Data = row[1]
            var values: [Double] = []
            var timestamps: [Int64] = []
            try payload.withUnsafeBytes { bytes in
                try JournalRow.decode(
                    bytes, count: layout.series.count, hasTimestamps: layout.hasTimestamps,
                    at: row[3], values: &values, timestamps: &timestamps)
            }
        }
    }

    private static func stateDamage(in db: Database) throws -> [String] {
        try Row.fetchAll(db, sql: "SELECT key, state FROM detector_state").compactMap { row in
            let (key, state): (String, Data) = (row[0], row[1])
            return StateDecoder.damage(in: [UInt8](state)).map {
                "state of the detector '\(key)': \($0)"
            }
        }
    }

    private static func seriesDamage(in db: Database) throws -> [String] {
        let labels = Set(try Int64.fetchAll(db, sql: "SELECT id FROM label"))
        return try damage(of: "series_bucket", column: "labels", in: db) { row in
            let bytes: Data = row[1]
            try bytes.withUnsafeBytes {
                try SeriesBucket.read($0) { _, set in
                    if let missing = set.first(where: { !labels.contains($0) }) {
                        throw Damage("its label \(missing) is missing")
                    }
                }
            }
        }
    }
}
