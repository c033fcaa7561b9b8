import TimeSeries

/// Makes batches of series that are mostly the same from round to round, over one table as long as
/// they are: a store looks up the series of a table once.
struct SteadyTable {
    private var table = SeriesTable(labels: [])

    /// - Returns: nil where there are no samples.
    mutating func batch(
        _ samples: [(labels: LabelSet, value: Double)], at now: Timestamp
    ) -> SampleBatch? {
        if samples.isEmpty { return nil }
        let isSteady =
            samples.count == table.labels.count
            && samples.indices.allSatisfy { table.labels.isEqual(at: $0, to: samples[$0].labels) }
        if !isSteady { table = SeriesTable(labels: samples.map(\.labels)) }
        return SampleBatch(at: now, table: table, values: samples.map(\.value))
    }
}
