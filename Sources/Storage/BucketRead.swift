/// The blocks of one bucket, as read from the file.
struct BucketRead: Sendable {
    /// Which of the wanted series are of the bucket.
    let indices: Range<Int>
    /// In the order in which their samples count.
    let blocks: [(id: Int64, payload: [UInt8])]

    /// The samples of the closed range [from, through], for each of the wanted series.
    func samples(
        of wanted: [UInt32], from: Int64, through: Int64
    ) throws -> [ColumnAssembly] {
        var assemblies = indices.map { _ in ColumnAssembly() }
        for (id, payload) in blocks {
            do {
                try payload.withUnsafeBytes { bytes in
                    var block = try BlockReader(bytes)
                    for (place, index) in indices.enumerated() {
                        let slot = Int(wanted[index] % Block.width)
                        guard let part = try block.part(slot: slot) else { continue }
                        let low = part.timestamps.lowerBound(from)
                        let high = part.timestamps.upperBound(through)
                        if low >= high { continue }
                        assemblies[place].append(
                            (part.timestamps[low..<high], part.values[low..<high]))
                    }
                }
            } catch let damage as Damage {
                throw Damage("row \(id) of table block: \(damage.reason)")
            }
        }
        return assemblies
    }
}

/// The unfolded journal rows of one layout, as read from the file.
struct JournalRead: Sendable {
    typealias Row = (id: Int64, at: Int64, payload: [UInt8])

    let layout: Layout
    let positions: [(wanted: Int, position: Int)]
    let rows: [Row]

    init(_ layout: Layout, _ positions: [(wanted: Int, position: Int)], _ rows: [Row]) {
        self.layout = layout
        self.positions = positions
        self.rows = rows
    }

    /// The samples of the closed range [from, through] of each series, in the order of the rows.
    func columns(from: Int64, through: Int64) throws -> [ColumnAssembly] {
        try layout.hasTimestamps
            ? ownTimes(from: from, through: through) : sharedTimes()
    }

    /// Every sample of a row is of the row's time, so that the series share one column of them.
    private func sharedTimes() throws -> [ColumnAssembly] {
        let places = positions.map(\.position)
        var cells: [Double] = []
        cells.reserveCapacity(rows.count * places.count)
        for row in rows {
            try decoding(row) { bytes throws(Damage) in
                try JournalRow.decode(
                    bytes, count: layout.series.count, positions: places, to: &cells)
            }
        }
        let times = rows.map(\.at)
        let isAscending = zip(times, times.dropFirst()).allSatisfy { $0 < $1 }
        return places.indices.map { place in
            let values = rows.indices.map { cells[$0 * places.count + place] }
            return ColumnAssembly(timestamps: times, values: values, isAscending: isAscending)
        }
    }

    private func ownTimes(from: Int64, through: Int64) throws -> [ColumnAssembly] {
        var columns = positions.map { _ in ColumnAssembly() }
        for row in rows {
            var values: [Double] = []
            var times: [Int64] = []
            try decoding(row) { bytes throws(Damage) in
                try JournalRow.decode(
                    bytes, count: layout.series.count, hasTimestamps: true, at: row.at,
                    values: &values, timestamps: &times)
            }
            for (column, (_, position)) in positions.enumerated()
            where times[position] >= from && times[position] <= through {
                columns[column].append(times[position], values[position])
            }
        }
        return columns
    }

    private func decoding(
        _ row: Row, _ body: (UnsafeRawBufferPointer) throws(Damage) -> Void
    ) throws(Damage) {
        let result = row.payload.withUnsafeBytes { bytes in
            Result { () throws(Damage) in try body(bytes) }
        }
        do {
            try result.get()
        } catch {
            throw Damage("row \(row.id) of table journal: \(error.reason)")
        }
    }
}
