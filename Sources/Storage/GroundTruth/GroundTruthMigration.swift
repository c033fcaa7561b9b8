import GRDB

/// The tables of single predictions, their labels, and what both give for windows of time.
enum GroundTruthMigration {
    static func register(in migrator: inout DatabaseMigrator) {
        migrator.registerMigration("ground truth 1") { database in
            try database.execute(
                sql: """
                    CREATE TABLE prediction (
                        id TEXT NOT NULL,
                        service TEXT NOT NULL,
                        at INTEGER NOT NULL,
                        model TEXT NOT NULL,
                        version TEXT NOT NULL,
                        prediction TEXT,
                        score REAL,
                        PRIMARY KEY (id, service)
                    ) STRICT, WITHOUT ROWID;
                    CREATE INDEX prediction_at ON prediction (at, service);

                    CREATE TABLE ground_truth (
                        id TEXT NOT NULL,
                        service TEXT NOT NULL,
                        at INTEGER NOT NULL,
                        label TEXT NOT NULL,
                        PRIMARY KEY (id, service)
                    ) STRICT, WITHOUT ROWID;
                    CREATE INDEX ground_truth_at ON ground_truth (at);

                    CREATE TABLE unmeasured (
                        service TEXT NOT NULL,
                        minute INTEGER NOT NULL,
                        PRIMARY KEY (service, minute)
                    ) STRICT, WITHOUT ROWID;

                    CREATE TABLE realised_window (
                        from_at INTEGER NOT NULL,
                        through_at INTEGER NOT NULL,
                        service TEXT NOT NULL,
                        model TEXT NOT NULL,
                        version TEXT NOT NULL,
                        predictions REAL NOT NULL,
                        labels REAL NOT NULL,
                        accuracy REAL,
                        "precision" REAL,
                        recall REAL,
                        f1 REAL,
                        roc_auc REAL,
                        log_loss REAL,
                        brier_score REAL,
                        calibration_error REAL,
                        mae REAL,
                        rmse REAL,
                        PRIMARY KEY (from_at, service, model, version)
                    ) STRICT, WITHOUT ROWID;
                    """)
        }
    }
}
