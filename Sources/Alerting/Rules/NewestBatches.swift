import TimeSeries

/// The batches that may not be committed yet, in the order in which they came.
///
/// What was written shortly before a question the store's answer may lack, and nobody may have kept
/// it: here it is.
struct NewestBatches {
    /// In values, of 8 bytes. Where commits fail for long there are more, which are let go.
    private static let valueLimit = 2_000_000

    /// Those that came before the last commit ended: the next one has them all.
    private var older: [SampleBatch] = []
    private var newer: [SampleBatch] = []
    private var valueCount = 0
    /// Times in milliseconds: of the first batch, of the newest one, and of the newest of those that
    /// are here no more.
    private var first: Int64?
    private var newest: Int64 = .min
    private var newestGone: Int64?
    /// Commits until nothing is missing that is not committed.
    private var missingCommitCount = 0

    /// Whether every batch is either here or committed.
    var isWhole: Bool { missingCommitCount == 0 }

    /// Milliseconds: every batch of a later time is here; nil before the first one.
    var since: Int64? { newestGone ?? first }

    mutating func append(_ batch: SampleBatch) {
        first = first ?? batch.at.milliseconds
        newest = max(newest, batch.at.milliseconds)
        // What comes now is in the next commit but one at the latest.
        if missingCommitCount > 1 { return }
        newer.append(batch)
        valueCount += batch.values.count
        if valueCount > Self.valueLimit {
            (older, newer, valueCount) = ([], [], 0)
            newestGone = newest
            missingCommitCount = 2
        }
    }

    /// To be called after each commit of what was appended to the store, each batch before it came
    /// here.
    mutating func noteCommit() {
        missingCommitCount = max(missingCommitCount - 1, 0)
        for batch in older {
            valueCount -= batch.values.count
            newestGone = max(newestGone ?? .min, batch.at.milliseconds)
        }
        if missingCommitCount == 1 { newestGone = newest }
        (older, newer) = (newer, [])
    }

    /// Those of each table.
    var byTable: [[SampleBatch]] {
        Array(Dictionary(grouping: older + newer, by: \.table.id).values)
    }
}
