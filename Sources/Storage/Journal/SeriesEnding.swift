import GRDB
import TimeSeries

/// Ends series with stale markers, inside a transaction that writes.
///
/// No labels are read: what is known of a series is where its newest sample lies, and series that
/// were last written together end in one row of the journal.
struct SeriesEnding {
    private let db: Database
    /// Ascending.
    private let series: [UInt32]
    private let layouts: [Layout]
    /// Samples from before, in milliseconds, do not matter.
    private let from: Int64
    /// Of each series: milliseconds, earlier than `from` where it has no sample since then.
    private var newest: [Int64]
    /// Whether that sample is a stale marker.
    private var isOver: [Bool]
    /// The one of `layouts` that the sample was written with; nil where it is in a block.
    private var places: [Int?]

    /// So many of those that lie in blocks share a row.
    private static let seriesPerRow = 1024

    /// - Parameters:
    ///   - series: Ascending.
    ///   - layouts: All there are.
    ///   - start: Series without a sample since then are over by themselves.
    init(
        _ series: [UInt32], layouts: [Layout], since start: Timestamp, in db: Database
    ) throws {
        self.db = db
        self.series = series
        self.layouts = layouts
        from = start.milliseconds
        newest = [Int64](repeating: from - 1, count: series.count)
        isOver = [Bool](repeating: true, count: series.count)
        places = [Int?](repeating: nil, count: series.count)
        try readJournal()
        try readBlocks()
    }

    /// Writes a marker for each series that is not over.
    ///
    /// - Parameter now: The time of the markers; those of a row in which a series has a later
    ///   sample come a millisecond after it.
    func write(at now: Timestamp) throws {
        let open = series.indices.filter { !isOver[$0] }
        let groups = Dictionary(grouping: open) { places[$0] }
        for (place, indices) in groups {
            if let place, layouts[place].series.count == indices.count,
                !layouts[place].hasTimestamps
            {
                try write(indices, as: layouts[place].id, at: now)
                continue
            }
            for start in stride(from: 0, to: indices.count, by: Self.seriesPerRow) {
                let part = Array(indices[start...].prefix(Self.seriesPerRow))
                let layout = try Layout.findOrCreate(
                    series: part.map { series[$0] }, hasTimestamps: false, in: db)
                try write(part, as: layout, at: now)
            }
        }
    }

    private func write(_ indices: [Int], as layout: Int64, at now: Timestamp) throws {
        let last = indices.map { newest[$0] }.max() ?? .min
        let at = max(now.milliseconds, last + 1)
        let markers = [Double](repeating: .staleMarker, count: indices.count)
        try JournalInsert(in: db).insert(markers, timestamps: nil, as: layout, at: at)
    }

    // MARK: Newest samples

    private mutating func readJournal() throws {
        let rows = try RowScan(
            """
            SELECT id, at, payload FROM journal WHERE layout = ? AND at >= ?
            ORDER BY at DESC, id DESC LIMIT ?
            """, in: db)
        for (place, layout) in layouts.enumerated() {
            let positions = layout.positions(of: series)
            if positions.isEmpty { continue }
            // Rows with timestamps of their own may hold any time.
            if layout.hasTimestamps {
                try rows.start(layout.id, .min, -1)
            } else {
                try rows.start(layout.id, from, 1)
            }
            while try rows.next() {
                let at = rows.integer(1)
                var values: [Double] = []
                var times: [Int64] = []
                do {
                    try JournalRow.decode(
                        rows.bytes(2), count: layout.series.count,
                        hasTimestamps: layout.hasTimestamps, at: at, values: &values,
                        timestamps: &times)
                } catch {
                    throw JournalPayload.damage(error.reason, rows.integer(0))
                }
                for (index, position) in positions {
                    note(
                        values[position], at: layout.hasTimestamps ? times[position] : at,
                        of: index, in: place)
                }
            }
        }
    }

    /// The journal mostly knows what is newest, so that few blocks are looked at.
    private mutating func readBlocks() throws {
        let blocks = try RowScan(
            "SELECT id, payload FROM block WHERE bucket = ? AND last_at > ?", in: db)
        for (bucket, indices) in BucketRuns(series) {
            let known = newest[indices].min() ?? .max
            try blocks.start(Int64(bucket), known)
            while try blocks.next() {
                do throws(Damage) {
                    var block = try BlockReader(blocks.bytes(1))
                    for index in indices {
                        let slot = Int(series[index] % Block.width)
                        if let last = try block.last(slot: slot, after: newest[index]) {
                            note(last.value, at: last.at, of: index, in: nil)
                        }
                    }
                } catch {
                    throw Damage("row \(blocks.integer(0)) of table block: \(error.reason)")
                }
            }
        }
    }

    private mutating func note(_ value: Double, at time: Int64, of index: Int, in place: Int?) {
        guard time > newest[index] else { return }
        newest[index] = time
        isOver[index] = value.isStaleMarker
        places[index] = place
    }
}
