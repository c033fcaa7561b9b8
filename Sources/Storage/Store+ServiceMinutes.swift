import GRDB
import TimeSeries

/// The table `service_minutes`, which is there for other programs.
enum ServiceMinutesMigration {
    static func register(in migrator: inout DatabaseMigrator) {
        migrator.registerMigration("service-minutes-1") { db in
            try db.execute(
                sql: """
                    CREATE TABLE service_minutes (
                        time INTEGER NOT NULL,
                        service TEXT NOT NULL,
                        model TEXT NOT NULL,
                        version TEXT NOT NULL,
                        requests REAL,
                        errors REAL,
                        latency_p50_seconds REAL,
                        latency_p95_seconds REAL,
                        latency_p99_seconds REAL,
                        predictions REAL,
                        psi REAL,
                        drift_p_value REAL,
                        anomaly_score REAL,
                        alerts_firing REAL,
                        PRIMARY KEY (time, service, model, version)) WITHOUT ROWID;
                    """)
        }
    }
}

extension Store {
    private static var minutesPerSlice: Int { 4096 }

    /// Writes whole minutes; a row that is there already is replaced.
    package func record(serviceMinutes rows: [ServiceMinute]) throws {
        if rows.isEmpty { return }
        try write("recording \(rows.count) service minutes", isDurable: false) { db in
            let marks = [String](repeating: "?", count: 14).joined(separator: ", ")
            let insert = try db.cachedStatement(
                sql: "INSERT OR REPLACE INTO service_minutes VALUES (\(marks))")
            for row in rows {
                try insert.execute(
                    arguments: [
                        row.time.milliseconds / 1000, row.service, row.model, row.version,
                        row.requests, row.errors, row.latencyP50Seconds, row.latencyP95Seconds,
                        row.latencyP99Seconds, row.predictions, row.psi, row.driftPValue,
                        row.anomalyScore, row.alertsFiring,
                    ])
            }
        }
    }

    /// The newest minute that was recorded, nil where none was.
    package func newestServiceMinute() throws -> Timestamp? {
        try read("looking for the newest service minute") { db in
            try Int64.fetchOne(db, sql: "SELECT max(time) FROM service_minutes")
                .map { Timestamp(milliseconds: $0 * 1000) }
        }
    }

    func removeServiceMinutes(now: Timestamp) throws(StorageError) {
        let cutoff = (now - options.serviceMinuteRetention).milliseconds / 1000
        while true {
            let count = try write("removing old service minutes", isDurable: false) { db in
                try db.execute(
                    sql: """
                        DELETE FROM service_minutes WHERE (time, service, model, version) IN (
                            SELECT time, service, model, version FROM service_minutes
                            WHERE time < ? LIMIT ?)
                        """, arguments: [cutoff, Self.minutesPerSlice])
                return db.changesCount
            }
            if count < Self.minutesPerSlice { return }
        }
    }
}
