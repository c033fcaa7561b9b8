import TimeSeries

extension Evaluator {
    /// `histogram_quantile` and `histogram_fraction`, of classic buckets.
    func histogram(_ call: FunctionCall, on grid: StepGrid) throws(QueryError) -> Frame {
        let isQuantile = call.function.name == "histogram_quantile"
        let first = try scalar(call.arguments[0], on: grid)
        let second = isQuantile ? [] : try scalar(call.arguments[1], on: grid)
        let frame = try vector(call.arguments[isQuantile ? 1 : 2], on: grid)
        if isQuantile { noteUnlessQuantiles(first) }
        let histograms = histograms(of: frame)
        return try row(of: histograms, frame, call) { step, buckets, isFalling in
            isQuantile
                ? histogramQuantile(first[step], ofSorted: &buckets, isFalling: &isFalling)
                : histogramFraction(
                    from: first[step], to: second[step], ofSorted: &buckets,
                    isFalling: &isFalling)
        }
    }

    /// Several quantiles of each histogram, told apart by a label.
    func histogramQuantiles(
        _ call: FunctionCall, on grid: StepGrid
    ) throws(QueryError) -> Frame {
        let name = try string(call.arguments[1])
        guard !name.isEmpty else {
            throw QueryError(
                .execution, "invalid label name \(quoted(name)) in histogram_quantiles()",
                at: call.position.value)
        }
        let frame = try vector(call.arguments[0], on: grid)
        let histograms = histograms(of: frame)
        var result = Frame(stepCount: grid.count)
        for argument in call.arguments.dropFirst(2) {
            let quantiles = try scalar(argument, on: grid)
            noteUnlessQuantiles(quantiles)
            let rows = try row(of: histograms, frame, call) { step, buckets, isFalling in
                histogramQuantile(quantiles[step], ofSorted: &buckets, isFalling: &isFalling)
            }
            let text = formattedOpenMetrics(quantiles.first ?? .nan)
            result.labels += rows.labels.map { $0.setting(name, to: text) }
            result.values += rows.values
        }
        try result.joinDuplicates(.merge)
        return result
    }

    private func histograms(of frame: Frame) -> ClassicHistograms {
        let histograms = ClassicHistograms(of: frame)
        if let labels = histograms.malformed { noteMalformedBucket(labels) }
        return histograms
    }

    /// One row a histogram. Bounds are read and sorted once a histogram, not once a step.
    ///
    /// - Parameter value: Of the sorted buckets at a step; told to say whether counts fell.
    private func row(
        of histograms: ClassicHistograms, _ frame: Frame, _ call: FunctionCall,
        _ value: (_ step: Int, _ buckets: inout [HistogramBucket], _ isFalling: inout Bool) ->
            Double
    ) throws(QueryError) -> Frame {
        let stepCount = frame.stepCount
        try charge(rows: histograms.labels.count, steps: stepCount)
        var result = Frame(labels: histograms.labels, stepCount: stepCount)
        var buckets: [HistogramBucket] = []
        for (index, members) in histograms.buckets.enumerated() {
            var isFalling = false
            for step in 0..<stepCount {
                buckets.removeAll(keepingCapacity: true)
                for member in members {
                    let count = frame.values[member.row * stepCount + step]
                    if count.isAbsent { continue }
                    buckets.append(
                        HistogramBucket(upperBound: member.upperBound, cumulativeCount: count))
                }
                if buckets.isEmpty { continue }
                result.values[index * stepCount + step] = value(step, &buckets, &isFalling)
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
