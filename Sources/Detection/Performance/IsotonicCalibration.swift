/// A non-decreasing function from scores to probabilities, fitted to labelled scores.
///
/// Pool-adjacent-violators; linear between its thresholds and constant outside.
///
/// Source: R. Barlow et al., *Statistical Inference Under Order Restrictions*, Wiley, 1972.
package struct IsotonicCalibration: Codable, Sendable, Equatable {
    /// Ascending scores, of each constant stretch only the ends.
    package let thresholds: [Double]
    /// The probability at each.
    package let values: [Double]

    /// nil when there is no finite pair.
    package init?(scores: [Double], labels: [Double]) {
        precondition(scores.count == labels.count, "\(scores.count) scores, \(labels.count) labels")
        let order = scores.indices.filter { scores[$0].isFinite && labels[$0].isFinite }
            .sorted { scores[$0] < scores[$1] }
        guard !order.isEmpty else { return nil }
        var x: [Double] = []
        var blocks: [(sum: Double, weight: Double, length: Int)] = []
        for i in order {
            if let last = x.last, last == scores[i] {
                blocks[blocks.count - 1].sum += labels[i]
                blocks[blocks.count - 1].weight += 1
            } else {
                x.append(scores[i])
                blocks.append((labels[i], 1, 1))
            }
        }
        var pooled: [(sum: Double, weight: Double, length: Int)] = []
        for block in blocks {
            var block = block
            while let last = pooled.last, last.sum * block.weight >= block.sum * last.weight {
                pooled.removeLast()
                block = (
                    last.sum + block.sum, last.weight + block.weight, last.length + block.length
                )
            }
            pooled.append(block)
        }
        var thresholds: [Double] = []
        var values: [Double] = []
        var start = 0
        for block in pooled {
            let end = start + block.length - 1
            for i in start == end ? [start] : [start, end] {
                thresholds.append(x[i])
                values.append(block.sum / block.weight)
            }
            start = end + 1
        }
        self.thresholds = thresholds
        self.values = values
    }

    /// The probability at a score; NaN for NaN.
    package func probability(at score: Double) -> Double {
        if score.isNaN { return .nan }
        var low = 0
        var high = thresholds.count
        while low < high {
            let middle = (low + high) / 2
            if thresholds[middle] < score { low = middle + 1 } else { high = middle }
        }
        if low == 0 { return values[0] }
        if low == thresholds.count { return values[low - 1] }
        if thresholds[low] == score { return values[low] }
        let share = (score - thresholds[low - 1]) / (thresholds[low] - thresholds[low - 1])
        return values[low - 1] + share * (values[low] - values[low - 1])
    }
}
