#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// How rare a statistic's value is on this stream, learned from the values before it.
///
/// Peaks over a running 99 % quantile follow a generalised Pareto law, fitted by moments; memory is
/// a few numbers. One threshold then serves statistics and streams of any shape.
///
/// Source: A. Siffer et al., *Anomaly Detection in Streams with Extreme Value Theory*, KDD 2017.
struct TailEstimate: Codable, Sendable, Equatable {
    private var quantile: Double
    /// Peaks of separate runs above the quantile, with two for a start.
    private var peakCount = 2.0
    private var peakSum: Double
    private var peakSquares: Double
    /// Highest excess of the run that is going on.
    private var peak: Double?
    private var quietCount = 0

    /// - Parameter start: Where the quantile is first thought to be.
    init(start: Double) {
        quantile = start
        peakSum = start
        peakSquares = start * start
    }

    /// −log₁₀ of the chance of a value at least this large; 0 for values of 0 and below.
    func rarity(of value: Double) -> Double {
        guard value > 0 else { return 0 }
        let excess = value - quantile
        if excess <= 0 { return 2 * value / quantile }
        let mean = peakSum / peakCount
        let variance = max(peakSquares / peakCount - mean * mean, 1e-12 * mean * mean)
        let shape = min(max(0.5 * (1 - mean * mean / variance), 0), 0.5)
        let scale = mean * (1 - shape)
        let ratio = excess / scale
        let exponent = shape < 1e-6 ? ratio : log1p(shape * ratio) / shape
        return 2 + exponent / log(10)
    }

    mutating func learn(_ value: Double) {
        let value = min(max(value, 0), 1e6)
        if value > quantile {
            peak = max(peak ?? 0, value - quantile)
            quietCount = 0
        } else if let excess = peak {
            quietCount += 1
            if quietCount >= 10 {
                peakCount += 1
                peakSum += excess
                peakSquares += excess * excess
                peak = nil
            }
        }
        let step = 0.1 * max(quantile, 0.1)
        quantile += value > quantile ? 0.99 * step : -0.01 * step
    }
}
