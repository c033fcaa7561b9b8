import Querying
import TimeSeries

/// Histogram buckets of one key over the points of a grid, or at one instant.
struct LatencyTable {
    /// By upper bound: cumulative rates, one a point.
    private var rates: [Double: [Double?]] = [:]
    let pointCount: Int

    init(pointCount: Int) {
        self.pointCount = pointCount
    }

    var isEmpty: Bool { rates.isEmpty }

    /// Adds a series of one `le`; several of one bound add up.
    mutating func add(bound: String?, _ values: [Double?]) {
        guard let bound, let upper = Self.bound(bound), values.count == pointCount else { return }
        guard let known = rates[upper] else {
            rates[upper] = values
            return
        }
        rates[upper] = zip(known, values).map { a, b in
            a == nil && b == nil ? nil : (a ?? 0) + (b ?? 0)
        }
    }

    mutating func add(_ other: LatencyTable) {
        for (bound, values) in other.rates { add(bound: "\(bound)", values) }
    }

    private static func bound(_ text: String) -> Double? {
        text == "+Inf" ? .infinity : Double(text).flatMap { $0.isNaN ? nil : $0 }
    }

    /// The quantile at each point; nil where nothing was observed.
    func quantiles(_ q: Double) -> [Double?] {
        let bounds = rates.keys.sorted()
        return (0..<pointCount).map { point in
            let buckets = bounds.compactMap { bound -> HistogramBucket? in
                guard let rate = rates[bound]?[point] else { return nil }
                return HistogramBucket(upperBound: bound, cumulativeCount: rate)
            }
            let value = histogramQuantile(q, of: buckets)
            return value.isFinite ? value : nil
        }
    }

    /// Not cumulative, for the heat map; nil without buckets.
    var buckets: LatencyBuckets? {
        let bounds = rates.keys.sorted()
        guard bounds.count >= 2 else { return nil }
        let columns: [[Double]?] = (0..<pointCount).map { point in
            var last = 0.0
            var isKnown = false
            let counts = bounds.map { bound -> Double in
                guard let rate = rates[bound]?[point] else { return 0 }
                isKnown = true
                defer { last = max(last, rate) }
                return max(0, rate - last)
            }
            return isKnown ? counts : nil
        }
        return LatencyBuckets(bounds: bounds, columns: columns)
    }
}
