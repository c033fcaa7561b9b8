import GRDB

/// The tables of the store, and which files it agrees to open.
///
/// `docs/storage-format.md` describes the columns and the blobs in them.
enum StoreSchema {
    /// Written to `PRAGMA user_version`; a file with a higher one is refused.
    static let formatVersion: Int32 = 4
    /// `mlmo`, written to `PRAGMA application_id`, so that no other file is taken for a store.
    static let applicationID: Int32 = 0x6d6c_6d6f

    static func migrator() -> DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("store-1", migrate: createTables)
        AlertPlaneMigration.register(in: &migrator)
        RollupMigration.register(in: &migrator)
        SeriesBucketMigration.register(in: &migrator)
        ServiceMinutesMigration.register(in: &migrator)
        GroundTruthMigration.register(in: &migrator)
        return migrator
    }

    @Sendable
    private static func createTables(_ db: Database) throws {
        try db.execute(
            sql: """
                PRAGMA application_id = \(applicationID);
                PRAGMA user_version = 1;

                CREATE TABLE label (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    name BLOB NOT NULL,
                    value BLOB NOT NULL,
                    UNIQUE (name, value));
                CREATE TABLE series_bucket (
                    bucket INTEGER PRIMARY KEY AUTOINCREMENT,
                    labels BLOB NOT NULL);
                CREATE TABLE posting (
                    label INTEGER NOT NULL,
                    span INTEGER NOT NULL,
                    members BLOB NOT NULL,
                    PRIMARY KEY (label, span)) WITHOUT ROWID;

                CREATE TABLE layout (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    hash INTEGER NOT NULL,
                    has_timestamps INTEGER NOT NULL,
                    folded_through INTEGER NOT NULL,
                    series BLOB NOT NULL);
                CREATE INDEX layout_hash ON layout (hash);
                CREATE TABLE journal (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    layout INTEGER NOT NULL,
                    at INTEGER NOT NULL,
                    payload BLOB NOT NULL);
                CREATE INDEX journal_layout ON journal (layout, at);

                CREATE TABLE block (
                    id INTEGER PRIMARY KEY,
                    bucket INTEGER NOT NULL,
                    level INTEGER NOT NULL,
                    first_at INTEGER NOT NULL,
                    last_at INTEGER NOT NULL,
                    payload BLOB NOT NULL);
                CREATE INDEX block_bucket ON block (bucket, last_at, first_at, level);
                CREATE INDEX block_age ON block (last_at);
                CREATE INDEX block_merge ON block (bucket, level) WHERE level < 2;

                CREATE TABLE target (
                    service TEXT NOT NULL,
                    instance TEXT NOT NULL,
                    status TEXT NOT NULL,
                    PRIMARY KEY (service, instance)) WITHOUT ROWID;
                CREATE TABLE baseline (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    record TEXT NOT NULL);
                CREATE TABLE drift_window (
                    service TEXT NOT NULL,
                    model TEXT NOT NULL,
                    version TEXT NOT NULL,
                    feature TEXT NOT NULL,
                    record TEXT NOT NULL,
                    PRIMARY KEY (service, model, version, feature)) WITHOUT ROWID;
                CREATE TABLE detector_state (
                    key TEXT PRIMARY KEY,
                    state BLOB NOT NULL) WITHOUT ROWID;
                """)
    }

    /// Refuses files that are not a store, or one of a newer mlmon.
    ///
    /// - Parameter mustBeCurrent: Also refuses one that still needs a migration, or is empty.
    static func check(_ db: Database, path: String, mustBeCurrent: Bool) throws {
        let tableCount = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
        if tableCount == 0 {
            if mustBeCurrent {
                throw refusal("'\(path)' holds no store yet; start 'mlmon run' on it first")
            }
            return
        }
        let application = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let version = try Int32.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        if application != applicationID {
            throw refusal("'\(path)' is a database of another program; choose another store path")
        }
        let migrator = migrator()
        if version > formatVersion {
            throw refusal(
                "'\(path)' has format version \(version), this mlmon knows up to "
                    + "\(formatVersion); use a newer mlmon")
        }
        if try migrator.hasBeenSuperseded(db) {
            let applied = try migrator.appliedIdentifiers(db)
            let unknown = applied.subtracting(migrator.migrations).sorted()
            throw refusal(
                "'\(path)' was written by a newer mlmon (format version "
                    + "'\(unknown.joined(separator: ", "))'); use that one")
        }
        if mustBeCurrent, try !migrator.hasCompletedMigrations(db) {
            throw refusal("'\(path)' is of an older format; start 'mlmon run' on it once")
        }
    }

    private static func refusal(_ message: String) -> StorageError {
        StorageError(code: 0, activity: "opening the store", message: message)
    }
}
