import Foundation
import GRDB
import TimeSeries

// Small records are kept as JSON: they are read as a whole, and gain fields over time.
extension Store {
    /// Replaces the status of each target named here.
    package func record(targets: [TargetStatus]) throws {
        try write("recording \(targets.count) targets", isDurable: false) { db in
            let insert = try db.cachedStatement(
                sql: "INSERT OR REPLACE INTO target (service, instance, status) VALUES (?, ?, ?)")
            for target in targets {
                try insert.execute(
                    arguments: [target.service, target.instance, try Self.json(target)])
            }
        }
    }

    /// By service, then instance.
    package func targets() throws -> [TargetStatus] {
        try records("reading targets", "SELECT status FROM target ORDER BY service, instance")
    }

    /// - Returns: The identifier given to the baseline; its own `id` is ignored.
    package func insert(_ baseline: BaselineRecord) throws -> Int64 {
        try durableWrite("inserting a baseline of '\(baseline.service)'") { db in
            try db.execute(
                sql: "INSERT INTO baseline (record) VALUES (?)", arguments: [Self.json(baseline)])
            return db.lastInsertedRowID
        }
    }

    /// Oldest first.
    package func baselines() throws -> [BaselineRecord] {
        try read("reading baselines") { db in
            try Row.fetchAll(db, sql: "SELECT id, record FROM baseline ORDER BY id").map { row in
                var record = try Self.decoded(BaselineRecord.self, row[1])
                record.id = row[0]
                return record
            }
        }
    }

    /// - Returns: False where there is no such baseline.
    package func deleteBaseline(id: Int64) throws -> Bool {
        try durableWrite("deleting baseline \(id)") { db in
            try db.execute(sql: "DELETE FROM baseline WHERE id = ?", arguments: [id])
            return db.changesCount > 0
        }
    }

    /// Replaces the window of each (service, model, version, feature) named here.
    package func record(driftWindows: [DriftWindowRecord]) throws {
        try write("recording \(driftWindows.count) drift windows", isDurable: false) { db in
            let insert = try db.cachedStatement(
                sql: """
                    INSERT OR REPLACE INTO drift_window (service, model, version, feature, record)
                    VALUES (?, ?, ?, ?, ?)
                    """)
            for window in driftWindows {
                try insert.execute(
                    arguments: [
                        window.service, window.model, window.version, window.feature,
                        try Self.json(window),
                    ])
            }
        }
    }

    /// By service, model, version, feature.
    package func driftWindows() throws -> [DriftWindowRecord] {
        try records(
            "reading drift windows",
            "SELECT record FROM drift_window ORDER BY service, model, version, feature")
    }

    /// How many baselines there are and which is the newest: what changes when any comes or goes.
    package func baselineMark() throws -> BaselineMark {
        try read("looking for new baselines") { db in
            let row = try Row.fetchOne(db, sql: "SELECT count(*), max(id) FROM baseline")
            return BaselineMark(count: row?[0] ?? 0, newest: row?[1])
        }
    }

    /// What a detector last recorded under the key, nil where it never did.
    ///
    /// - Throws: `StateDamage` where that does not decode, beside `StorageError`.
    package func detectorState<State: Decodable>(
        _ type: State.Type, for key: String
    ) throws -> State? {
        try stateBytes(for: key).map { try StateDecoder.decode(type, from: $0) }
    }

    package func record(detectorState: some Encodable, for key: String) throws {
        try record(stateBytes: try StateEncoder.encode(detectorState), for: key)
    }

    /// The bytes of a state, nil where there is none.
    func stateBytes(for key: String) throws -> [UInt8]? {
        try read("reading the state of '\(key)'") { db in
            try Data.fetchOne(
                db, sql: "SELECT state FROM detector_state WHERE key = ?", arguments: [key]
            ).map { [UInt8]($0) }
        }
    }

    func record(stateBytes: [UInt8], for key: String) throws {
        try write("recording the state of '\(key)'", isDurable: false) { db in
            try db.execute(
                sql: "INSERT OR REPLACE INTO detector_state (key, state) VALUES (?, ?)",
                arguments: [key, Data(stateBytes)])
        }
    }

    private func records<Record: Decodable>(
        _ activity: String, _ sql: String
    ) throws(StorageError) -> [Record] {
        try read(activity) { db in
            try String.fetchAll(db, sql: sql).map { try Self.decoded(Record.self, $0) }
        }
    }

    private static func json(_ record: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "+Inf", negativeInfinity: "-Inf", nan: "NaN")
        return String(decoding: try encoder.encode(record), as: UTF8.self)
    }

    private static func decoded<Record: Decodable>(
        _ type: Record.Type, _ json: String
    ) throws -> Record {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "+Inf", negativeInfinity: "-Inf", nan: "NaN")
        return try decoder.decode(Record.self, from: Data(json.utf8))
    }
}
