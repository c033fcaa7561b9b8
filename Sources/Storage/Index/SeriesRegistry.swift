import Foundation
import GRDB
import TimeSeries

/// Gives identifiers to labels and series, inside the transaction that writes their first sample.
///
/// What it remembers is true only as long as its transactions commit: after a rollback it must be
/// replaced by a new one.
struct SeriesRegistry {
    /// Label text (name, 0xFF, value) to identifier; emptied when it grows over the bound.
    private var labelIDs: [ArraySlice<UInt8>: Int64] = [:]
    private static let labelLimit = 100_000
    /// Within one transaction.
    private var known = KnownSeries()
    private var unwritten = KnownSeries.Unwritten()
    /// At least so many new series of one table begin at a bucket of their own, so that buckets
    /// hold series that are scraped together.
    private static let alignedCount = 16

    /// The identifiers of a table's series, in its order; unknown ones are created.
    mutating func seriesIDs(
        of labels: some Collection<LabelSet>, in db: Database
    ) throws -> [UInt32] {
        let sets = try labelIDs(of: labels, in: db)
        let found = try known.ids(of: sets, unwritten: unwritten, in: db)
        var ids = found.map { $0 ?? 0 }
        let unknown = found.indices.filter { found[$0] == nil }
        if unknown.isEmpty { return ids }
        let created = try create(unknown.map { sets[$0] }, in: db)
        for (index, id) in zip(unknown, created) { ids[index] = id }
        return ids
    }

    /// - Returns: The new identifiers, ascending.
    private mutating func create(_ sets: [[Int64]], in db: Database) throws -> [UInt32] {
        var next = try Self.nextIdentifier(in: db)
        if sets.count >= Self.alignedCount {
            next = (next + Int64(Block.width) - 1) / Int64(Block.width) * Int64(Block.width)
        }
        guard next + Int64(sets.count) <= Int64(UInt32.max) else {
            throw Damage("more than 2^32 series were created in this store")
        }
        let ids = sets.indices.map { UInt32(next) + UInt32($0) }
        var entries: [SeriesBucket.Entry] = []
        for (id, set) in zip(ids, sets) {
            if entries.isEmpty { entries = try Self.entries(of: id / Block.width, in: db) }
            entries.append(SeriesBucket.Entry(slot: id % Block.width, labels: set))
            known.add(id, set)
            for label in set { unwritten[label, default: []].append(id) }
            if id % Block.width == Block.width - 1 || id == ids.last {
                try Self.replace(id / Block.width, entries, in: db)
                entries = []
            }
        }
        return ids
    }

    /// Writes the postings of the series that were created; to be called once, before the
    /// transaction ends: each posting is then read and written once for all its new members.
    mutating func writePostings(in db: Database) throws {
        for (label, added) in unwritten { try PostingTable.add(added, to: label, in: db) }
        unwritten = [:]
        known.forget()
    }

    /// The identifiers of the labels of each set, in the order of the names' bytes.
    private mutating func labelIDs(
        of sets: some Collection<LabelSet>, in db: Database
    ) throws -> [[Int64]] {
        // Neighbours on a page have most labels in common, at the same places.
        var before: (texts: [ArraySlice<UInt8>], ids: [Int64]) = ([], [])
        return try sets.map { set in
            if labelIDs.count > Self.labelLimit { labelIDs.removeAll() }
            let ranges = set.byteRanges
            let texts = ranges.map { set.canonicalBytes[$0.name.lowerBound..<$0.value.upperBound] }
            var ids: [Int64] = []
            ids.reserveCapacity(texts.count)
            for (place, text) in texts.enumerated() {
                if place < before.texts.count, before.texts[place] == text {
                    ids.append(before.ids[place])
                } else {
                    ids.append(try labelID(of: text, set, ranges[place], in: db))
                }
            }
            before = (texts, ids)
            return ids
        }
    }

    private mutating func labelID(
        of text: ArraySlice<UInt8>, _ set: LabelSet,
        _ ranges: (name: Range<Int>, value: Range<Int>),
        in db: Database
    ) throws -> Int64 {
        if let id = labelIDs[text] { return id }
        let id = try Self.labelID(
            name: Data(set.canonicalBytes[ranges.name]),
            value: Data(set.canonicalBytes[ranges.value]), in: db)
        // A copy, so that the cache does not keep the whole label set alive.
        labelIDs[ArraySlice(Array(text))] = id
        return id
    }

