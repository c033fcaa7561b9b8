#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import TimeSeries

/// How the shares of bins swing with the time of day and of week, fitted to the reference's own
/// windows.
///
///     shareᵢ(t) = Σₖ βᵢₖ xₖ(t),   x = 1, cos 2πt/P, sin 2πt/P, …
///
/// The windows of all hours share one fit, so that a reference of a few days suffices where one
/// for each hour would take weeks. Periods of a day, its half and third, and of a week are each
/// taken up only if the windows show them at 1 in 1,000.
struct Season: Sendable, Equatable {
    /// The design of the fit at a time: 1, then cosine and sine for each period.
    typealias Design = [Double]

    private static let day = 86_400_000.0
    private static let lnLevel = log(0.001)

    private let periods: [Double]
    /// For each bin, a factor for each part of the design.
    private let factors: [[Double]]
    private let overallShares: [Double]
    /// (Xᵀ N X)⁻¹, the variance of the fit in units of that of one observation.
    private let covariance: [[Double]]

    /// - Parameters:
    ///   - windows: Counts, each as long as there are bins, none empty.
    ///   - features: For each window the same number of roughly standard normal numbers in which
    ///     a season would show.
    /// - Returns: nil where there is no season to be seen.
    init?(windows: [[Double]], times: [Timestamp], features: [[Double]]) {
        guard windows.count == times.count, windows.count == features.count, windows.count >= 18
        else { return nil }
        var periods: [Double] = []
        var plain = DesignMatrix(rowCount: windows.count)
        let offered = [Self.day, Self.day / 2, Self.day / 3, 7 * Self.day]
        for period in offered where Self.isCovered(period, by: times) {
            // Harmonics of a day that has no rhythm are chance.
            if period < Self.day, periods.isEmpty { continue }
            guard windows.count >= 12 + 2 * (3 + 2 * periods.count) else { break }
            let wider = plain.adding(times.map { Self.wave(period, at: $0) })
            guard let plainFit = plain.fit, let fullFit = wider.fit else { continue }
            if Self.lnChance(features, plainFit, fullFit) < Self.lnLevel {
                periods.append(period)
                plain = wider
            }
        }
        guard !periods.isEmpty else { return nil }
        let sizes = windows.map { $0.reduce(0, +) }
        guard let covariance = SmallMatrix.inverse(plain.gram(weights: sizes)) else {
            return nil
        }
        self.periods = periods
        self.covariance = covariance
        let total = sizes.reduce(0, +)
        let moments = plain.moments(of: windows)
        factors = windows[0].indices.map { i in
            covariance.map { row in zip(row, moments).reduce(0) { $0 + $1.0 * $1.1[i] } }
        }
        // The first part of the design is 1.
        overallShares = moments[0].map { $0 / total }
    }

    func design(at time: Timestamp) -> Design { Self.design(periods, at: time) }

    /// The reference for a time, or for a mean of times: its counts are those of as many
    /// observations as the fit is worth there.
    func reference(for design: Design) -> [Double] {
        var shares = factors.indices.map { i in
            max(
                zip(factors[i], design).reduce(0) { $0 + $1.0 * $1.1 },
                0.1 * overallShares[i])
        }
        let total = shares.reduce(0, +)
        var variance = 0.0
        for (row, x) in zip(covariance, design) {
            variance += x * zip(row, design).reduce(0) { $0 + $1.0 * $1.1 }
        }
        guard total > 0, variance > 0 else { return shares }
        for i in shares.indices { shares[i] /= total * variance }
        return shares
    }

    private static func design(_ periods: [Double], at time: Timestamp) -> Design {
        periods.reduce(into: [1.0]) { design, period in
            let wave = wave(period, at: time)
            design += [wave.cosine, wave.sine]
        }
    }

    private static func wave(
        _ period: Double, at time: Timestamp
    ) -> (cosine: Double, sine: Double) {
        let phase = Double(time.milliseconds).truncatingRemainder(dividingBy: period) / period
        return (cos(2 * .pi * phase), sin(2 * .pi * phase))
    }

    /// One and a half periods at least, with three windows or more in each.
    private static func isCovered(_ period: Double, by times: [Timestamp]) -> Bool {
        span(of: times) >= leastPeriods * period
            && span(of: times) / Double(times.count - 1) <= period / 3
    }

    private static let leastPeriods = 1.5

    private static func span(of times: [Timestamp]) -> Double {
        guard let first = times.min(), let last = times.max() else { return 0 }
        return Double(last.milliseconds - first.milliseconds)
    }

    /// The shortest rhythm that windows at these times cannot show: `day`, `week` or none.
    static func unknownRhythm(of times: [Timestamp]) -> String? {
        // The last window's own length is not known; the distance of two is about that.
        let span = span(of: times) * (1 + 1 / Double(max(times.count - 1, 1)))
        if span < leastPeriods * day { return "day" }
        return span < leastPeriods * 7 * day ? "week" : nil
    }

    /// ln of the chance that the further parts of the design explain so much of the features.
    private static func lnChance(
        _ features: [[Double]], _ plain: DesignMatrix.Fit, _ full: DesignMatrix.Fit
    ) -> Double {
        let featureCount = features.map(\.count).min() ?? 0
        let freedom = Double(features.count - full.width)
        guard featureCount > 0, freedom > 0 else { return 0 }
        var statistic = 0.0
        for j in 0..<featureCount {
            let feature = features.map { $0[j] }
            let (before, after) = (plain.residual(feature), full.residual(feature))
            statistic += (before - after) / max(after / freedom, 1)
        }
        let dof = Double(featureCount * (full.width - plain.width))
        return ChiSquared.lnUpper(max(statistic, 0), dof: dof)
    }
}
