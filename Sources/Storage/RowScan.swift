import GRDB
import GRDBSQLite

/// Steps through the rows of a statement that takes integers, again and again.
///
/// GRDB makes an object for every row and an array for every execution, which takes longer than
/// SQLite does for short rows out of its cache: some 20 µs an execution, which large selections
/// repeat thousands of times.
///
/// Belongs to one connection, inside one transaction; one scan of a text at a time.
struct RowScan: ~Copyable {
    private let statement: Statement
    private var pointer: OpaquePointer { statement.sqliteStatement }

    init(_ sql: String, in db: Database) throws {
        statement = try db.cachedStatement(sql: sql)
    }

    deinit { sqlite3_reset(statement.sqliteStatement) }

    /// Begins anew with these arguments.
    func start(_ arguments: Int64...) throws {
        sqlite3_reset(pointer)
        for (index, argument) in arguments.enumerated() {
            let code = sqlite3_bind_int64(pointer, Int32(index + 1), argument)
            if code != SQLITE_OK { throw statement.failure(code) }
        }
    }

    /// - Returns: Whether there is one more row.
    func next() throws -> Bool {
        switch sqlite3_step(pointer) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw statement.failure(code)
        }
    }

    /// Of the row at hand; 0 for NULL.
    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(pointer, column) }

    func isNull(_ column: Int32) -> Bool {
        sqlite3_column_type(pointer, column) == SQLITE_NULL
    }

    /// Of the row at hand, valid until the next step.
    func bytes(_ column: Int32) -> UnsafeRawBufferPointer {
        let start = sqlite3_column_blob(pointer, column)
        return UnsafeRawBufferPointer(
            start: start, count: start == nil ? 0 : Int(sqlite3_column_bytes(pointer, column)))
    }
}
