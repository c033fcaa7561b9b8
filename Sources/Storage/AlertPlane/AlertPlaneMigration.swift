import GRDB

/// The tables of the alert plane: which alerts are in which state, what was told to whom, and what
/// still waits for delivery.
///
/// What is searched or ordered by is a column; the rest of a record is one JSON blob, so that a
/// record may gain fields without a migration.
enum AlertPlaneMigration {
    static func register(in migrator: inout DatabaseMigrator) {
        migrator.registerMigration("alert plane 1") { database in
            try database.execute(
                sql: """
                    CREATE TABLE alerts (
                        rule_key TEXT NOT NULL,
                        fingerprint TEXT NOT NULL,
                        state TEXT NOT NULL CHECK (state IN ('pending', 'firing', 'resolved')),
                        record BLOB NOT NULL,
                        PRIMARY KEY (rule_key, fingerprint)
                    ) STRICT, WITHOUT ROWID;

                    CREATE TABLE notification_groups (
                        key TEXT NOT NULL PRIMARY KEY,
                        flush_at INTEGER NOT NULL,
                        record BLOB NOT NULL
                    ) STRICT, WITHOUT ROWID;

                    CREATE TABLE outbox (
                        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
                        id TEXT NOT NULL UNIQUE,
                        receiver TEXT NOT NULL,
                        webhook_index INTEGER NOT NULL,
                        group_key TEXT NOT NULL,
                        body BLOB NOT NULL,
                        is_truncated INTEGER NOT NULL DEFAULT 0,
                        state TEXT NOT NULL
                            CHECK (state IN ('waiting', 'delivered', 'dead')),
                        created_at INTEGER NOT NULL,
                        expires_at INTEGER NOT NULL,
                        next_attempt INTEGER NOT NULL,
                        attempt_count INTEGER NOT NULL DEFAULT 0,
                        settled_at INTEGER,
                        last_error TEXT
                    ) STRICT;

                    CREATE INDEX outbox_waiting
                        ON outbox (receiver, webhook_index, group_key, sequence)
                        WHERE state = 'waiting';

                    CREATE INDEX outbox_settled ON outbox (settled_at) WHERE state <> 'waiting';
                    """)
        }
    }
}