    private static func labelID(name: Data, value: Data, in db: Database) throws -> Int64 {
        let select = try db.cachedStatement(
            sql: "SELECT id FROM label WHERE name = ? AND value = ?")
        if let id = try Int64.fetchOne(select, arguments: [name, value]) { return id }
        let insert = try db.cachedStatement(sql: "INSERT INTO label (name, value) VALUES (?, ?)")
        try insert.execute(arguments: [name, value])
        return db.lastInsertedRowID
    }

    mutating func forgetLabels() {
        labelIDs.removeAll()
        known.forget()
    }
}

// MARK: Rows

extension SeriesRegistry {
    /// The one after the last that was ever given.
    private static func nextIdentifier(in db: Database) throws -> Int64 {
        let last = try Int64.fetchOne(
            db, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'series_bucket'")
        guard let last else { return 0 }
        guard last < Int64(UInt32.max / Block.width) else {
            throw Damage("more than 2^32 series were created in this store")
        }
        let newest = try entries(of: UInt32(last), in: db).last
        return newest.map { last * Int64(Block.width) + Int64($0.slot) + 1 }
            ?? (last + 1) * Int64(Block.width)
    }

    private static func entries(
        of bucket: UInt32, in db: Database
    ) throws -> [SeriesBucket.Entry] {
        let select = try db.cachedStatement(
            sql: "SELECT labels FROM series_bucket WHERE bucket = ?")
        guard let bytes = try Data.fetchOne(select, arguments: [bucket]) else { return [] }
        return try bytes.withUnsafeBytes { try SeriesBucket.entries($0) }
    }

    /// - Parameter entries: All series of the bucket; without any it goes.
    static func replace(
        _ bucket: UInt32, _ entries: [SeriesBucket.Entry], in db: Database
    ) throws {
        if entries.isEmpty {
            try db.execute(sql: "DELETE FROM series_bucket WHERE bucket = ?", arguments: [bucket])
            return
        }
        let insert = try db.cachedStatement(
            sql: "INSERT OR REPLACE INTO series_bucket (bucket, labels) VALUES (?, ?)")
        try insert.execute(arguments: [bucket, Data(SeriesBucket.encode(entries))])
    }

    /// No new series gets an identifier of these buckets or those before.
    static func skipBuckets(through bucket: Int64, in db: Database) throws {
        try db.execute(
            sql: "DELETE FROM sqlite_sequence WHERE name = 'series_bucket' AND seq <= ?",
            arguments: [bucket])
        try db.execute(
            sql: """
                INSERT INTO sqlite_sequence (name, seq) SELECT 'series_bucket', ?
                WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'series_bucket')
                """,
            arguments: [bucket])
    }

    /// Removes the series of a bucket, and labels that no series has any more.
    static func remove(_ bucket: UInt32, in db: Database) throws {
        var removed: [Int64: [UInt32]] = [:]
        for entry in try entries(of: bucket, in: db) {
            for label in entry.labels {
                removed[label, default: []].append(bucket * Block.width + entry.slot)
            }
        }
        for (label, ids) in removed { try PostingTable.remove(ids, from: label, in: db) }
        try replace(bucket, [], in: db)
    }

    /// Makes the table of postings anew from the series.
    static func rebuildPostings(in db: Database) throws {
        try db.execute(sql: "DELETE FROM posting")
        var members: [Int64: [UInt32]] = [:]
        let scan = try RowScan(
            "SELECT bucket, labels FROM series_bucket ORDER BY bucket", in: db)
        try scan.start()
        while try scan.next() {
            let first = UInt32(truncatingIfNeeded: scan.integer(0)) &* Block.width
            try SeriesBucket.read(scan.bytes(1)) { slot, labels in
                for label in labels { members[label, default: []].append(first + slot) }
            }
        }
        for (label, ids) in members { try PostingTable.add(ids, to: label, in: db) }
    }
}
