/// The sum of each of a row of windows whose ends only move forward.
///
/// Short windows are added up anew. Of longer ones, the sums of every tail of an older part are
/// kept, and one sum of the newer part; when the older part is used up, the newer becomes it. So
/// nothing is ever subtracted, which would lose digits and could not undo an infinity.
///
/// - Complexity: Amortised O(1) a sample and window.
///
/// Source: "two stacks", K. Tangwongsan et al., *Sliding-Window Aggregation Algorithms* (2019).
struct SlidingSum {
    /// Sums of samples `i..<middle`, from `i = middle - 1` downwards.
    private var tails: [KahanSum] = []
    private var middle = 0
    /// Sum of samples `middle..<end`.
    private var newer = KahanSum()
    private var end = 0

    private static let shortCount = 64

    mutating func sum(_ values: Span<Double>, _ bounds: WindowBounds) -> KahanSum {
        if bounds.count <= Self.shortCount {
            var sum = KahanSum()
            for index in bounds.first..<bounds.end { sum.add(values[index]) }
            return sum
        }
        if bounds.first >= middle {
            turnOver(values, bounds)
        } else {
            while end < bounds.end {
                newer.add(values[end])
                end += 1
            }
        }
        guard bounds.first < middle else { return newer }
        return tails[middle - bounds.first - 1].adding(newer)
    }

    /// The mean; incrementally where the sum overflows.
    mutating func mean(_ values: Span<Double>, _ bounds: WindowBounds) -> Double {
        let sum = self.sum(values, bounds)
        let count = Double(bounds.count)
        if sum.sum.isFinite { return sum.sum / count + sum.compensation / count }
        var mean = KahanMean()
        for index in bounds.first..<bounds.end { mean.add(values[index]) }
        return mean.mean
    }

    private mutating func turnOver(_ values: Span<Double>, _ bounds: WindowBounds) {
        tails.removeAll(keepingCapacity: true)
        middle = bounds.end
        end = bounds.end
        newer = KahanSum()
        var sum = KahanSum()
        var index = bounds.end
        while index > bounds.first {
            index -= 1
            sum.add(values[index])
            tails.append(sum)
        }
    }
}
