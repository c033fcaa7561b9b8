/// Puts pieces of one series together, in the order they were written.
///
/// Pieces that follow one another, which is the rule, are appended; anything else is sorted, and
/// of samples with one timestamp the first written stays.
struct ColumnAssembly {
    private(set) var timestamps: [Int64] = []
    private(set) var values: [Double] = []
    private var isAscending = true

    mutating func append(_ timestamp: Int64, _ value: Double) {
        if let last = timestamps.last, timestamp <= last { isAscending = false }
        timestamps.append(timestamp)
        values.append(value)
    }

    mutating func append(_ piece: (timestamps: [Int64], values: [Double])) {
        append((piece.timestamps[...], piece.values[...]))
    }

    /// - Parameter piece: Ascends by itself.
    mutating func append(_ piece: (timestamps: ArraySlice<Int64>, values: ArraySlice<Double>)) {
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
