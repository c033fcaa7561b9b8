import GRDB

/// The tables of the roll-ups, since format version 2, and their rows since version 3.
enum RollupMigration {
    static func register(in migrator: inout DatabaseMigrator) {
        migrator.registerMigration("rollups-1") { db in
            try db.execute(
                sql: """
                    CREATE TABLE rollup (
                        id INTEGER PRIMARY KEY,
                        bucket INTEGER NOT NULL,
                        resolution INTEGER NOT NULL,
                        statistic INTEGER NOT NULL,
                        period INTEGER NOT NULL,
                        payload BLOB NOT NULL);
                    CREATE UNIQUE INDEX rollup_place
                        ON rollup (bucket, resolution, statistic, period);
                    CREATE INDEX rollup_age ON rollup (resolution, period);
                    CREATE TABLE rollup_progress (
                        bucket INTEGER PRIMARY KEY,
                        through INTEGER NOT NULL);
                    PRAGMA user_version = 2;
                    """)
            // What an older mlmon wrote is rolled up bit by bit.
            let first = try Row.fetchAll(
                db, sql: "SELECT bucket, min(first_at) FROM block GROUP BY bucket")
            for row in first {
                let oldest: Int64 = row[1]
                try db.execute(
                    sql: "INSERT INTO rollup_progress (bucket, through) VALUES (?, ?)",
                    arguments: [
                        row[0] as Int64,
                        RollupProgress.hour(notAfter: max(oldest, -RollupProgress.timeLimit) - 1),
                    ])
            }
        }
        migrator.registerMigration("rollups-2") { db in
            // Rows of one statistic each stay until their period is rolled up again, or too old.
            try db.execute(
                sql: """
                    DROP INDEX rollup_place;
                    CREATE UNIQUE INDEX rollup_place
                        ON rollup (bucket, resolution, period, statistic);
                    PRAGMA user_version = 3;
                    """)
        }
    }
}
