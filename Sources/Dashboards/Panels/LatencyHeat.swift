import Terminal

#if canImport(Glibc)
    import Glibc
#endif

/// Latency buckets fitted to the half rows of a heat map.
enum LatencyHeat {
    /// The buckets that anything fell into, as a logarithmic scale in seconds; nil without any.
    static func scale(_ buckets: LatencyBuckets) -> Scale? {
        var low: Double?
        var high: Double?
        for column in buckets.columns {
            guard let column else { continue }
            for (index, count) in column.enumerated() where count > 0 {
                let edges = edges(index, buckets.bounds)
                low = min(low ?? edges.lower, edges.lower)
                high = max(high ?? edges.upper, edges.upper)
            }
        }
        guard let low, let high, low > 0, low < high else { return nil }
        return Scale(.logarithmic, from: low, to: high)
    }

    /// Where a bucket begins and ends: the first begins at half its bound, the infinite one ends
    /// at twice the last finite bound.
    static func edges(_ index: Int, _ bounds: [Double]) -> (lower: Double, upper: Double) {
        let upper = bounds[index]
        let lower = index > 0 ? bounds[index - 1] : upper.isFinite ? upper / 2 : 0.001
        return (max(lower, 1e-9), upper.isFinite ? upper : max(lower, 1e-9) * 2)
    }

    /// Intensities 0…1 by column, top half row first; nil is a gap.
    ///
    /// Each bucket is spread over the half rows that it covers, in proportion on the scale. The
    /// colour is the square root of the share of that column's requests, so that a thin slow
    /// tail is seen, relative to the densest place of the picture.
    static func intensities(
        _ buckets: LatencyBuckets, scale: Scale, columns: Int, halfRows: Int
    ) -> [[Double]?] {
        guard columns > 0, halfRows > 0 else { return [] }
        var largest = 0.0
        let shares: [[Double]?] = (0..<columns).map { place in
            guard let counts = merged(buckets, place: place, of: columns) else { return nil }
            let spread = spread(counts, buckets.bounds, scale, halfRows)
            largest = max(largest, spread.max() ?? 0)
            return spread
        }
        guard largest > 0 else { return shares }
        return shares.map { column in
            column?.map { $0 > 0 ? max(0.04, ($0 / largest).squareRoot()) : 0 }
        }
    }

    /// The grid's columns that fall together on one screen column; nil where all are gaps.
    private static func merged(
        _ buckets: LatencyBuckets, place: Int, of columns: Int
    ) -> [Double]? {
        let count = buckets.columns.count
        guard count > 0 else { return nil }
        let start = place * count / columns
        let end = max(start + 1, (place + 1) * count / columns)
        var sum: [Double]?
        for column in buckets.columns[start..<min(end, count)] {
            guard let column else { continue }
            sum = sum.map { zip($0, column).map { $0 + $1 } } ?? column
        }
        return sum
    }

    private static func spread(
        _ counts: [Double], _ bounds: [Double], _ scale: Scale, _ halfRows: Int
    ) -> [Double] {
        var rows = [Double](repeating: 0, count: halfRows)
        let total = counts.reduce(0, +)
        guard total > 0 else { return rows }
        for (index, count) in counts.enumerated() where count > 0 && index < bounds.count {
            let edges = edges(index, bounds)
            let from = scale.fraction(edges.lower) * Double(halfRows)
            let to = scale.fraction(edges.upper) * Double(halfRows)
            guard to > from else { continue }
            let first = min(max(0, Int(from.rounded(.down))), halfRows - 1)
            let last = min(max(first, Int(to.rounded(.up)) - 1), halfRows - 1)
            for row in first...last {
                let overlap = min(to, Double(row + 1)) - max(from, Double(row))
                guard overlap > 0 else { continue }
                rows[halfRows - 1 - row] += count / total * overlap / (to - from)
            }
        }
        return rows
    }
}
