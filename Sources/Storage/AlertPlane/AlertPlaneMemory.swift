import GRDB

/// The alert plane in memory, while the file cannot be written: rules, groups and deliveries go on
/// with it, and it is written to the file with the first write that succeeds.
///
/// What a process that ends before that knew of its alerts is lost; the rules find them again.
struct AlertPlaneMemory: Sendable {
    private let database: DatabaseQueue
    /// Why the file could not be written.
    let failure: StorageError

    private static let tables = ["alerts", "notification_groups", "outbox"]

    /// - Parameter file: Holds the state to go on from.
    init(copyOf file: Database, after failure: StorageError) throws {
        self.failure = failure
        database = try DatabaseQueue()
        var migrator = DatabaseMigrator()
        AlertPlaneMigration.register(in: &migrator)
        try migrator.migrate(database)
        try database.write { memory in
            try Self.copy(from: file, to: memory)
            // Identifiers that were given in the file are not given again.
            let sequence = try Int64.fetchOne(
                file, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'outbox'")
            try memory.execute(
                sql: """
                    DELETE FROM sqlite_sequence WHERE name = 'outbox';
                    INSERT INTO sqlite_sequence (name, seq) VALUES ('outbox', ?)
                    """, arguments: [sequence ?? 0])
        }
    }

    func update<Result>(_ body: (AlertPlane) throws -> Result) throws -> Result {
        try database.write { try body(AlertPlane(database: $0)) }
    }

    func read<Result>(_ body: (AlertPlane) throws -> Result) throws -> Result {
        try database.read { try body(AlertPlane(database: $0)) }
    }

    /// Replaces what the file says by what is here.
    func write(to file: Database) throws {
        try database.read { try Self.copy(from: $0, to: file) }
    }

    private static func copy(from source: Database, to target: Database) throws {
        for table in tables {
            let columns = try target.columns(in: table).map(\.name)
            let marks = columns.map { _ in "?" }.joined(separator: ", ")
            let list = columns.joined(separator: ", ")
            try target.execute(sql: "DELETE FROM \(table)")
            let insert = try target.cachedStatement(
                sql: "INSERT INTO \(table) (\(list)) VALUES (\(marks))")
            let rows = try Row.fetchCursor(source, sql: "SELECT \(list) FROM \(table)")
            while let row = try rows.next() {
                try insert.execute(arguments: StatementArguments(row.databaseValues))
            }
        }
    }
}

extension StorageError {
    /// The file cannot be written now: no room, or the disk fails. It may be later.
    var isAboutWriting: Bool {
        let primary = ResultCode(rawValue: code & 0xFF)
        return [.SQLITE_FULL, .SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_READONLY].contains(primary)
    }
}
