import Foundation
import GRDB

/// Which series the values of a journal row belong to; immutable, shared by many rows.
struct Layout: Sendable {
    let id: Int64
    let hasTimestamps: Bool
    /// In the order of the values.
    let series: [UInt32]
    /// Places in `series`, by ascending series; nil where `series` ascends by itself.
    private let order: [UInt32]?

    init(id: Int64, hasTimestamps: Bool, series: [UInt32]) {
        self.id = id
        self.hasTimestamps = hasTimestamps
        self.series = series
        let ascends = zip(series, series.dropFirst()).allSatisfy { $0 < $1 }
        order =
            ascends
            ? nil : series.indices.sorted { series[$0] < series[$1] }.map { UInt32($0) }
    }

    /// Where the wanted series lie in a row.
    ///
    /// - Parameter wanted: Ascending.
    /// - Returns: Indexes into `wanted`, with the place in a row, ascending by place.
    func positions(of wanted: [UInt32]) -> [(wanted: Int, position: Int)] {
        guard let least = at(0), let greatest = at(series.count - 1) else { return [] }
        var result: [(wanted: Int, position: Int)] = []
        var low = 0
        for index in wanted.lowerBound(least)..<wanted.count {
            let id = wanted[index]
            if id > greatest { break }
            // Those that are wanted often follow one another.
            if at(low) != id { low = lowerBound(id, from: low) }
            guard let found = at(low), found == id else { continue }
            result.append((index, order.map { Int($0[low]) } ?? low))
            low += 1
        }
        return order == nil ? result : result.sorted { $0.position < $1.position }
    }

    private func at(_ rank: Int) -> UInt32? {
        guard series.indices.contains(rank) else { return nil }
        return order.map { series[Int($0[rank])] } ?? series[rank]
    }

    private func lowerBound(_ id: UInt32, from start: Int) -> Int {
        var low = start
        var high = series.count
        while low < high {
            let middle = (low + high) / 2
            if let value = at(middle), value < id { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension Layout {
    /// Differences between neighbours, ZigZag varints.
    static func encode(_ series: [UInt32]) -> [UInt8] {
        var bytes: [UInt8] = []
        var last: Int64 = -1
        for id in series {
            Varint.append(signed: Int64(id) - last - 1, to: &bytes)
            last = Int64(id)
        }
        return bytes
    }

    static func decode(_ bytes: UnsafeRawBufferPointer) throws(Damage) -> [UInt32] {
        var reader = ByteReader(bytes)
        var series: [UInt32] = []
        // Most take one byte: the series of a page follow one another.
        series.reserveCapacity(bytes.count)
        var last: Int64 = -1
        while reader.remainingCount > 0 {
            last = last &+ 1 &+ (try reader.signed())
            guard let id = UInt32(exactly: last) else { throw Damage("series \(last)") }
            series.append(id)
        }
        return series
    }

    static func fetch(_ id: Int64, in db: Database) throws -> Layout? {
        let scan = try RowScan("SELECT has_timestamps, series FROM layout WHERE id = ?", in: db)
        try scan.start(id)
        guard try scan.next() else { return nil }
        return Layout(
            id: id, hasTimestamps: scan.integer(0) != 0, series: try decode(scan.bytes(1)))
    }

    /// The layout of these series, created where it is new.
    static func findOrCreate(
        series: [UInt32], hasTimestamps: Bool, in db: Database
    ) throws -> Int64 {
        let blob = encode(series)
        let hash = Int64(bitPattern: Checksum.fnv1a(blob))
        let select = try db.cachedStatement(
            sql: """
                SELECT id FROM layout WHERE hash = ? AND has_timestamps = ? AND series = ?
                """)
        let data = Data(blob)
        if let id = try Int64.fetchOne(select, arguments: [hash, hasTimestamps, data]) {
            return id
        }
        let insert = try db.cachedStatement(
            sql: """
                INSERT INTO layout (hash, has_timestamps, folded_through, series)
                VALUES (?, ?, 0, ?)
                """)
        try insert.execute(arguments: [hash, hasTimestamps, data])
        return db.lastInsertedRowID
    }
}
