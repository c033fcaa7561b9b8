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
            var isFalling = false
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
                    ? histogramQuantile(first[step], ofSorted: &buckets, isFalling: &isFalling)
                    : histogramFraction(
                        from: first[step], to: second[step], ofSorted: &buckets,
                        isFalling: &isFalling)
            }
            if isFalling, let row = members.first?.row {
                noteFallingBuckets(frame.labels[row], of: call)
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
            guard let bound = labels["le"].flatMap(Self.bound) else {
                malformed = malformed ?? labels
                continue
            }
            projection.write(labels, to: &scratch)
            let histogram = index.insert(bytes: scratch)
            if histogram == buckets.count { buckets.append([]) }
            buckets[histogram].append((row, bound))
        }
        self.labels = index.keys
        self.buckets = buckets.map(Self.sorted)
    }

    /// A number as Go writes it: hexadecimal only with an exponent, and none that is too large.
    private static func bound(_ text: String) -> Double? {
        func has(_ letter: Unicode.Scalar) -> Bool {
            text.utf8.contains { $0 | 0x20 == UInt8(ascii: letter) }
        }
        guard let bound = Double(text), !has("x") || has("p") else { return nil }
        return bound.isInfinite && !has("i") ? nil : bound
    }

    /// By insertion, so that a bound that is no number stays where it is, as in Prometheus.
    private static func sorted(
        _ buckets: [(row: Int, upperBound: Double)]
    ) -> [(row: Int, upperBound: Double)] {
        if buckets.allSatisfy({ !$0.upperBound.isNaN }) {
            return buckets.sorted { $0.upperBound < $1.upperBound }
        }
        var sorted = buckets
        for end in sorted.indices {
            var place = end
            while place > 0, sorted[place].upperBound < sorted[place - 1].upperBound {
                sorted.swapAt(place, place - 1)
                place -= 1
            }
        }
        return sorted
    }
}
