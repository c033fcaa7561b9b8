import TimeSeries

/// One series' value at the instant of the query.
package struct VectorElement: Sendable {
    package var labels: LabelSet
    package var value: Double

    package init(labels: LabelSet, value: Double) {
        self.labels = labels
        self.value = value
    }
}

/// The answer to an instant query.
package enum QueryValue: Sendable {
    case scalar(Double)
    case string(String)
    /// In the order that `sort` or `topk` asked for, else in the order of the source.
    case vector([VectorElement])
    /// Of a range selector or a subquery alone: the samples themselves.
    case matrix([Series])
}
