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

    /// For each set of labels the series that has exactly these, nil where none has.
    ///
    /// What a label brings is read once, in whatever order the sets are.
    mutating func ids(
        of sets: [[Int64]], unwritten: Unwritten, in db: Database
    ) throws -> [UInt32?] {
        var result = sets.map { ids[$0] }
        var counts: [Int64: Int] = [:]
        var groups: [Int64: [Int]] = [:]
        for (index, set) in sets.enumerated() where result[index] == nil {
            if set.contains(where: labels.contains) { continue }
            var rarest: (label: Int64, count: Int)?
            for label in set {
                let count =
                    try counts[label]
                    ?? PostingTable.count(of: label, in: db) + (unwritten[label]?.count ?? 0)
                counts[label] = count
                if count < rarest?.count ?? .max { rarest = (label, count) }
            }
            // Of a label that no series carries nothing needs to be read.
            guard let rarest, rarest.count > 0 else { continue }
            groups[rarest.label, default: []].append(index)
        }
        for (label, indices) in groups {
            try read(label, unwritten: unwritten, in: db)
            for index in indices { result[index] = ids[sets[index]] }
        }
        return result
    }

    private mutating func read(_ label: Int64, unwritten: Unwritten, in db: Database) throws {
        if ids.count > Self.limit { forget() }
        let members = try PostingTable.members(of: label, in: db) + (unwritten[label] ?? [])
        ids.reserveCapacity(ids.count + members.count)
        try SeriesBucketScan(in: db).forEach(of: members) { ids[$1] = members[$0] }
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
