/// An alert together with what its rule must remember between evaluations.
package struct StoredAlert: Codable, Sendable, Equatable {
    /// Names the rule across restarts and edits of its expression; see `AlertRecord.rule`.
    package var ruleKey: String
    package var record: AlertRecord
    /// When the condition of a firing alert ended; nil while it holds.
    package var conditionEndedMilliseconds: Int64?

    package init(
        ruleKey: String, record: AlertRecord, conditionEndedMilliseconds: Int64? = nil
    ) {
        self.ruleKey = ruleKey
        self.record = record
        self.conditionEndedMilliseconds = conditionEndedMilliseconds
    }
}
