/// Puts pieces of one series together, in the order they were written.
///
/// Pieces that follow one another, which is the rule, are appended; anything else is sorted, and
/// of samples with one timestamp the first written stays.
struct ColumnAssembly {
    private(set) var timestamps: [Int64] = []
    private(set) var values: [Double] = []
    private var isAscending: Bool

    /// - Parameter isAscending: Whether the timestamps ascend strictly.
    init(timestamps: [Int64] = [], values: [Double] = [], isAscending: Bool = true) {
        self.timestamps = timestamps
        self.values = values
        self.isAscending = isAscending
    }

    mutating func append(_ timestamp: Int64, _ value: Double) {
        if let last = timestamps.last, timestamp <= last { isAscending = false }
        timestamps.append(timestamp)
        values.append(value)
    }

    mutating func append(_ piece: (timestamps: [Int64], values: [Double])) {
        append((piece.timestamps[...], piece.values[...]))
    }

    /// Samples that were written after those that are here.
    mutating func append(_ later: ColumnAssembly) {
        if timestamps.isEmpty {
            self = later
            return
        }
        append((later.timestamps[...], later.values[...]))
        isAscending = isAscending && later.isAscending
    }

    /// - Parameter piece: Ascends by itself.
    mutating func append(_ piece: (timestamps: ArraySlice<Int64>, values: ArraySlice<Double>)) {
        if timestamps.isEmpty {
            // A whole column is taken over as it is: series of one block share their timestamps.
            timestamps = Array(piece.timestamps)
            values = Array(piece.values)
            return
        }
        if let last = timestamps.last, let first = piece.timestamps.first, first <= last {
            isAscending = false
        }
        timestamps.append(contentsOf: piece.timestamps)
        values.append(contentsOf: piece.values)
    }

    /// Strictly ascending columns.
    consuming func finished() -> (timestamps: [Int64], values: [Double]) {
        if isAscending { return (timestamps, values) }
        let order = timestamps.indices.sorted { a, b in
            timestamps[a] != timestamps[b] ? timestamps[a] < timestamps[b] : a < b
        }
        var sortedTimestamps: [Int64] = []
        var sortedValues: [Double] = []
        for index in order where sortedTimestamps.last != timestamps[index] {
            sortedTimestamps.append(timestamps[index])
            sortedValues.append(values[index])
        }
        return (sortedTimestamps, sortedValues)
    }
}
