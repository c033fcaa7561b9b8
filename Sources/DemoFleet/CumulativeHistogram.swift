/// Observations counted into buckets, as a client library of Prometheus keeps them.
struct CumulativeHistogram: Equatable {
    /// Upper bounds, ascending; `+Inf` is not among them.
    let bounds: [Double]
    /// Observations of each bucket alone, one more than there are bounds.
    private(set) var counts: [Int]
    private(set) var sum = 0.0

    init(bounds: [Double]) {
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count + 1)
    }

    var count: Int { counts.reduce(0, +) }

    mutating func observe(_ value: Double) {
        counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
        sum += value
    }

    /// The observations of both.
    ///
    /// - Precondition: The bounds are the same.
    func adding(_ other: CumulativeHistogram) -> CumulativeHistogram {
        precondition(bounds == other.bounds, "bounds \(bounds) and \(other.bounds)")
        var total = self
        for index in counts.indices { total.counts[index] += other.counts[index] }
        total.sum += other.sum
        return total
    }

    /// What the page shows: how many observations were at most each bound, `+Inf` last.
    var cumulativeCounts: [Int] {
        var total = 0
        return counts.map { count in
            total += count
            return total
        }
    }
}
