/// What journal rows of one layout hold at some places, as far as they were read.
///
/// For layouts whose rows have one time for all values.
struct JournalRead: Sendable {
    private let projection: JournalProjection
    /// Rows of this closed range of times were read.
    private let from: Int64
    private let through: Int64
    /// Rows with higher numbers were read, up to `lastID`.
    private var after: Int64
    private(set) var lastID: Int64
    private var ids: [Int64] = []
    private var times: [Int64] = []
    /// Row after row, a value for each place.
    private var cells: [Double] = []

    /// - Parameters:
    ///   - from, through: The closed range of times that is to be read, in milliseconds.
    ///   - after: Rows up to this number are left out.
    init(_ projection: JournalProjection, from: Int64, through: Int64, after: Int64) {
        self.projection = projection
        self.from = from
        self.through = through
        self.after = after
        lastID = after
    }

    var rowCount: Int { ids.count }

    /// Roughly what it occupies.
    var byteCount: Int {
        8 * (cells.count + 2 * ids.count + projection.places.count) + 256
    }

    /// Whether it holds every row of the closed range with a number above `after`, up to `lastID`.
    func covers(from: Int64, through: Int64, after: Int64) -> Bool {
        from >= self.from && through <= self.through && after >= self.after
    }

    /// Takes a row with a number above `lastID`, or leaves it where its time is outside.
    mutating func append(
        _ id: Int64, at: Int64, _ payload: UnsafeRawBufferPointer
    ) throws(Damage) {
        guard id > after, at >= from, at <= through else { return }
        try projection.append(payload, to: &cells)
        ids.append(id)
        times.append(at)
    }

    /// Makes room for so many rows.
    mutating func reserve(_ rowCount: Int) {
        ids.reserveCapacity(rowCount)
        times.reserveCapacity(rowCount)
        cells.reserveCapacity(rowCount * projection.places.count)
    }

    /// Takes a row that is known to be wanted, of which no more is read than that.
    mutating func append(_ id: Int64, at: Int64, _ payload: inout JournalPayload) throws {
        let bytes = try payload.bytes(ofRow: id, for: projection)
        do throws(Damage) {
            try projection.append(bytes, to: &cells)
        } catch {
            throw JournalPayload.damage(error.reason, id)
        }
        ids.append(id)
        times.append(at)
    }

    /// Takes over the rows that another read of the same found; theirs have higher numbers.
    mutating func append(_ later: JournalRead) {
        ids += later.ids
        times += later.times
        cells += later.cells
    }

    /// To be called when there are no more rows up to this number.
    mutating func finish(through id: Int64) {
        lastID = max(lastID, id)
    }

    /// Drops rows up to a number where they are most of what is here.
    mutating func forget(through id: Int64) {
        guard id > after, 2 * ids.count(where: { $0 <= id }) > ids.count else { return }
        let width = projection.places.count
        let kept = ids.indices.filter { ids[$0] > id }
        cells = kept.flatMap { cells[$0 * width..<($0 + 1) * width] }
        times = kept.map { times[$0] }
        ids = kept.map { ids[$0] }
        after = id
    }

    /// The samples at some of its places of the rows in the closed range of times with numbers
    /// above `after`, in the order in which they were read.
    ///
    /// - Parameter places: Ascending, all of them read.
    func columns(
        at places: [Int], from: Int64, through: Int64, after: Int64
    ) -> [ColumnAssembly] {
        let rows = ids.indices.filter {
            ids[$0] > after && times[$0] >= from && times[$0] <= through
        }
        // The series share one column of timestamps.
        let shared = rows.map { times[$0] }
        let isAscending = zip(shared, shared.dropFirst()).allSatisfy { $0 < $1 }
        let width = projection.places.count
        var column = 0
        return places.map { place in
            while column < width - 1, projection.places[column] < place { column += 1 }
            let values = [Double](unsafeUninitializedCapacity: rows.count) { buffer, count in
                for (index, row) in rows.enumerated() {
                    buffer.initializeElement(at: index, to: cells[row * width + column])
                }
                count = rows.count
            }
            return ColumnAssembly(timestamps: shared, values: values, isAscending: isAscending)
        }
    }
}
