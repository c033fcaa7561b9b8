import Foundation
import GRDB

extension AlertPlane {
    /// The oldest waiting message of a lane, without its body.
    package struct LaneHead: Sendable, Equatable {
        package let lane: OutboxLane
        package let sequence: Int64
        package let nextAttemptMilliseconds: Int64
        package let expiresMilliseconds: Int64
    }

    package func enqueue(_ message: OutboxRecord) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO outbox (
                    id, receiver, webhook_index, group_key, body, is_truncated, state, created_at,
                    expires_at, next_attempt, attempt_count, settled_at, last_error
                ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            message.id, message.lane.receiver, message.lane.webhookIndex, message.lane.groupKey,
            Data(message.body), message.isTruncated, message.state.rawValue,
            message.createdMilliseconds, message.expiresMilliseconds,
            message.nextAttemptMilliseconds, message.attemptCount, message.settledMilliseconds,
            message.lastError,
        ])
    }

    /// Writes back what an attempt changed; the identity of a message never changes.
    package func update(_ message: OutboxRecord) throws {
        try database.cachedStatement(
            sql: """
                UPDATE outbox SET body = ?, is_truncated = ?, state = ?, next_attempt = ?,
                    attempt_count = ?, settled_at = ?, last_error = ?
                WHERE id = ?
                """
        ).execute(arguments: [
            Data(message.body), message.isTruncated, message.state.rawValue,
            message.nextAttemptMilliseconds, message.attemptCount, message.settledMilliseconds,
            message.lastError, message.id,
        ])
    }

    /// The head of every lane that has one, the most overdue first.
    package func laneHeads() throws -> [LaneHead] {
        // SQLite takes bare columns of an aggregate with one min() from the row of the minimum,
        // see https://www.sqlite.org/lang_select.html#bareagg
        try Row.fetchAll(
            database,
            sql: """
                SELECT receiver, webhook_index, group_key, min(sequence) AS sequence,
                    next_attempt, expires_at
                FROM outbox WHERE state = 'waiting'
                GROUP BY receiver, webhook_index, group_key
                ORDER BY next_attempt, sequence
                """
        ).map { row in
            LaneHead(
                lane: OutboxLane(
                    receiver: row["receiver"], webhookIndex: row["webhook_index"],
                    groupKey: row["group_key"]),
                sequence: row["sequence"], nextAttemptMilliseconds: row["next_attempt"],
                expiresMilliseconds: row["expires_at"])
        }
    }

    /// The oldest waiting message of one lane.
    package func head(of lane: OutboxLane) throws -> OutboxRecord? {
        try Row.fetchOne(
            database,
            sql: """
                SELECT * FROM outbox
                WHERE state = 'waiting' AND receiver = ? AND webhook_index = ? AND group_key = ?
                ORDER BY sequence LIMIT 1
                """,
            arguments: [lane.receiver, lane.webhookIndex, lane.groupKey]
        ).map(Self.message)
    }

    package func hasWaiting(in lane: OutboxLane) throws -> Bool {
        try Bool.fetchOne(
            database,
            sql: """
                SELECT EXISTS (SELECT 1 FROM outbox WHERE state = 'waiting'
                    AND receiver = ? AND webhook_index = ? AND group_key = ?)
                """,
            arguments: [lane.receiver, lane.webhookIndex, lane.groupKey]) ?? false
    }

    /// No message waits beyond `latest`, which a clock that was set back could make it do.
    package func limitNextAttempts(to latest: Int64) throws {
        try database.execute(
            sql: "UPDATE outbox SET next_attempt = ? WHERE state = 'waiting' AND next_attempt > ?",
            arguments: [latest, latest])
    }

    /// Newest first.
    package func messages(limit: Int) throws -> [OutboxRecord] {
        try Row.fetchAll(
            database, sql: "SELECT * FROM outbox ORDER BY sequence DESC LIMIT ?",
            arguments: [limit]
        ).map(Self.message)
    }

    /// Keeps the outbox bounded: forgets settled messages from before `cutoff`, and gives up the
    /// oldest waiting ones beyond `maximumWaitingCount`.
    package func trimOutbox(
        settledBefore cutoff: Int64, maximumWaitingCount: Int, at now: Int64
    ) throws {
        try database.execute(
            sql: "DELETE FROM outbox WHERE state <> 'waiting' AND settled_at < ?",
            arguments: [cutoff])
        try database.execute(
            sql: """
                UPDATE outbox SET state = 'dead', settled_at = ?,
                    last_error = 'given up: more than ' || ? || ' messages were waiting'
                WHERE state = 'waiting' AND sequence <= (
                    SELECT sequence FROM outbox WHERE state = 'waiting'
                    ORDER BY sequence DESC LIMIT 1 OFFSET ?)
                """,
            arguments: [now, maximumWaitingCount, maximumWaitingCount])
    }

    private static func message(_ row: Row) -> OutboxRecord {
        OutboxRecord(
            sequence: row["sequence"], id: row["id"],
            lane: OutboxLane(
                receiver: row["receiver"], webhookIndex: row["webhook_index"],
                groupKey: row["group_key"]),
            body: [UInt8](row["body"] as Data), isTruncated: row["is_truncated"],
            state: OutboxRecord.State(rawValue: row["state"]) ?? .dead,
            createdMilliseconds: row["created_at"], expiresMilliseconds: row["expires_at"],
            nextAttemptMilliseconds: row["next_attempt"], attemptCount: row["attempt_count"],
            settledMilliseconds: row["settled_at"], lastError: row["last_error"])
    }
}
