import TimeSeries

/// The batches of the last two to four seconds, in the order in which they came.
///
/// What was written shortly before a question may not be committed when the store answers it, nor
/// has anyone kept it before: here it is.
struct NewestBatches {
    private static let generation: Int64 = 2_000
    /// In values of a generation: with more, it is a shorter time.
    private static let valueLimit = 1_000_000

    private var older: [SampleBatch] = []
    private var newer: [SampleBatch] = []
    private var newerSince: Int64 = .min
    private var newerValueCount = 0
    /// Time of the newest batch.
    private var newest: Int64 = .min
    /// Milliseconds: every batch of a later time is here; nil before the first one.
    private(set) var since: Int64?

    /// Whether the older half goes when this batch comes.
    func rotates(for batch: SampleBatch) -> Bool {
        batch.at.milliseconds - Self.generation > newerSince || newerValueCount > Self.valueLimit
    }

    mutating func append(_ batch: SampleBatch) {
        if since == nil {
            newest = batch.at.milliseconds
            (since, newerSince) = (newest, newest)
        } else if rotates(for: batch) {
            (older, newer) = (newer, [])
            since = newerSince
            newerSince = newest
            newerValueCount = 0
        }
        newest = max(newest, batch.at.milliseconds)
        newer.append(batch)
        newerValueCount += batch.values.count
    }

    /// Those of one table.
    func batches(of table: SeriesTable) -> [SampleBatch] {
        older.filter { $0.table === table } + newer.filter { $0.table === table }
    }

    /// Those of each table.
    var byTable: [[SampleBatch]] {
        Array(Dictionary(grouping: older + newer, by: \.table.id).values)
    }
}
