import GRDB
import TimeSeries

/// What the journal holds that is not folded yet, by layout.
///
/// Counts each row once, when it is first seen, so that looking again costs what was written since.
struct JournalBacklog {
    /// The unfolded rows of one layout.
    struct Entry {
        let layout: Int64
        var rowCount: Int
        var firstID: Int64
        var lastID: Int64
        /// Milliseconds.
        var firstAt: Int64
        var lastAt: Int64

        func isDue(_ now: Timestamp) -> Bool {
            if rowCount >= Compactor.Policy.rowsPerFold { return true }
            let oldest = (now - Compactor.Policy.longestInJournal).milliseconds
            let newest = (now + Compactor.Policy.longestInJournal).milliseconds
            return firstAt < oldest || lastAt > newest
        }

        fileprivate mutating func add(_ other: Entry) {
            rowCount += other.rowCount
            firstID = min(firstID, other.firstID)
            lastID = max(lastID, other.lastID)
            firstAt = min(firstAt, other.firstAt)
            lastAt = max(lastAt, other.lastAt)
        }
    }

    private(set) var entries: [Int64: Entry] = [:]
    /// Identifier of the newest row that is counted; nil before the first look. The journal gives
    /// no identifier twice.
    private var counted: Int64?

    /// Adds the rows that were written since the last call.
    mutating func update(in db: Database) throws {
        let fresh: [Entry]
        if let counted {
            fresh = try Self.entries(
                in: db, from: "journal WHERE id > ? GROUP BY layout", [counted])
        } else {
            fresh = try Self.entries(
                in: db,
                from: """
                    layout JOIN journal
                        ON journal.layout = layout.id AND journal.id > layout.folded_through
                    GROUP BY layout.id
                    """, [])
        }
        for entry in fresh {
            entries[entry.layout]?.add(entry)
            if entries[entry.layout] == nil { entries[entry.layout] = entry }
            counted = max(counted ?? 0, entry.lastID)
        }
    }

    /// Lets go of a layout's rows, which are folded.
    ///
    /// - Precondition: No update since the entry was taken.
    mutating func remove(_ entry: Entry) {
        entries[entry.layout] = nil
    }

    private static func entries(
        in db: Database, from tables: String, _ arguments: StatementArguments
    ) throws -> [Entry] {
        let select = try db.cachedStatement(
            sql: """
                SELECT journal.layout, count(*), min(journal.id), max(journal.id),
                    min(journal.at), max(journal.at)
                FROM \(tables)
                """)
        return try Row.fetchAll(select, arguments: arguments).map { row in
            Entry(
                layout: row[0], rowCount: row[1], firstID: row[2], lastID: row[3],
                firstAt: row[4], lastAt: row[5])
        }
    }
}
