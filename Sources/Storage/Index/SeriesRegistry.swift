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
    /// Members that are not in their postings yet, ascending.
    private var unwritten: [PostingKey: [UInt32]] = [:]
    /// At least so many new series of one table begin at a bucket of their own, so that buckets
    /// hold series that are scraped together.
    private static let alignedCount = 16

    /// The identifiers of a table's series, in its order; unknown ones are created.
    mutating func seriesIDs(
        of labels: some Collection<LabelSet>, in db: Database
    ) throws -> [UInt32] {
        let select = try db.cachedStatement(sql: "SELECT id FROM series WHERE labels = ?")
        var ids = [UInt32](repeating: 0, count: labels.count)
        var unknown: [(index: Int, labels: [Int64], key: Data)] = []
        for (index, set) in labels.enumerated() {
            let labelIDs = try labelIDs(of: set, in: db)
            let key = Data(SeriesKey.encode(labelIDs))
            if let id = try UInt32.fetchOne(select, arguments: [key]) {
                ids[index] = id
            } else {
                unknown.append((index, labelIDs, key))
            }
        }
        if !unknown.isEmpty { try create(unknown, &ids, in: db) }
        return ids
    }

    private mutating func create(
        _ unknown: [(index: Int, labels: [Int64], key: Data)], _ ids: inout [UInt32],
        in db: Database
    ) throws {
        let last = try Int64.fetchOne(
            db, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'series'")
        var next = (last ?? -1) + 1
        if unknown.count >= Self.alignedCount {
            next = (next + Int64(Block.width) - 1) / Int64(Block.width) * Int64(Block.width)
        }
        guard next + Int64(unknown.count) <= Int64(UInt32.max) else {
            throw Damage("more than 2^32 series were created in this store")
        }
        let insert = try db.cachedStatement(sql: "INSERT INTO series (id, labels) VALUES (?, ?)")
        for (index, labels, key) in unknown {
            let id = UInt32(next)
            try insert.execute(arguments: [next, key])
            ids[index] = id
            for label in labels {
                unwritten[PostingKey(label: label, span: PostingSpan.span(of: id)), default: []]
                    .append(id)
            }
            next += 1
        }
    }

    /// Writes the postings of the series that were created; to be called once, before the
    /// transaction ends: each posting is then read and written once for all its new members.
    mutating func writePostings(in db: Database) throws {
        for (key, added) in unwritten { try Self.add(added, to: key, in: db) }
        unwritten = [:]
    }

    private struct PostingKey: Hashable {
        let label: Int64
        let span: UInt32
    }

    /// - Parameter added: Ascending, and above all members there are.
    private static func add(_ added: [UInt32], to key: PostingKey, in db: Database) throws {
        try replace(key, try members(of: key, in: db) + added, in: db)
    }

    private mutating func labelIDs(of set: LabelSet, in db: Database) throws -> [Int64] {
        if labelIDs.count > Self.labelLimit { labelIDs.removeAll() }
        var ids: [Int64] = []
        for (name, value) in set.byteRanges {
            let text = set.canonicalBytes[name.lowerBound..<value.upperBound]
            if let id = labelIDs[text] {
                ids.append(id)
                continue
            }
            let id = try Self.labelID(
                name: Data(set.canonicalBytes[name]), value: Data(set.canonicalBytes[value]), in: db
            )
            // A copy, so that the cache does not keep the whole label set alive.
            labelIDs[ArraySlice(Array(text))] = id
            ids.append(id)
        }
        return ids
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
    }

    /// Removes the series of a bucket, and labels that no series has any more.
    static func remove(_ bucket: UInt32, in db: Database) throws {
        let first = bucket * Block.width
        let last = first + (Block.width - 1)
        let rows = try Row.fetchAll(
            db, sql: "SELECT id, labels FROM series WHERE id BETWEEN ? AND ?",
            arguments: [first, last])
        var removed: [PostingKey: [UInt32]] = [:]
        for row in rows {
            let id: UInt32 = row[0]
            let key: Data = row[1]
            for label in try key.withUnsafeBytes({ try SeriesKey.decode($0) }) {
                removed[PostingKey(label: label, span: PostingSpan.span(of: id)), default: []]
                    .append(id)
            }
        }
        for (key, ids) in removed { try remove(ids, from: key, in: db) }
        try db.execute(
            sql: "DELETE FROM series WHERE id BETWEEN ? AND ?", arguments: [first, last])
    }

    private static func remove(_ ids: [UInt32], from key: PostingKey, in db: Database) throws {
        let members = try members(of: key, in: db).subtracting(ids)
        if !members.isEmpty { return try replace(key, members, in: db) }
        try db.execute(
            sql: "DELETE FROM posting WHERE label = ? AND span = ?",
            arguments: [key.label, key.span])
        try db.execute(
            sql: """
                DELETE FROM label
                WHERE id = ? AND NOT EXISTS (SELECT 1 FROM posting WHERE posting.label = label.id)
                """,
            arguments: [key.label])
    }

    /// Makes the table of postings anew from the series.
    static func rebuildPostings(in db: Database) throws {
        try db.execute(sql: "DELETE FROM posting")
        var members: [PostingKey: [UInt32]] = [:]
        let rows = try Row.fetchCursor(db, sql: "SELECT id, labels FROM series ORDER BY id")
        while let row = try rows.next() {
            let id: UInt32 = row[0]
            let key: Data = row[1]
            for label in try key.withUnsafeBytes({ try SeriesKey.decode($0) }) {
                members[PostingKey(label: label, span: PostingSpan.span(of: id)), default: []]
                    .append(id)
            }
        }
        for (key, ids) in members { try replace(key, ids, in: db) }
    }

    private static func members(of key: PostingKey, in db: Database) throws -> [UInt32] {
        let select = try db.cachedStatement(
            sql: "SELECT members FROM posting WHERE label = ? AND span = ?")
        var members: [UInt32] = []
        if let blob = try Data.fetchOne(select, arguments: [key.label, key.span]) {
            try blob.withUnsafeBytes { try PostingSpan.decode($0, span: key.span, into: &members) }
        }
        return members
    }

    private static func replace(
        _ key: PostingKey, _ members: [UInt32], in db: Database
    ) throws {
        let insert = try db.cachedStatement(
            sql: "INSERT OR REPLACE INTO posting (label, span, members) VALUES (?, ?, ?)")
        let bytes = PostingSpan.encode(members, span: key.span)
        try insert.execute(arguments: [key.label, key.span, Data(bytes)])
    }
}
