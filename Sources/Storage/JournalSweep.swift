import Foundation
import GRDB

/// Reads journal rows of many layouts that nobody has read before.
///
/// The index, which has the times, tells which rows those are. They are read in the order in which
/// they stand in the file, where the rows of all targets are mixed, so that each page is found
/// once. Both halves of a long read are read at once, on two connections.
struct JournalSweep: Sendable {
    struct Want: Sendable {
        let layout: Layout
        /// As far as this reader's state of the file knows.
        let foldedThrough: Int64
        /// Ascending.
        let places: [Int]
        /// Rows with higher numbers.
        let after: Int64
    }

    let wants: [Want]
    /// The closed range of times, in milliseconds.
    let from: Int64
    let through: Int64
    /// The last row of the snapshot.
    let newest: Int64

    /// Fewer rows are not worth a second thread.
    private static let leastRowsOfThread = 256

    /// A row that is wanted.
    private struct Entry: Sendable {
        let id: Int64
        let at: Int64
        /// Index among the wants.
        let want: Int
    }

    /// One read for each that is wanted.
    ///
    /// - Parameters:
    ///   - db: Inside a transaction.
    ///   - second: Takes half of a long read. Where rows of a layout were folded meanwhile, its
    ///     state of the file is another, and `db` reads both halves.
    func reads(in db: Database, with second: SecondReader?) throws -> [JournalRead] {
        if wants.isEmpty { return [] }
        var (reads, entries) = try listed(in: db)
        entries.sort { $0.id < $1.id }
        let blank = reads
        let read = { @Sendable (entries: ArraySlice<Entry>, db: Database) in
            try rows(entries, into: blank, db)
        }
        if let second, entries.count >= 2 * Self.leastRowsOfThread {
            let middle = entries.count / 2
            let later = entries[middle...]
            let (here, there) = try second.read(
                { db in try hasFolded(in: db) ? nil : read(later, db) },
                while: { try read(entries[..<middle], db) })
            reads = here
            for (index, rest) in try ((there ?? nil) ?? read(later, db)).enumerated() {
                reads[index].append(rest)
            }
        } else {
            reads = try read(entries[...], db)
        }
        for index in reads.indices { reads[index].finish(through: newest) }
        return reads
    }

    /// Which rows are wanted, from the index alone, and a read without rows for each layout.
    private func listed(in db: Database) throws -> ([JournalRead], [Entry]) {
        let scan = try RowScan(
            "SELECT id, at FROM journal WHERE layout = ? AND at >= ? ORDER BY at, id", in: db)
        var entries: [Entry] = []
        let reads = try wants.enumerated().map { index, want in
            let before = entries.count
            // Where nothing is left out at the end, what comes later follows.
            var end = Int64.max
            try scan.start(want.layout.id, from)
            while try scan.next() {
                let (id, at) = (scan.integer(0), scan.integer(1))
                if at > through {
                    end = through
                    break
                }
                if id > want.after, id <= newest {
                    entries.append(Entry(id: id, at: at, want: index))
                }
            }
            var read = JournalRead(
                JournalProjection(count: want.layout.series.count, places: want.places),
                from: from, through: end, after: want.after)
            read.reserve(entries.count - before)
            return read
        }
        return (reads, entries)
    }

    private func hasFolded(in db: Database) throws -> Bool {
        let scan = try RowScan("SELECT folded_through FROM layout WHERE id = ?", in: db)
        return try wants.contains { want in
            try scan.start(want.layout.id)
            return try !scan.next() || scan.integer(0) != want.foldedThrough
        }
    }

    private func rows(
        _ entries: ArraySlice<Entry>, into blank: [JournalRead], _ db: Database
    ) throws -> [JournalRead] {
        var reads = blank
        var payload = JournalPayload(db)
        for entry in entries {
            try reads[entry.want].append(entry.id, at: entry.at, &payload)
        }
        return reads
    }
}
