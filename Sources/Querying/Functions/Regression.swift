/// Least-squares line through a window's samples.
///
/// - Parameter origin: Milliseconds; where the intercept is taken.
/// - Returns: Slope per second and intercept. Constant values give slope 0 exactly, or NaN where
///   they are infinite.
/// - Precondition: At least two samples.
func linearRegression(
    _ timestamps: Span<Int64>, _ values: Span<Double>, _ bounds: WindowBounds, origin: Int64
) -> (slope: Double, intercept: Double) {
    var x = KahanSum()
    var y = KahanSum()
    var xy = KahanSum()
    var xx = KahanSum()
    let initial = values[bounds.first]
    var isConstant = true
    for index in bounds.first..<bounds.end {
        let value = values[index]
        if value != initial { isConstant = false }
        let time = Double(timestamps[index] - origin) / 1000
        x.add(time)
        y.add(value)
        xy.add(time * value)
        xx.add(time * time)
    }
    if isConstant { return initial.isInfinite ? (.nan, .nan) : (0, initial) }
    let n = Double(bounds.count)
    let sumX = x.sum + x.compensation
    let sumY = y.sum + y.compensation
    let covariance = (xy.sum + xy.compensation) - sumX * sumY / n
    let variance = (xx.sum + xx.compensation) - sumX * sumX / n
    let slope = covariance / variance
    return (slope, sumY / n - slope * sumX / n)
}

/// Holt's double exponential smoothing: the smoothed value at the window's end.
///
/// - Parameters:
///   - smoothing: Weight of the newest value, 0...1 exclusive.
///   - trend: Weight of the newest trend, 0...1 exclusive.
/// - Returns: Absent with fewer than two samples.
///
/// Source: https://en.wikipedia.org/wiki/Exponential_smoothing#Double_exponential_smoothing
func smoothed(
    _ values: Span<Double>, _ bounds: WindowBounds, smoothing: Double, trend: Double
) -> Double {
    guard bounds.count >= 2 else { return .absent }
    var previous = 0.0
    var current = values[bounds.first]
    var slope = values[bounds.first + 1] - values[bounds.first]
    for index in (bounds.first + 1)..<bounds.end {
        let weighted = smoothing * values[index]
        if index > bounds.first + 1 {
            slope = trend * (current - previous) + (1 - trend) * slope
        }
        (previous, current) = (current, weighted + (1 - smoothing) * (current + slope))
    }
    return current
}
