import TimeSeries

extension Evaluator {
    /// `histogram_quantile` and `histogram_fraction`, of classic buckets.
    ///
    /// Bounds are read and sorted once a histogram, not once a step.
    func histogram(_ call: FunctionCall, on grid: StepGrid) throws(QueryError) -> Frame {
        let isQuantile = call.function.name == "histogram_quantile"
        let first = try scalar(call.arguments[0], on: grid)
        let second = isQuantile ? [] : try scalar(call.arguments[1], on: grid)
        let frame = try vector(call.arguments[isQuantile ? 1 : 2], on: grid)
        if isQuantile { noteUnlessQuantiles(first) }
        let histograms = ClassicHistograms(of: frame)
        if let labels = histograms.malformed { noteMalformedBucket(labels) }
        try charge(rows: histograms.labels.count, steps: grid.count)
        var result = Frame(labels: histograms.labels, stepCount: grid.count)
        var buckets: [HistogramBucket] = []
        for (index, members) in histograms.buckets.enumerated() {
            for step in 0..<grid.count {
                buckets.removeAll(keepingCapacity: true)
                for member in members {
                    let count = frame.values[member.row * grid.count + step]
                    if count.isAbsent { continue }
                    buckets.append(
                        HistogramBucket(upperBound: member.upperBound, cumulativeCount: count))
                }
                if buckets.isEmpty { continue }
                result.values[index * grid.count + step] =
                    isQuantile
                    ? histogramQuantile(first[step], ofSorted: &buckets)
                    : histogramFraction(from: first[step], to: second[step], ofSorted: &buckets)
            }
        }
        return result
    }
}

/// The rows of a frame that are buckets, by histogram.
private struct ClassicHistograms {
    /// Of each histogram, without `le` and the metric's name.
    let labels: [LabelSet]
    /// Of the first row whose bound cannot be read.
    private(set) var malformed: LabelSet?
    /// Of each histogram, by ascending bound.
    let buckets: [[(row: Int, upperBound: Double)]]

    init(of frame: Frame) {
        let projection = LabelProjection.without(["le", LabelSet.metricNameLabel])
        var index = LabelIndex()
        var buckets: [[(row: Int, upperBound: Double)]] = []
        var scratch: [UInt8] = []
        for (row, labels) in frame.labels.enumerated() {
            // A row without a readable bound is no bucket.
            guard let text = labels["le"], let bound = Double(text), !bound.isNaN else {
                malformed = malformed ?? labels
                continue
            }
            projection.write(labels, to: &scratch)
            let histogram = index.insert(bytes: scratch)
            if histogram == buckets.count { buckets.append([]) }
            buckets[histogram].append((row, bound))
        }
        self.labels = index.keys
        self.buckets = buckets.map { $0.sorted { $0.upperBound < $1.upperBound } }
    }
}
