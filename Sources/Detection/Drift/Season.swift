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
        let offered = [Self.day, Self.day / 2, Self.day / 3, 7 * Self.day]
        for period in offered where Self.isCovered(period, by: times) {
            // Harmonics of a day that has no rhythm are chance.
            if period < Self.day, periods.isEmpty { continue }
            guard windows.count >= 12 + 2 * (3 + 2 * periods.count) else { break }
            let before = times.map { Self.design(periods, at: $0) }
            let after = times.map { Self.design(periods + [period], at: $0) }
            if Self.lnChance(features, before, after) < Self.lnLevel { periods.append(period) }
        }
        guard !periods.isEmpty else { return nil }
        let designs = times.map { Self.design(periods, at: $0) }
        let sizes = windows.map { $0.reduce(0, +) }
        guard let covariance = SmallMatrix.inverse(Self.gram(designs, weights: sizes)) else {
            return nil
        }
        self.periods = periods
        self.covariance = covariance
        let total = sizes.reduce(0, +)
        factors = windows[0].indices.map { i in
            let moments = designs[0].indices.map { k in
                zip(designs, windows).reduce(0) { $0 + $1.0[k] * $1.1[i] }
            }
            return covariance.map { row in zip(row, moments).reduce(0) { $0 + $1.0 * $1.1 } }
        }
        overallShares = windows[0].indices.map { i in
            windows.reduce(0) { $0 + $1[i] } / total
        }
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
        var design = [1.0]
        for period in periods {
            let phase = Double(time.milliseconds).truncatingRemainder(dividingBy: period) / period
            design += [cos(2 * .pi * phase), sin(2 * .pi * phase)]
        }
        return design
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
        _ features: [[Double]], _ before: [Design], _ after: [Design]
    ) -> Double {
        let featureCount = features.map(\.count).min() ?? 0
        let freedom = Double(features.count - after[0].count)
        guard featureCount > 0, freedom > 0, let plainFit = Fit(before), let fullFit = Fit(after)
        else { return 0 }
        var statistic = 0.0
        for j in 0..<featureCount {
            let feature = features.map { $0[j] }
            let (plain, full) = (plainFit.residual(feature), fullFit.residual(feature))
            statistic += (plain - full) / max(full / freedom, 1)
        }
        let dof = Double(featureCount * (after[0].count - before[0].count))
        return ChiSquared.lnUpper(max(statistic, 0), dof: dof)
    }

    /// Least squares over one design, for any number of features.
    private struct Fit {
        let designs: [Design]
        let inverse: [[Double]]

        /// nil for a design that cannot be fitted.
        init?(_ designs: [Design]) {
            let weights = [Double](repeating: 1, count: designs.count)
            guard let inverse = SmallMatrix.inverse(Season.gram(designs, weights: weights)) else {
                return nil
            }
            self.designs = designs
            self.inverse = inverse
        }

        /// Sum of squares that the fit leaves.
        func residual(_ feature: [Double]) -> Double {
            let moments = inverse.indices.map { k in
                zip(designs, feature).reduce(0) { $0 + $1.0[k] * $1.1 }
            }
            let fit = inverse.map { SmoothTest.product($0, moments) }
            return zip(designs, feature).reduce(0) { sum, row in
                let left = row.1 - SmoothTest.product(row.0, fit)
                return sum + left * left
            }
        }
    }

    private static func gram(_ designs: [Design], weights: [Double]) -> [[Double]] {
        designs[0].indices.map { a in
            designs[0].indices.map { b in
                zip(designs, weights).reduce(0) { $0 + $1.1 * $1.0[a] * $1.0[b] }
            }
        }
    }
}

/// Dense matrices of a few rows.
enum SmallMatrix {
    /// Gauss–Jordan with pivots; nil for a matrix that is singular to rounding.
    static func inverse(_ matrix: [[Double]]) -> [[Double]]? {
        let count = matrix.count
        let scale = matrix.flatMap { $0 }.reduce(0) { max($0, abs($1)) }
        var left = matrix
        var right = (0..<count).map { i in (0..<count).map { i == $0 ? 1.0 : 0.0 } }
        for column in 0..<count {
            let rows = column..<count
            guard let pivot = rows.max(by: { abs(left[$0][column]) < abs(left[$1][column]) }),
                abs(left[pivot][column]) > 1e-10 * scale
            else { return nil }
            left.swapAt(column, pivot)
            right.swapAt(column, pivot)
            let divisor = left[column][column]
            for k in 0..<count {
                left[column][k] /= divisor
                right[column][k] /= divisor
            }
            for row in 0..<count where row != column {
                let factor = left[row][column]
                for k in 0..<count {
                    left[row][k] -= factor * left[column][k]
                    right[row][k] -= factor * right[column][k]
                }
            }
        }
        return right
    }
}
