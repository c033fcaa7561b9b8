/// A series' samples over some time, as two columns of one length.
package struct Series: Sendable {
    package var labels: LabelSet
    /// Milliseconds since the epoch, strictly ascending.
    package var timestamps: [Int64]
    /// May hold stale markers.
    package var values: [Double]

    package init(labels: LabelSet, timestamps: [Int64] = [], values: [Double] = []) {
        precondition(
            timestamps.count == values.count,
            "\(timestamps.count) timestamps for \(values.count) values")
        self.labels = labels
        self.timestamps = timestamps
        self.values = values
    }

    package init(labels: LabelSet, samples: [Sample]) {
        self.init(
            labels: labels, timestamps: samples.map(\.at.milliseconds), values: samples.map(\.value)
        )
    }

    package var samples: [Sample] {
        zip(timestamps, values).map { Sample(at: Timestamp(milliseconds: $0), value: $1) }
    }
}
