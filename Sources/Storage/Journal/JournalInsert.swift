import GRDB
import GRDBSQLite

/// Adds rows to the journal, many in one transaction.
///
/// The payload is bound as it lies: to wrap and copy it as an argument of GRDB for each row took an
/// eighth of the CPU of the thread that commits.
///
/// Belongs to one connection, inside one transaction; one at a time.
struct JournalInsert: ~Copyable {
    private let statement: Statement

    init(in db: Database) throws {
        statement = try db.cachedStatement(
            sql: "INSERT INTO journal (layout, at, payload) VALUES (?, ?, ?)")
    }

    /// - Parameters:
    ///   - layout: Whose series the values are of, in its order.
    ///   - at: Milliseconds.
    ///   - timestamps: Milliseconds, one a value, where they are not all `at`.
    func insert(_ values: [Double], timestamps: [Int64]?, as layout: Int64, at: Int64) throws {
        let pointer = statement.sqliteStatement
        let payload = JournalRow.encode(values: values, timestamps: timestamps, at: at)
        // What is bound must not outlive its array, not even unused.
        defer {
            sqlite3_reset(pointer)
            sqlite3_clear_bindings(pointer)
        }
        try payload.withUnsafeBytes { bytes in
            try check(sqlite3_bind_int64(pointer, 1, layout))
            try check(sqlite3_bind_int64(pointer, 2, at))
            try check(
                sqlite3_bind_blob64(pointer, 3, bytes.baseAddress, UInt64(bytes.count), nil))
            let code = sqlite3_step(pointer)
            if code != SQLITE_DONE { throw statement.failure(code) }
        }
    }

    private func check(_ code: Int32) throws {
        if code != SQLITE_OK { throw statement.failure(code) }
    }
}

extension Statement {
    /// What SQLite says of its last step with the statement.
    func failure(_ code: Int32) -> DatabaseError {
        let connection = sqlite3_db_handle(sqliteStatement)
        return DatabaseError(
            resultCode: ResultCode(rawValue: sqlite3_extended_errcode(connection)),
            message: sqlite3_errmsg(connection).map { String(cString: $0) } ?? "code \(code)",
            sql: sql)
    }
}
