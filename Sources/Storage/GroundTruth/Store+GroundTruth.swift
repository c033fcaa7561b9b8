import Foundation
import GRDB
import TimeSeries

// Predictions and labels are joined by request and service, whichever arrives first. What they
// change is noted by minute of the prediction, for who measures the windows.
extension Store {
    /// The span of an `unmeasured` row.
    static let unmeasuredMinute = Duration.seconds(60)

    /// Takes predictions in one transaction; one of a known request replaces it.
    package func record(
        predictions: [PredictionRecord]
    ) throws(StorageError) -> GroundTruthCount {
        try write("recording \(predictions.count) predictions", isDurable: true) { db in
            let select = try db.cachedStatement(
                sql: """
                    SELECT at, model, version, prediction, score FROM prediction
                    WHERE id = ? AND service = ?
                    """)
            let insert = try db.cachedStatement(
                sql: """
                    INSERT OR REPLACE INTO prediction
                        (id, service, at, model, version, prediction, score)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """)
            var marks = Marks()
            var count = GroundTruthCount()
            for new in predictions {
                if let row = try Row.fetchOne(select, arguments: [new.id, new.service]) {
                    let known = PredictionRecord(
                        id: new.id, service: new.service, at: Timestamp(milliseconds: row[0]),
                        model: row[1], version: row[2], prediction: row[3], score: row[4])
                    if known == new {
                        count.unchanged += 1
                        continue
                    }
                    marks.insert(new.service, known.at)
                    count.changed += 1
                } else {
                    count.added += 1
                }
                marks.insert(new.service, new.at)
                try insert.execute(
                    arguments: [
                        new.id, new.service, new.at.milliseconds, new.model, new.version,
                        new.prediction, new.score,
                    ])
            }
            try marks.write(in: db)
            return count
        }
    }

    /// Takes labels in one transaction; of two for one request the later one counts, of two of one
    /// time the one that arrived last.
    package func record(labels: [LabelRecord]) throws(StorageError) -> GroundTruthCount {
        try write("recording \(labels.count) labels", isDurable: true) { db in
            let select = try db.cachedStatement(
                sql: "SELECT at, label FROM ground_truth WHERE id = ? AND service = ?")
            let insert = try db.cachedStatement(
                sql: """
                    INSERT OR REPLACE INTO ground_truth (id, service, at, label)
                    VALUES (?, ?, ?, ?)
                    """)
            let predictions = try db.cachedStatement(
                sql: "SELECT service, at FROM prediction WHERE id = ?")
            var marks = Marks()
            var count = GroundTruthCount()
            for new in labels {
                let known = try Row.fetchOne(select, arguments: [new.id, new.service])
                if let known {
                    let (at, label): (Int64, String) = (known[0], known[1])
                    if label == new.label {
                        count.unchanged += 1
                        continue
                    }
                    if at > new.at.milliseconds {
                        count.outdated += 1
                        continue
                    }
                }
                if known == nil { count.added += 1 } else { count.changed += 1 }
                try insert.execute(
                    arguments: [new.id, new.service, new.at.milliseconds, new.label])
                for row in try Row.fetchAll(predictions, arguments: [new.id])
                where new.service.isEmpty || row[0] as String == new.service {
                    marks.insert(row[0], Timestamp(milliseconds: row[1]))
                }
            }
            try marks.write(in: db)
            return count
        }
    }

    /// The predictions of a service in [from, through) with their labels; a label of the service
    /// goes before one that names none.
    static func judgedPredictions(
        of service: String, from: Timestamp, through: Timestamp, in db: Database
    ) throws -> [JudgedPrediction] {
        let rows = try Row.fetchCursor(
            try db.cachedStatement(
                sql: """
                    SELECT p.model, p.version, p.prediction, p.score,
                        coalesce(own.label, shared.label)
                    FROM prediction p
                    LEFT JOIN ground_truth own ON own.id = p.id AND own.service = p.service
                    LEFT JOIN ground_truth shared ON shared.id = p.id AND shared.service = ''
                    WHERE p.at >= ? AND p.at < ? AND p.service = ?
                    """), arguments: [from.milliseconds, through.milliseconds, service])
        var result: [JudgedPrediction] = []
        while let row = try rows.next() {
            result.append(
                JudgedPrediction(
                    model: row[0], version: row[1], prediction: row[2], score: row[3],
                    label: row[4]))
        }
        return result
    }

    /// Whether predictions or labels have changed since their windows were measured.
    package func hasUnmeasured() throws(StorageError) -> Bool {
        try read("looking for what is to be measured") { db in
            try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM unmeasured)") ?? false
        }
    }

    /// Notes every minute that has predictions as changed where windows of another length were
    /// measured, and forgets those.
    package func forgetWindows(ofOtherLengthThan length: Duration) throws(StorageError) {
        try write("measuring anew", isDurable: false) { db in
            let isOther = try Bool.fetchOne(
                db,
                sql: """
                    SELECT EXISTS (SELECT 1 FROM realised_window WHERE through_at - from_at <> ?)
                    """, arguments: [length.milliseconds])
            guard isOther == true else { return }
            try db.execute(
                sql: """
                    DELETE FROM realised_window;
                    INSERT OR IGNORE INTO unmeasured (service, minute)
                        SELECT DISTINCT service, at - at % 60000 FROM prediction;
                    """)
        }
    }

    /// Removes predictions and windows from before an instant, and labels told before it.
    func removeGroundTruth(before cutoff: Timestamp) throws(StorageError) {
        var isDone = false
        while !isDone {
            isDone = try write("removing old predictions", isDurable: false) { db in
                var count = 0
                for table in ["prediction", "ground_truth"] {
                    try db.execute(
                        sql: """
                            DELETE FROM \(table) WHERE (id, service) IN
                                (SELECT id, service FROM \(table) WHERE at < ? LIMIT 5000)
                            """, arguments: [cutoff.milliseconds])
                    count += db.changesCount
                }
                return count == 0
            }
        }
        try write("removing old predictions", isDurable: false) { db in
            for (table, column) in [("unmeasured", "minute"), ("realised_window", "through_at")] {
                try db.execute(
                    sql: "DELETE FROM \(table) WHERE \(column) < ?",
                    arguments: [cutoff.milliseconds])
            }
        }
    }
}

/// Minutes that have changed, each once.
private struct Marks {
    private struct Mark: Hashable {
        var service: String
        var minute: Int64
    }

    private var marks: Set<Mark> = []

    mutating func insert(_ service: String, _ at: Timestamp) {
        marks.insert(
            Mark(
                service: service, minute: at.aligned(to: Store.unmeasuredMinute).milliseconds))
    }

    func write(in db: Database) throws {
        let insert = try db.cachedStatement(
            sql: "INSERT OR IGNORE INTO unmeasured (service, minute) VALUES (?, ?)")
        for mark in marks { try insert.execute(arguments: [mark.service, mark.minute]) }
    }
}
