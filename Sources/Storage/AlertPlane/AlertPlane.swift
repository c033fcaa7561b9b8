import Foundation
import GRDB

/// The alert plane inside one transaction: everything done through it happens together or not at
/// all. Lent to a closure by `Store.updateAlertPlane` and `Store.readAlertPlane`; not to be kept.
package struct AlertPlane {
    let database: Database

    // MARK: Alerts

    /// In the order of rule keys, then fingerprints.
    package func alerts() throws -> [StoredAlert] {
        try Data.fetchAll(
            database, sql: "SELECT record FROM alerts ORDER BY rule_key, fingerprint"
        ).map { try Self.decoded(StoredAlert.self, from: $0, of: "alert") }
    }

    /// Inserts, or replaces what the same rule said about the same labels.
    package func save(_ alert: StoredAlert) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO alerts (rule_key, fingerprint, state, record) VALUES (?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET state = excluded.state, record = excluded.record
                """
        ).execute(arguments: [
            alert.ruleKey, alert.record.fingerprint, alert.record.state.rawValue,
            try Self.encoded(alert),
        ])
    }

    package func removeAlert(ruleKey: String, fingerprint: String) throws {
        try database.cachedStatement(
            sql: "DELETE FROM alerts WHERE rule_key = ? AND fingerprint = ?"
        ).execute(arguments: [ruleKey, fingerprint])
    }

    // MARK: Groups

    package func groups() throws -> [NotificationGroup] {
        try Data.fetchAll(database, sql: "SELECT record FROM notification_groups ORDER BY key")
            .map { try Self.decoded(NotificationGroup.self, from: $0, of: "notification group") }
    }

    /// Groups whose flush is due, the most overdue first.
    package func groups(dueAt now: Int64) throws -> [NotificationGroup] {
        try Data.fetchAll(
            database,
            sql: """
                SELECT record FROM notification_groups WHERE flush_at <= ? ORDER BY flush_at, key
                """,
            arguments: [now]
        ).map { try Self.decoded(NotificationGroup.self, from: $0, of: "notification group") }
    }

    package func nextFlush() throws -> Int64? {
        try Int64.fetchOne(database, sql: "SELECT min(flush_at) FROM notification_groups")
    }

    package func save(_ group: NotificationGroup) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO notification_groups (key, flush_at, record) VALUES (?, ?, ?)
                ON CONFLICT DO UPDATE SET flush_at = excluded.flush_at, record = excluded.record
                """
        ).execute(arguments: [group.key, group.flushAtMilliseconds, try Self.encoded(group)])
    }

    package func removeGroup(key: String) throws {
        try database.cachedStatement(sql: "DELETE FROM notification_groups WHERE key = ?")
            .execute(arguments: [key])
    }

    // MARK: Encoding

    /// Records hold values of rules, which may be infinite or no number at all.
    private static func encoded(_ record: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "+Inf", negativeInfinity: "-Inf", nan: "NaN")
        return try encoder.encode(record)
    }

    private static func decoded<Record: Decodable>(
        _ type: Record.Type, from data: Data, of kind: String
    ) throws -> Record {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "+Inf", negativeInfinity: "-Inf", nan: "NaN")
        do {
            return try decoder.decode(type, from: data)
        } catch {
            throw StorageError(
                code: 0, activity: "reading the alert plane",
                message: "the record of one \(kind) does not decode: \(error)")
        }
    }
}
