import TimeSeries

/// Turns the series of each round into batches, and ends those that are no longer there with a
/// stale marker.
package struct SeriesWriter: Sendable {
    private var live: Set<LabelSet> = []
    private var table = SeriesTable(labels: [])

    package init(live: Set<LabelSet> = []) {
        self.live = live
    }

    /// The batch of this round; nil where nothing is there and nothing ended.
    ///
    /// - Parameter samples: No two of one label set.
    package mutating func batch(
        of samples: [(labels: LabelSet, value: Double)], at now: Timestamp
    ) -> SampleBatch? {
        let present = Set(samples.map(\.labels))
        let ended = live.subtracting(present).sorted()
        live = present
        let labels = samples.map(\.labels) + ended
        if labels.isEmpty { return nil }
        if !table.labels.elementsEqual(labels) { table = SeriesTable(labels: labels) }
        return SampleBatch(
            at: now, table: table,
            values: samples.map(\.value) + ended.map { _ in Double.staleMarker })
    }
}
