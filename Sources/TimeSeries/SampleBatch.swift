import Synchronization

/// The series of one page in a fixed order, shared by every scrape that shows the same page.
///
/// A steady target hands over the same table again and again, so that a store resolves labels to
/// its own identifiers once a table, not once a sample.
package final class SeriesTable: Sendable {
    /// Unique within the process, ascending.
    package let id: UInt64
    /// Each is made when it is asked for.
    package let labels: PackedLabelSets

    private static let lastID = Atomic<UInt64>(0)

    /// - Parameter labels: No two equal.
    package init(labels: [LabelSet]) {
        id = Self.lastID.wrappingAdd(1, ordering: .relaxed).newValue
        self.labels = PackedLabelSets(labels)
    }
}

/// What one scrape, rule evaluation or detector round produced: one value a series of the table.
package struct SampleBatch: Sendable {
    package let at: Timestamp
    package let table: SeriesTable
    /// As long as `table.labels`, in its order. May hold stale markers.
    package let values: [Double]
    /// Milliseconds a series where the page gave its own, else nil: all are at `at`.
    package let timestamps: [Int64]?

    package init(
        at: Timestamp, table: SeriesTable, values: [Double], timestamps: [Int64]? = nil
    ) {
        precondition(
            values.count == table.labels.count
                && (timestamps.map { $0.count == values.count } ?? true),
            "\(values.count) values for \(table.labels.count) series")
        self.at = at
        self.table = table
        self.values = values
        self.timestamps = timestamps
    }

    /// A batch with a table of its own, for writers that are not on a hot path.
    package init(at: Timestamp, _ samples: [(labels: LabelSet, value: Double)]) {
        self.init(
            at: at, table: SeriesTable(labels: samples.map(\.labels)), values: samples.map(\.value))
    }
}
