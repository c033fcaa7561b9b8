import Foundation
import GRDB

/// What became of a damaged file.
package struct StoreRecovery: Sendable, Equatable {
    /// Where the damaged file is now.
    package let damagedPath: String
    /// SQLite's first complaint.
    package let complaint: String
    /// Rows that could be read and are in the new file.
    package let rowCount: Int

    /// One line for people.
    package var description: String {
        "the store was damaged (\(complaint)); it is kept as '\(damagedPath)', \(rowCount) rows "
            + "of it could be read and were taken over"
    }
}

/// Looks whether a file is sound, and makes a new one of what can be read of a damaged one.
enum FileRescue {
    /// How long the look may take; a file too large for it counts as sound, and damage then shows
    /// where it is read.
    private static let checkSeconds = 0.5
    /// Rows are looked for behind a damaged page at growing distances up to this.
    private static let longestLeap: Int64 = 1 << 40

    /// A read that ends in the middle of damage leaves SQLite's own transaction open, which GRDB
    /// otherwise takes for a mistake of the program.
    private static var readingDamage: Configuration {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.allowsUnsafeTransactions = true
        // With this SQLite takes what it can read of a damaged schema, instead of nothing.
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA writable_schema = ON") }
        return configuration
    }

    /// A read that failed once is no damage: what is complained of is looked at again.
    ///
    /// - Returns: SQLite's complaint, nil where the file is sound.
    /// - Throws: Where the disk fails; the file may be whole.
    static func complaint(about path: String) throws -> String? {
        try firstComplaint(about: path) == nil ? nil : try firstComplaint(about: path)
    }

    private static func firstComplaint(about path: String) throws -> String? {
        do {
            let queue = try DatabaseQueue(path: path, configuration: readingDamage)
            defer { try? queue.close() }
            let interruption = DispatchWorkItem { queue.interrupt() }
            DispatchQueue.global().asyncAfter(
                deadline: .now() + checkSeconds, execute: interruption)
            defer { interruption.cancel() }
            let answer = try queue.inDatabase { db in
                try String.fetchOne(db, sql: "PRAGMA quick_check(1)")
            }
            if let answer, let failure = readFailure(in: answer) { throw failure }
            return answer == "ok" ? nil : answer
        } catch let error as DatabaseError {
            switch error.resultCode {
            case .SQLITE_INTERRUPT: return nil
            case .SQLITE_CORRUPT: return error.message ?? "damaged"
            default: throw error
            }
        }
    }

    /// SQLite says in words where the check itself cannot read a page: "unable to get the page.
    /// error code=266".
    private static func readFailure(in answer: String) -> DatabaseError? {
        guard let mark = answer.range(of: "error code="),
            let code = Int32(answer[mark.upperBound...].prefix { $0.isNumber })
        else { return nil }
        let failure = DatabaseError(resultCode: ResultCode(rawValue: code))
        return failure.resultCode == .SQLITE_IOERR ? failure : nil
    }

