import GRDB
import TimeSeries

/// Turns batches into journal rows, inside a transaction.
///
/// Must be replaced by a new one when the transaction is rolled back: the identifiers that it
/// remembers are then not in the file.
struct JournalWriter {
    private var registry = SeriesRegistry()
    /// By `SeriesTable.id`, and whether its rows have timestamps; emptied over the bound.
    private var layouts: [LayoutKey: Int64] = [:]
    private static let layoutLimit = 50_000
    /// Layouts written since they were last asked for.
    private var recent: Set<Int64> = []

    private struct LayoutKey: Hashable {
        let table: UInt64
        let hasTimestamps: Bool
    }

    mutating func write(_ batches: [SampleBatch], in db: Database) throws {
        let journal = try JournalInsert(in: db)
        for batch in batches where !batch.values.isEmpty {
            let layout = try layout(of: batch, in: db)
            recent.insert(layout)
            try journal.insert(
                batch.values, timestamps: batch.timestamps, as: layout, at: batch.at.milliseconds)
        }
        try registry.writePostings(in: db)
    }

    /// Layouts used since the last call; the others are forgotten, because their rows in the file
    /// may now be removed.
    mutating func takeRecentLayouts() -> Set<Int64> {
        layouts = layouts.filter { recent.contains($0.value) }
        defer { recent = [] }
        return recent
    }

    mutating func forgetLabels() {
        registry.forgetLabels()
    }

    private mutating func layout(of batch: SampleBatch, in db: Database) throws -> Int64 {
        let key = LayoutKey(table: batch.table.id, hasTimestamps: batch.timestamps != nil)
        if let id = layouts[key] { return id }
        let series = try registry.seriesIDs(of: batch.table.labels, in: db)
        let id = try Layout.findOrCreate(
            series: series, hasTimestamps: batch.timestamps != nil, in: db)
        if layouts.count >= Self.layoutLimit { layouts.removeAll() }
        layouts[key] = id
        return id
    }
}
