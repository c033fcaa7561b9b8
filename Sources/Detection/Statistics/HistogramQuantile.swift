/// Quantile of a classic Prometheus histogram, as PromQL's `histogram_quantile`.
///
/// - Parameters:
///   - q: −∞ is returned below 0, +∞ above 1, NaN for NaN.
///   - buckets: Upper bound and cumulative count, in any order; +∞ must be among the bounds.
/// - Returns: NaN for fewer than two buckets, no +∞ bucket, or no observations.
package func histogramQuantile(
    _ q: Double, buckets: [(upperBound: Double, count: Double)]
) -> Double {
    if q.isNaN { return .nan }
    if q < 0 { return -.infinity }
    if q > 1 { return .infinity }
    let sorted = buckets.filter { !$0.upperBound.isNaN }.sorted { $0.upperBound < $1.upperBound }
    guard sorted.last?.upperBound == .infinity else { return .nan }
    var bounds: [Double] = []
    var counts: [Double] = []
    for (bound, count) in sorted {
        if bounds.last == bound {
            counts[counts.count - 1] += count
        } else {
            bounds.append(bound)
            counts.append(count)
        }
    }
    guard bounds.count >= 2 else { return .nan }
    // Scrapes of parts at different times leave counts that fall; rounding leaves tiny differences.
    for i in 1..<counts.count {
        let previous = counts[i - 1]
        let nearness =
            abs(counts[i] - previous) / max(abs(counts[i] + previous), .leastNormalMagnitude)
        if counts[i] < previous || nearness <= 1e-12 { counts[i] = previous }
    }
    let total = counts[counts.count - 1]
    if total == 0 || total.isNaN { return .nan }
    let rank = q * total
    guard let b = counts.indices.dropLast().first(where: { counts[$0] >= rank }) else {
        return bounds[bounds.count - 2]
    }
    if b == 0 {
        return bounds[0] <= 0 ? bounds[0] : bounds[0] * (rank / counts[0])
    }
    let share = (rank - counts[b - 1]) / (counts[b] - counts[b - 1])
    return bounds[b - 1] + (bounds[b] - bounds[b - 1]) * share
}