    /// Moves the file and its log aside.
    ///
    /// - Returns: The new path, which tells when the file was last written.
    static func setAside(_ path: String) throws -> String {
        let files = FileManager.default
        let attributes = try files.attributesOfItem(atPath: path)
        let seconds = (attributes[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
        let base = "\(path).corrupt-\(Int(seconds))"
        var aside = base
        var attempt = 2
        while files.fileExists(atPath: aside) {
            aside = "\(base)-\(attempt)"
            attempt += 1
        }
        try files.moveItem(atPath: path, toPath: aside)
        for suffix in ["-wal", "-shm"] where files.fileExists(atPath: path + suffix) {
            try files.moveItem(atPath: path + suffix, toPath: aside + suffix)
        }
        return aside
    }

    /// Copies every row that can be read into the tables of a new store.
    ///
    /// - Returns: How many those were.
    static func copy(from damaged: String, to database: some DatabaseWriter) throws -> Int {
        let source = try DatabaseQueue(path: damaged, configuration: readingDamage)
        defer { try? source.close() }
        let isOlder = source.inDatabase { (try? $0.tableExists("series")) == true }
        if isOlder { try database.write { try SeriesBucketMigration.createOlderTable($0) } }
        var count = 0
        let tables = try database.read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT name FROM sqlite_schema WHERE type = 'table'
                        AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
                        AND name NOT IN ('grdb_migrations', 'posting')
                    """)
        }
        for table in tables {
            count += try source.inDatabase { from in
                try database.write { to in try copy(table, from: from, to: to) }
            }
        }
        try database.write { db in
            if isOlder { try SeriesBucketMigration.convert(db) }
            try dropDanglingRows(in: db)
            try SeriesRegistry.rebuildPostings(in: db)
        }
        return count
    }

    private static func copy(_ table: String, from: Database, to: Database) throws -> Int {
        let columns = try to.columns(in: table).map(\.name)
        let list = columns.map { "\"\($0)\"" }.joined(separator: ", ")
        let marks = columns.map { _ in "?" }.joined(separator: ", ")
        let insert = try to.cachedStatement(
            sql: "INSERT OR IGNORE INTO \"\(table)\" (\(list)) VALUES (\(marks))")
        func take(_ row: Row) throws {
            try insert.execute(
                arguments: StatementArguments(columns.map { row[$0] as DatabaseValue }))
        }
        let definition = try String.fetchOne(
            to, sql: "SELECT sql FROM sqlite_schema WHERE name = ?", arguments: [table])
        let hasRowID = !(definition?.uppercased().contains("WITHOUT ROWID") ?? false)
        guard hasRowID else {
            return read(from, "SELECT \(list) FROM \"\(table)\"", [], take).count
        }
        var count = 0
        var next = Int64.min
        var leap: Int64 = 1
        while true {
            let result = read(
                from,
                "SELECT rowid AS mlmon_rowid, \(list) FROM \"\(table)\" WHERE rowid >= ? ORDER BY rowid",
                [next], take)
            count += result.count
            if result.isComplete { return count }
            leap = result.count == 0 ? leap * 2 : 1
            // The level of a block is in the upper bits of its identifier.
            guard leap <= longestLeap, next < 3 << 48 else { return count }
            next = max(result.last ?? max(next, 0), 0) + leap
        }
    }

    /// Reads until the end or the first damage.
    private static func read(
        _ db: Database, _ sql: String, _ arguments: StatementArguments, _ body: (Row) throws -> Void
    ) -> (count: Int, last: Int64?, isComplete: Bool) {
        var count = 0
        var last: Int64?
        do {
            let rows = try Row.fetchCursor(db, sql: sql, arguments: arguments)
            while let row = try rows.next() {
                if row.hasColumn("mlmon_rowid") { last = row["mlmon_rowid"] }
                try body(row)
                count += 1
            }
            return (count, last, true)
        } catch {
            return (count, last, false)
        }
    }

    /// Series whose labels are lost have no name any more; rows of lost layouts no series.
    private static func dropDanglingRows(in db: Database) throws {
        let labels = Set(try Int64.fetchAll(db, sql: "SELECT id FROM label"))
        let rows = try Row.fetchAll(db, sql: "SELECT bucket, labels FROM series_bucket")
        for row in rows {
            let bytes: Data = row[1]
            let entries = try? bytes.withUnsafeBytes { try SeriesBucket.entries($0) }
            let named = (entries ?? []).filter { $0.labels.allSatisfy(labels.contains) }
            if named.count != entries?.count { try SeriesRegistry.replace(row[0], named, in: db) }
        }
        try db.execute(
            sql: "DELETE FROM journal WHERE layout NOT IN (SELECT id FROM layout)")
        try keepSequences(in: db)
    }

    /// Identifiers must never be given twice, those of lost rows neither.
    private static func keepSequences(in db: Database) throws {
        let newestBucket = try Int64.fetchOne(
            db,
            sql: """
                SELECT max((SELECT coalesce(max(bucket), 0) FROM block),
                    (SELECT coalesce(max(bucket), 0) FROM series_bucket))
                """)
        let spare: Int64 = 1_000_000
        try SeriesRegistry.skipBuckets(
            through: (newestBucket ?? 0) + spare / Int64(Block.width), in: db)
        try db.execute(
            sql: """
                UPDATE sqlite_sequence SET seq = seq + ? WHERE name IN ('label', 'layout', 'journal')
                """,
            arguments: [spare])
    }
}
