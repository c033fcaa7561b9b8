/// Messages to one webhook about one group; they leave one after the other, oldest first.
package struct OutboxLane: Hashable, Sendable {
    package var receiver: String
    package var webhookIndex: Int
    package var groupKey: String

    package init(receiver: String, webhookIndex: Int, groupKey: String) {
        self.receiver = receiver
        self.webhookIndex = webhookIndex
        self.groupKey = groupKey
    }
}

/// A notification from the moment it is written until some time after it is settled.
package struct OutboxRecord: Sendable, Equatable {
    package enum State: String, Sendable, CaseIterable {
        case waiting
        case delivered
        /// Refused for good, or expired.
        case dead
    }

    /// Ascending in the order of writing; nil before it is inserted.
    package var sequence: Int64?
    /// The same on every attempt; receivers tell repeated deliveries by it.
    package var id: String
    package var lane: OutboxLane
    /// The bytes that are sent on every attempt.
    package var body: [UInt8]
    /// The body was cut after the receiver called the first one too large.
    package var isTruncated: Bool
    package var state: State
    package var createdMilliseconds: Int64
    /// Not attempted from here on.
    package var expiresMilliseconds: Int64
    package var nextAttemptMilliseconds: Int64
    package var attemptCount: Int
    package var settledMilliseconds: Int64?
    /// Of the last attempt. No control characters, no path and no query of the address.
    package var lastError: String?

    package init(
        sequence: Int64? = nil, id: String, lane: OutboxLane, body: [UInt8],
        isTruncated: Bool = false, state: State = .waiting, createdMilliseconds: Int64,
        expiresMilliseconds: Int64, nextAttemptMilliseconds: Int64, attemptCount: Int = 0,
        settledMilliseconds: Int64? = nil, lastError: String? = nil
    ) {
        self.sequence = sequence
        self.id = id
        self.lane = lane
        self.body = body
        self.isTruncated = isTruncated
        self.state = state
        self.createdMilliseconds = createdMilliseconds
        self.expiresMilliseconds = expiresMilliseconds
        self.nextAttemptMilliseconds = nextAttemptMilliseconds
        self.attemptCount = attemptCount
        self.settledMilliseconds = settledMilliseconds
        self.lastError = lastError
    }
}
