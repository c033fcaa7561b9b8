import Foundation
import GRDB
import TimeSeries

extension Store {
    private typealias Backlog = JournalBacklog.Entry

    func fold(
        now: Timestamp, everything: Bool, _ compactor: inout Compactor
    ) throws(StorageError) {
        var backlog = compactor.backlog
        try read("looking for journal rows to fold") { db in try backlog.update(in: db) }
        compactor.backlog = backlog
        let end = (backlog.entries.values.map(\.lastID).max() ?? 0) + 1
        var due = try sized(backlog.entries.values.filter { everything || $0.isDue(now) })[...]
        var budget = everything ? Int.max : Compactor.Policy.samplesPerCall
        while !due.isEmpty, budget > 0 {
            var slice: [Backlog] = []
            var sampleCount = 0
            while let next = due.first,
                slice.isEmpty
                    || sampleCount + next.sampleCount <= Compactor.Policy.samplesPerSlice
            {
                slice.append(due.removeFirst().backlog)
                sampleCount += next.sampleCount
            }
            budget -= sampleCount
            let blocks = try read("folding \(sampleCount) samples") { db in
                try foldedBlocks(of: slice, in: db)
            }
            try write("folding \(sampleCount) samples", isDurable: false) { db in
                for block in blocks { try block.insertNew(in: db) }
                let update = try db.cachedStatement(
                    sql: "UPDATE layout SET folded_through = ? WHERE id = ?")
                for backlog in slice {
                    try update.execute(arguments: [backlog.lastID, backlog.layout])
                }
            }
            for backlog in slice { compactor.backlog.remove(backlog) }
            compactor.bucketsToMerge?.formUnion(blocks.map(\.bucket))
        }
        let unfolded = compactor.backlog.entries.values
        try deleteJournal(before: unfolded.map(\.firstID).min() ?? end)
    }

    /// With the samples that each holds, oldest first.
    private func sized(
        _ backlogs: [Backlog]
    ) throws(StorageError) -> [(backlog: Backlog, sampleCount: Int)] {
        if backlogs.isEmpty { return [] }
        return try read("reading layouts to fold") { db in
            try catalog.withLock { catalog in
                try backlogs.sorted { $0.firstID < $1.firstID }.map { backlog in
                    let layout = try catalog.layout(backlog.layout, in: db)
                    return (backlog, backlog.rowCount * (layout?.series.count ?? 0))
                }
            }
        }
    }

    /// The journal is a queue: rows are removed at its old end once all of them are folded.
    private func deleteJournal(before end: Int64) throws(StorageError) {
        let step = Int64(Compactor.Policy.journalRowsPerDelete)
        while true {
            let first = try read("looking for folded journal rows") { db in
                try Int64.fetchOne(db, sql: "SELECT min(id) FROM journal") ?? end
            }
            guard first < end else { return }
            try write("removing folded journal rows", isDurable: false) { db in
                let delete = try db.cachedStatement(sql: "DELETE FROM journal WHERE id < ?")
                try delete.execute(arguments: [min(end, first + step)])
            }
        }
    }

    private func foldedBlocks(of slice: [Backlog], in db: Database) throws -> [NewBlock] {
        var tables: [JournalTable] = []
        for backlog in slice {
            let layout = try catalog.withLock { try $0.layout(backlog.layout, in: db) }
            guard let layout else { continue }
            tables.append(try JournalTable(layout, through: backlog.lastID, in: db))
        }
        var entries: [JournalTable.Entry] = []
        for (index, table) in tables.enumerated() {
            for (position, series) in table.layout.series.enumerated() {
                entries.append(.init(series: series, table: index, position: position))
            }
        }
        entries.sort { ($0.series, $0.table) < ($1.series, $1.table) }
        var blocks: [NewBlock] = []
        var parts: [Block.Part] = []
        var index = 0
        while index < entries.count {
            let series = entries[index].series
            var end = index + 1
            while end < entries.count, entries[end].series == series { end += 1 }
            let column = JournalTable.column(of: entries[index..<end], in: tables)
            if !column.timestamps.isEmpty {
                parts.append(
                    Block.Part(
                        slot: Int(series % Block.width), timestamps: column.timestamps,
                        values: column.values))
            }
            let bucket = series / Block.width
            if end == entries.count || entries[end].series / Block.width != bucket {
                if let block = NewBlock(bucket: bucket, parts: parts) { blocks.append(block) }
                parts.removeAll(keepingCapacity: true)
            }
            index = end
        }
        return blocks
    }
}

/// The unfolded journal rows of one layout, decoded: a row a scrape, a column a series.
private struct JournalTable {
    struct Entry {
        let series: UInt32
        let table: Int
        let position: Int
    }

    let layout: Layout
    /// By time, then by order of writing.
    private(set) var rowTimestamps: [Int64] = []
    /// Row after row.
    private var values: [Double] = []
    /// Row after row; empty unless the layout has timestamps.
    private var timestamps: [Int64] = []
    private var isAscending = false

    init(_ layout: Layout, through lastID: Int64, in db: Database) throws {
        self.layout = layout
        let select = try db.cachedStatement(
            sql: """
                SELECT id, at, payload FROM journal
                WHERE layout = ? AND id <= ?
                    AND id > (SELECT folded_through FROM layout WHERE id = ?)
                ORDER BY \(layout.hasTimestamps ? "id" : "at, id")
                """)
        let rows = try Row.fetchCursor(select, arguments: [layout.id, lastID, layout.id])
        while let row = try rows.next() {
            let at: Int64 = row[1]
            rowTimestamps.append(at)
            try row.withUnsafeData(atIndex: 2) { data in
                try (data ?? Data()).withUnsafeBytes { (bytes: UnsafeRawBufferPointer) in
                    do throws(Damage) {
                        try JournalRow.decode(
                            bytes, count: layout.series.count,
                            hasTimestamps: layout.hasTimestamps, at: at, values: &values,
                            timestamps: &timestamps)
                    } catch {
                        throw Damage("row \(row[0] as Int64) of table journal: \(error.reason)")
                    }
                }
            }
        }
        isAscending = zip(rowTimestamps, rowTimestamps.dropFirst()).allSatisfy { $0 < $1 }
    }

    /// One series' samples of all its tables, strictly ascending.
    static func column(
        of entries: ArraySlice<Entry>, in tables: [JournalTable]
    ) -> (timestamps: [Int64], values: [Double]) {
        if entries.count == 1, let entry = entries.first {
            let table = tables[entry.table]
            if table.isAscending, !table.layout.hasTimestamps {
                // The same array for every series of the table, so that they share it on disk.
                return (table.rowTimestamps, table.values(at: entry.position))
            }
        }
        var assembly = ColumnAssembly()
        for entry in entries {
            let table = tables[entry.table]
            let values = table.values(at: entry.position)
            for (row, value) in values.enumerated() {
                let timestamp =
                    table.layout.hasTimestamps
                    ? table.timestamps[row * table.layout.series.count + entry.position]
                    : table.rowTimestamps[row]
                assembly.append(timestamp, value)
            }
        }
        return assembly.finished()
    }

    private func values(at position: Int) -> [Double] {
        let width = layout.series.count
        return [Double](unsafeUninitializedCapacity: rowTimestamps.count) { buffer, count in
            for row in rowTimestamps.indices {
                buffer.initializeElement(at: row, to: values[row * width + position])
            }
            count = rowTimestamps.count
        }
    }
}
