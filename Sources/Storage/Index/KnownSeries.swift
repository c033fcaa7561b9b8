import GRDB

/// Finds the series with given labels, without an index of their own: of one label the series that
/// carry it are read, by its postings, and remembered.
///
/// Series that are asked for one after the other are mostly those of one target, so that one label,
/// the target's instance, brings them all.
struct KnownSeries {
    /// Labels of which every series is remembered.
    private var labels: Set<Int64> = []
    private var ids: [[Int64]: UInt32] = [:]
    private static let limit = 65_536

    /// Series that no postings in the file name yet, ascending, by label.
    typealias Unwritten = [Int64: [UInt32]]

    /// The series that has exactly these labels, nil where none has.
    mutating func id(
        of set: [Int64], unwritten: Unwritten, in db: Database
    ) throws -> UInt32? {
        if let id = ids[set] { return id }
        if set.contains(where: labels.contains) { return nil }
        var rarest: (label: Int64, count: Int)?
        for label in set {
            let count = try PostingTable.count(of: label, in: db) + (unwritten[label]?.count ?? 0)
            if count == 0 { return nil }
            if count < rarest?.count ?? .max { rarest = (label, count) }
        }
        guard let rarest else { return nil }
        try read(rarest.label, unwritten: unwritten, in: db)
        return ids[set]
    }

    /// Reads at once what all of some label sets have in common, where that is not much more than
    /// they are.
    mutating func prepare(
        for sets: [[Int64]], unwritten: Unwritten, in db: Database
    ) throws {
        guard let first = sets.first else { return }
        let common = sets.dropFirst().reduce(into: Set(first)) { $0.formIntersection($1) }
        guard common.isDisjoint(with: labels) else { return }
        var rarest: (label: Int64, count: Int)?
        for label in common.sorted() {
            let count = try PostingTable.count(of: label, in: db) + (unwritten[label]?.count ?? 0)
            if count < rarest?.count ?? .max { rarest = (label, count) }
        }
        guard let rarest, rarest.count <= 4 * sets.count + 256 else { return }
        try read(rarest.label, unwritten: unwritten, in: db)
    }

    private mutating func read(_ label: Int64, unwritten: Unwritten, in db: Database) throws {
        if ids.count > Self.limit { forget() }
        let members = try PostingTable.members(of: label, in: db) + (unwritten[label] ?? [])
        ids.reserveCapacity(ids.count + members.count)
        let scan = try RowScan("SELECT labels FROM series_bucket WHERE bucket = ?", in: db)
        var last: UInt32?
        for bucket in members.lazy.map({ $0 / Block.width }) where bucket != last {
            last = bucket
            try scan.start(Int64(bucket))
            guard try scan.next() else { continue }
            try SeriesBucket.read(scan.bytes(0)) { slot, labels in
                ids[labels] = bucket * Block.width + slot
            }
        }
        labels.insert(label)
    }

    /// A series that was created.
    mutating func add(_ id: UInt32, _ labels: [Int64]) {
        ids[labels] = id
    }

    mutating func forget() {
        labels = []
        ids = [:]
    }
}
