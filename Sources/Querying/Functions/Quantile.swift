/// The φ-quantile of unordered values, linear between neighbours (type 7).
///
/// - Returns: NaN for no values or a φ that is NaN, −∞ for φ < 0, +∞ for φ > 1.
/// - Complexity: O(n log n); sorts the buffer in place, NaN first.
func quantile(_ q: Double, of values: inout [Double]) -> Double {
    if values.isEmpty || q.isNaN { return .nan }
    if q < 0 { return -.infinity }
    if q > 1 { return .infinity }
    values.sort { $0 < $1 || ($0.isNaN && !$1.isNaN) }
    let rank = q * Double(values.count - 1)
    let lower = Int(rank)
    let upper = min(lower + 1, values.count - 1)
    let weight = rank - rank.rounded(.down)
    return values[lower] * (1 - weight) + values[upper] * weight
}
