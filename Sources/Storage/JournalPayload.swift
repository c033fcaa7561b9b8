import GRDB
import GRDBSQLite

/// Reads of the payloads of journal rows what is wanted, so that the other pages are not fetched:
/// GRDB's rows copy whole values only.
///
/// Belongs to one connection, inside one transaction.
struct JournalPayload: ~Copyable {
    private let db: Database
    private var blob: OpaquePointer?
    private var buffer = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    /// Shorter payloads lie in one page, and are read at once.
    private static let leastByteCount = 1024

    init(_ db: Database) {
        self.db = db
    }

    deinit {
        _ = sqlite3_blob_close(blob)
        buffer.deallocate()
    }

    /// A row in which the bytes that a projection needs are read, at their places; valid until the
    /// next call.
    ///
    /// - Throws: `Damage` with the number of the row, or what SQLite says; also where there is no
    ///   such row.
    mutating func bytes(
        ofRow id: Int64, for projection: JournalProjection
    ) throws -> UnsafeRawBufferPointer {
        try check(
            blob == nil
                ? sqlite3_blob_open(db.sqliteConnection, "main", "journal", "payload", id, 0, &blob)
                : sqlite3_blob_reopen(blob, id))
        let byteCount = Int(sqlite3_blob_bytes(blob))
        if buffer.count < byteCount {
            buffer.deallocate()
            buffer = .allocate(byteCount: 2 * byteCount, alignment: 8)
        }
        if byteCount <= Self.leastByteCount {
            try read(0..<byteCount)
            return UnsafeRawBufferPointer(rebasing: buffer[..<byteCount])
        }
        let nibbleByteCount = projection.nibbleByteCount
        guard nibbleByteCount <= byteCount else { throw Self.damage("ends early", id) }
        try read(0..<nibbleByteCount)
        let range: Range<Int>
        do throws(Damage) {
            range = try projection.byteRange(
                in: UnsafeRawBufferPointer(rebasing: buffer[..<nibbleByteCount]))
        } catch {
            throw Self.damage(error.reason, id)
        }
        guard range.upperBound <= byteCount else { throw Self.damage("ends early", id) }
        try read(range)
        return UnsafeRawBufferPointer(rebasing: buffer[..<range.upperBound])
    }

    static func damage(_ reason: String, _ id: Int64) -> Damage {
        Damage("row \(id) of table journal: \(reason)")
    }

    /// - Parameter range: Within the payload and the buffer.
    private func read(_ range: Range<Int>) throws {
        guard !range.isEmpty, let base = buffer.baseAddress else { return }
        try check(
            sqlite3_blob_read(
                blob, base + range.lowerBound, Int32(range.count), Int32(range.lowerBound)))
    }

    private func check(_ code: Int32) throws {
        guard code != SQLITE_OK else { return }
        throw DatabaseError(
            resultCode: ResultCode(rawValue: code),
            message: db.sqliteConnection.map { String(cString: sqlite3_errmsg($0)) })
    }
}
