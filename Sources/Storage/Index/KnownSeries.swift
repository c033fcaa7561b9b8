import GRDB

/// Finds the series with given labels, without an index of their own: of one label the series that
/// carry it are read, by its postings, and remembered.
///
/// Series that are asked for one after the other are mostly those of one target, so that one label,
/// the target's instance, brings them all; and mostly in the order of their identifiers, so that
/// the next one is found by looking behind the last one.
struct KnownSeries {
    /// The series that carry a label.
    private struct Members {
        private var ids: [UInt32] = []
        private var sets: [[Int64]] = []
        /// Behind the one that was found last.
        private var next = 0
        /// Where each stands, made when one does not follow the other.
        private var places: [[Int64]: Int]?

        var count: Int { ids.count }

        mutating func reserveCapacity(_ count: Int) {
            ids.reserveCapacity(count)
            sets.reserveCapacity(count)
        }

        mutating func append(_ id: UInt32, _ labels: [Int64]) {
            ids.append(id)
            sets.append(labels)
        }

        mutating func id(of set: [Int64]) -> UInt32? {
            if next < sets.count, sets[next] == set {
                next += 1
                return ids[next - 1]
            }
            if places == nil {
                places = Dictionary(zip(sets, sets.indices), uniquingKeysWith: { a, _ in a })
            }
            guard let place = places?[set] else { return nil }
            next = place + 1
            return ids[place]
        }
    }

    /// By a label that all of them carry.
    private var members: [Int64: Members] = [:]
    private var memberCount = 0
    /// Those that were created since the last `forget`.
    private var created: [[Int64]: UInt32] = [:]
    /// How many series carry a label in the file, as far as that was asked.
    private var counts: [Int64: Int] = [:]
    private static let limit = 65_536

    /// Series that no postings in the file name yet, ascending, by label.
    typealias Unwritten = [Int64: [UInt32]]

    /// For each set of labels the series that has exactly these, nil where none has.
    ///
    /// What a label brings is read once, in whatever order the sets are.
    mutating func ids(
        of sets: [[Int64]], unwritten: Unwritten, in db: Database
    ) throws -> [UInt32?] {
        var result = sets.map { created[$0] }
        var groups: [Int64: [Int]] = [:]
        // The one that the last set is looked up by, which is read in any case.
        var label: Int64?
        for (index, set) in sets.enumerated() where result[index] == nil {
            if label.map(set.contains) != true {
                label =
                    try set.first(where: members.keys.contains) ?? rarest(of: set, unwritten, db)
            }
            // Of a label that no series carries nothing needs to be read.
            if let label { groups[label, default: []].append(index) }
        }
        for (label, indices) in groups {
            if members[label] == nil { try read(label, unwritten: unwritten, in: db) }
            for index in indices { result[index] = members[label]?.id(of: sets[index]) }
        }
        return result
    }

    /// - Returns: nil where there is a label without series.
    private mutating func rarest(
        of set: [Int64], _ unwritten: Unwritten, _ db: Database
    ) throws -> Int64? {
        var rarest: (label: Int64, count: Int)?
        for label in set {
            let written = try counts[label] ?? PostingTable.count(of: label, in: db)
            counts[label] = written
            let count = written + (unwritten[label]?.count ?? 0)
            if count < rarest?.count ?? .max { rarest = (label, count) }
        }
        return rarest.flatMap { $0.count > 0 ? $0.label : nil }
    }

    private mutating func read(_ label: Int64, unwritten: Unwritten, in db: Database) throws {
        if memberCount + created.count > Self.limit { forgetSeries() }
        let ids = try PostingTable.members(of: label, in: db) + (unwritten[label] ?? [])
        var found = Members()
        found.reserveCapacity(ids.count)
        try SeriesBucketScan(in: db).forEach(of: ids) { found.append(ids[$0], $1) }
        memberCount += found.count
        members[label] = found
    }

    /// A series that was created.
    mutating func add(_ id: UInt32, _ labels: [Int64]) {
        created[labels] = id
    }

    /// To be called when the file has postings that it had not.
    mutating func forget() {
        forgetSeries()
        counts = [:]
    }

    private mutating func forgetSeries() {
        members = [:]
        memberCount = 0
        created = [:]
    }
}
