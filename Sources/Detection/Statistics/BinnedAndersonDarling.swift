#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Two-sample Anderson-Darling distance on counts in ordered bins, with mid-ranks.
///
/// The weight of a bin is that of Scholz and Stephens (1987), the law that of the binned
/// statistic, a weighted sum of chi-squares, so that coarse bins and heavy ties stay calibrated.
package struct BinnedAndersonDarling: Sendable, Equatable {
    package let law: WeightedChiSquare

    /// Prepares the law from the shares the bins have when nothing changes.
    ///
    /// - Complexity: O(bins³) once, for at most 80 bins; more are merged in pairs for the law.
    package init(shares: [Double]) {
        var used = shares.filter { $0 > 0 }
        while used.count > 80 {
            used = stride(from: 0, to: used.count, by: 2).map { i in
                used[i] + (i + 1 < used.count ? used[i + 1] : 0)
            }
        }
        let total = used.reduce(0, +)
        let h = used.map { $0 / total }
        guard h.count >= 2 else {
            law = WeightedChiSquare(weights: [])
            return
        }
        // Deviations of the mid-distribution function are A(q − p); their covariance is AΣA'.
        var middles: [Double] = []
        var below = 0.0
        for share in h {
            middles.append(below + share / 2)
            below += share
        }
        var matrix = h.map { _ in [Double](repeating: 0, count: h.count) }
        for i in h.indices {
            for j in i..<h.count {
                // Cov of 1{below i} + ½1{at i} with the same for j, for i ≤ j.
                let mixed = i == j ? middles[i] - h[i] / 4 : middles[i]
                let weights = Self.weight(h[i], middles[i]) * Self.weight(h[j], middles[j])
                let value = (mixed - middles[i] * middles[j]) * weights.squareRoot()
                matrix[i][j] = value
                matrix[j][i] = value
            }
        }
        law = WeightedChiSquare(weights: symmetricEigenvalues(matrix))
    }

    /// The distance of two samples over the bins.
    package func statistic(reference: [Double], current: [Double]) -> Double {
        let m = reference.reduce(0, +)
        let n = current.reduce(0, +)
        guard m > 0, n > 0 else { return 0 }
        var sum = 0.0
        var (p, q) = (0.0, 0.0)
        for (r, c) in zip(reference, current) where r + c > 0 {
            let distance = (q + c / 2) / n - (p + r / 2) / m
            let share = (r + c) / (m + n)
            let middle = (p + q + (r + c) / 2) / (m + n)
            sum += distance * distance * Self.weight(share, middle)
            p += r
            q += c
        }
        return sum * m * n / (m + n)
    }

    private static func weight(_ share: Double, _ middle: Double) -> Double {
        let spread = middle * (1 - middle) - share / 4
        return spread > 0 ? share / spread : 0
    }
}
