/// The alerts that one receiver is told about together, and what it was told last.
package struct NotificationGroup: Codable, Sendable, Equatable {
    /// An alert of the group: firing, or resolved and not yet told.
    package struct Member: Codable, Sendable, Equatable {
        package var fingerprint: String
        package var labels: [String: String]
        package var annotations: [String: String]
        package var startsAtMilliseconds: Int64
        /// nil while it fires.
        package var endsAtMilliseconds: Int64?

        package init(
            fingerprint: String, labels: [String: String], annotations: [String: String],
            startsAtMilliseconds: Int64, endsAtMilliseconds: Int64? = nil
        ) {
            self.fingerprint = fingerprint
            self.labels = labels
            self.annotations = annotations
            self.startsAtMilliseconds = startsAtMilliseconds
            self.endsAtMilliseconds = endsAtMilliseconds
        }
    }

    /// What one webhook was told last.
    package struct Notice: Codable, Sendable, Equatable {
        package var atMilliseconds: Int64
        /// Fingerprints.
        package var firing: Set<String>
        package var resolved: Set<String>

        package init(atMilliseconds: Int64, firing: Set<String>, resolved: Set<String>) {
            self.atMilliseconds = atMilliseconds
            self.firing = firing
            self.resolved = resolved
        }
    }

    /// Unique: `groupKey` and the receiver.
    package var key: String
    /// As receivers see it: `{}/{team="ml"}:{alertname="PSIHigh"}`.
    package var groupKey: String
    package var receiver: String
    /// The labels that the group was made by.
    package var labels: [String: String]
    package var groupWaitMilliseconds: Int64
    package var groupIntervalMilliseconds: Int64
    package var repeatIntervalMilliseconds: Int64
    /// In the order of their fingerprints.
    package var members: [Member]
    /// By the webhook's index within the receiver.
    package var notices: [Int: Notice]
    /// nil before the first flush.
    package var lastFlushMilliseconds: Int64?
    /// When the group is looked at next.
    package var flushAtMilliseconds: Int64

    package init(
        key: String, groupKey: String, receiver: String, labels: [String: String],
        groupWaitMilliseconds: Int64, groupIntervalMilliseconds: Int64,
        repeatIntervalMilliseconds: Int64, members: [Member] = [], notices: [Int: Notice] = [:],
        lastFlushMilliseconds: Int64? = nil, flushAtMilliseconds: Int64
    ) {
        self.key = key
        self.groupKey = groupKey
        self.receiver = receiver
        self.labels = labels
        self.groupWaitMilliseconds = groupWaitMilliseconds
        self.groupIntervalMilliseconds = groupIntervalMilliseconds
        self.repeatIntervalMilliseconds = repeatIntervalMilliseconds
        self.members = members
        self.notices = notices
        self.lastFlushMilliseconds = lastFlushMilliseconds
        self.flushAtMilliseconds = flushAtMilliseconds
    }
}
