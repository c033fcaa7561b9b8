/// How large the store is and how it is doing.
package struct StoreStatistics: Codable, Sendable, Equatable {
    /// Series that were ever written and are still kept.
    package var seriesCount: Int
    /// Scrapes that wait to be folded into blocks.
    package var journalRowCount: Int
    package var blockCount: Int
    /// Of the database file without its write-ahead log.
    package var fileByteCount: Int
    /// Part of `fileByteCount` that holds nothing now and will be used again.
    package var freeByteCount: Int
    package var walByteCount: Int
    /// Milliseconds since the epoch; nil where there are no blocks and no journal.
    package var oldestMilliseconds: Int64?
    /// Samples appended and not yet committed.
    package var bufferedSampleCount: Int
    /// Samples lost since the start, because commits failed for longer than the buffer lasts.
    package var droppedSampleCount: Int
    package var committedSampleCount: Int
    /// Duration of the last commit, seconds.
    package var lastCommitSeconds: Double
    /// Since the start, with how long they took.
    package var commitCount = 0
    package var commitSeconds = 0.0
    package var failedCommitCount = 0
    /// The last commit failed.
    package var isFailing = false
    /// From the oldest journal row to the newest one.
    package var compactionLagSeconds = 0.0
    /// From where the roll-ups end to the newest journal row.
    package var rollupLagSeconds = 0.0
    /// Blocks and roll-up rows removed for the size limit since the start.
    package var removedForSizeCount = 0
}
