import Foundation
import GRDB

/// Reads journal rows of many layouts that nobody has read before.
///
/// Rows stand in the file in the order in which they were scraped, those of all targets mixed.
/// Where most of a stretch is wanted it is read from one end to the other, which finds each page
/// once; else the index, which has the times, leads to the rows of one layout after the other. Both halves of a long
/// read are read at once, on two connections.
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
    /// A stretch is read whole where at least one row of so many is wanted.
    private static let leastDensity = 2

    /// Where the rows of a layout lie.
    private struct Extent {
        var rowCount = 0
        var first: Int64 = .max
        var last: Int64 = .min
        /// Up to this time nothing is missing.
        var end: Int64
    }

    /// One read for each that is wanted.
    ///
    /// - Parameters:
    ///   - db: Inside a transaction.
    ///   - second: Takes half of a long read. Where rows of a layout were folded meanwhile, its
    ///     state of the file is another, and `db` reads both halves.
    func reads(in db: Database, with second: SecondReader?) throws -> [JournalRead] {
        let extents = try extents(in: db)
        var reads = zip(wants, extents).map { want, extent in
            JournalRead(
                JournalProjection(count: want.layout.series.count, places: want.places),
                from: from, through: extent.end, after: want.after)
        }
        let first = extents.map(\.first).min() ?? .max
        let last = extents.map(\.last).max() ?? .min
        if first <= last {
            let rowCount = extents.reduce(0) { $0 + $1.rowCount }
            let isDense = last - first < Int64(Self.leastDensity * rowCount)
            let parts =
                isDense
                ? halves(of: first...last).map(Part.stretch)
                : halves(of: extents).map(Part.layouts)
            let blank = reads
            let read = { @Sendable (part: Part, db: Database) in try rows(of: part, into: blank, db)
            }
            if let second, rowCount >= 2 * Self.leastRowsOfThread {
                let (here, there) = try second.read(
                    { db in try hasFolded(since: wants, in: db) ? nil : read(parts[1], db) },
                    while: { try read(parts[0], db) })
                let rest = try (there ?? nil) ?? read(parts[1], db)
                reads = zip(here, rest).map { Self.joined($0, $1) }
            } else {
                for part in parts {
                    reads = zip(reads, try read(part, db)).map { Self.joined($0, $1) }
                }
            }
        }
        for index in reads.indices { reads[index].finish(through: newest) }
        return reads
    }

    private enum Part: Sendable {
        /// Of row numbers.
        case stretch(ClosedRange<Int64>)
        /// Of `wants`.
        case layouts(Range<Int>)
    }

    private static func joined(_ first: JournalRead, _ later: JournalRead) -> JournalRead {
        var read = first
        read.append(later)
        return read
    }

    private func halves(of rows: ClosedRange<Int64>) -> [ClosedRange<Int64>] {
        let middle = rows.lowerBound + (rows.upperBound - rows.lowerBound) / 2
        if middle == rows.upperBound { return [rows] }
        return [rows.lowerBound...middle, (middle + 1)...rows.upperBound]
    }

    /// With about as many rows in each.
    private func halves(of extents: [Extent]) -> [Range<Int>] {
        let rowCount = extents.reduce(0) { $0 + $1.rowCount }
        var middle = 0
        var before = 0
        while middle < extents.count, 2 * before < rowCount {
            before += extents[middle].rowCount
            middle += 1
        }
        return [0..<middle, middle..<extents.count]
    }

    /// From the index alone.
    private func extents(in db: Database) throws -> [Extent] {
        let scan = try RowScan(
            """
            SELECT count(*), min(id), max(id),
                (SELECT at FROM journal WHERE layout = ?1 ORDER BY at DESC LIMIT 1)
            FROM journal WHERE layout = ?1 AND at BETWEEN ?2 AND ?3 AND id > ?4
            """, in: db)
        return try wants.map { want in
            try scan.start(want.layout.id, from, through, want.after)
            guard try scan.next() else { return Extent(end: through) }
            // Where nothing is left out at the end, what comes later follows.
            let isWhole = !scan.isNull(3) && scan.integer(3) <= through
            var extent = Extent(end: isWhole ? .max : through)
            if scan.integer(0) > 0 {
                extent.rowCount = Int(scan.integer(0))
                extent.first = scan.integer(1)
                extent.last = scan.integer(2)
            }
            return extent
        }
    }

    private func hasFolded(since wants: [Want], in db: Database) throws -> Bool {
        let rows = try Row.fetchAll(db, sql: "SELECT id, folded_through FROM layout")
        let folded = Dictionary(uniqueKeysWithValues: rows.map { ($0[0] as Int64, $0[1] as Int64) })
        return wants.contains { folded[$0.layout.id] != $0.foldedThrough }
    }

    private func rows(
        of part: Part, into blank: [JournalRead], _ db: Database
    ) throws -> [JournalRead] {
        var reads = blank
        switch part {
        case .stretch(let ids): try readRows(numbered: ids, into: &reads, in: db)
        case .layouts(let range):
            for index in range { try readRows(of: wants[index], into: &reads[index], in: db) }
        }
        return reads
    }

    private func readRows(
        numbered ids: ClosedRange<Int64>, into reads: inout [JournalRead], in db: Database
    ) throws {
        var indices: [Int64: Int] = [:]
        for (index, want) in wants.enumerated() { indices[want.layout.id] = index }
        let scan = try RowScan(
            "SELECT id, at, layout FROM journal WHERE id BETWEEN ? AND ? ORDER BY id", in: db)
        try scan.start(ids.lowerBound, ids.upperBound)
        var payload = JournalPayload(db)
        while try scan.next() {
            guard let index = indices[scan.integer(2)] else { continue }
            try reads[index].append(scan.integer(0), at: scan.integer(1), &payload)
        }
    }

    private func readRows(
        of want: Want, into read: inout JournalRead, in db: Database
    ) throws {
        let scan = try RowScan(
            """
            SELECT id, at FROM journal
            WHERE layout = ? AND at BETWEEN ? AND ? AND id > ? ORDER BY at, id
            """, in: db)
        try scan.start(want.layout.id, from, through, want.after)
        var payload = JournalPayload(db)
        while try scan.next() {
            let id = scan.integer(0)
            if id <= newest { try read.append(id, at: scan.integer(1), &payload) }
        }
    }
}
