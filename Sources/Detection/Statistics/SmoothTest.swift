#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Two-sample Neyman smooth test of order 4 on counts in ordered bins.
///
/// Scores are Legendre polynomials of the pooled mid-ranks, their covariance that of permutations,
/// so that ties are no problem and two bins are enough.
///
/// Source: J. Rayner, O. Thas, D. Best, *Smooth Tests of Goodness of Fit*, 2nd ed., Wiley, 2009.
package struct SmoothTest: Sendable, Equatable {
    /// Chi-square with `dof` degrees of freedom when nothing has changed.
    package var statistic: Double
    /// Number of components: min(4, bins − 1).
    package var dof: Int
    /// Standardised components with sign: location, spread, skew, tails.
    package var z: [Double]
    /// The same made independent of the components before; their squares add up to the statistic.
    var components: [Double] = []

    /// The test, or nil when a side is empty or all values share one bin.
    ///
    /// - Parameters: Counts in the same ordered bins, finite, not negative, not necessarily whole.
    package init?(reference: [Double], current: [Double]) {
        precondition(reference.count == current.count)
        let used = reference.indices.filter { reference[$0] + current[$0] > 0 }
        let pooled = used.map { reference[$0] + current[$0] }
        let m = used.reduce(0) { $0 + reference[$1] }
        let n = used.reduce(0) { $0 + current[$1] }
        let total = m + n
        guard m > 0, n > 0, used.count >= 2, total > 1 else { return nil }
        dof = min(4, used.count - 1)
        let places = Self.places(pooled)
        let scale = m * n / (total * (total - 1))
        statistic = 0
        z = []
        let observed = used.map { current[$0] }
        let ones = [Double](repeating: 1, count: used.count)
        for j in 0..<dof {
            var d = places.map { Self.legendre(j + 1, $0) }
            let mean = Self.product(pooled, d, ones) / total
            for i in d.indices { d[i] -= mean }
            let linear = Self.product(observed, d, ones)
            let variance = Self.product(pooled, d, d)
            z.append(variance > 0 ? linear / (scale * variance).squareRoot() : 0)
        }
        // Orthonormal scores turn the quadratic form L'S⁻¹L into a plain sum of squares.
        for scores in Self.orthonormalScores(pooled) {
            let sum = Self.product(observed, scores, ones)
            components.append(sum / scale.squareRoot())
            statistic += sum * sum / scale
        }
        if dof == used.count - 1 {
            // With a component for every contrast this is Pearson's statistic, which needs no
            // polynomials and so keeps its digits when one bin holds nearly everything.
            let pearson = HomogeneityTest([used.map { reference[$0] }, used.map { current[$0] }])
            statistic = pearson.statistic * (total - 1) / total
        }
    }

    package var lnPValue: Double { ChiSquared.lnUpper(statistic, dof: Double(dof)) }
    package var pValue: Double { exp(lnPValue) }

    /// Mid-ranks of bins as places in −1...1.
    private static func places(_ counts: [Double]) -> [Double] {
        let total = counts.reduce(0, +)
        var below = 0.0
        return counts.map { count in
            defer { below += count }
            return (below + below + count) / total - 1
        }
    }

    /// Polynomials of order 1, 2, … of the mid-ranks, at most four and fewer than there are bins
    /// in use, with mean 0 over the counts and sums of squares of 1; one number for each bin.
    static func orthonormalScores(_ counts: [Double]) -> [[Double]] {
        let total = counts.reduce(0, +)
        let used = counts.count { $0 > 0 }
        guard total > 0, used >= 2 else { return [] }
        let places = places(counts)
        // Each is made from the one before, since Legendre's are nearly the same where one bin
        // holds nearly everything.
        var basis = [counts.map { _ in 1 / total.squareRoot() }]
        for _ in 0..<min(4, used - 1) {
            var d = zip(places, basis[basis.count - 1]).map { $0 * $1 }
            let before = product(counts, d, d)
            // Twice is enough against cancellation (Kahan, Parlett).
            for _ in 0..<2 {
                for g in basis {
                    let overlap = product(counts, g, d)
                    for i in d.indices { d[i] -= overlap * g[i] }
                }
            }
            let rest = product(counts, d, d)
            guard rest > before * 1e-24, rest > 0 else { break }
            let length = rest.squareRoot()
            for i in d.indices { d[i] /= length }
            basis.append(d)
        }
        return Array(basis.dropFirst())
    }

    /// Σ aᵢ bᵢ.
    static func product(_ a: [Double], _ b: [Double]) -> Double {
        precondition(a.count == b.count)
        return a.indices.reduce(0) { $0 + a[$1] * b[$1] }
    }

    /// Σ wᵢ aᵢ bᵢ, in four sums that the processor adds at the same time.
    private static func product(_ w: [Double], _ a: [Double], _ b: [Double]) -> Double {
        precondition(a.count == w.count && b.count == w.count)
        var sums = SIMD4<Double>.zero
        var i = 0
        while i + 4 <= w.count {
            sums += SIMD4(
                w[i] * a[i] * b[i], w[i + 1] * a[i + 1] * b[i + 1],
                w[i + 2] * a[i + 2] * b[i + 2], w[i + 3] * a[i + 3] * b[i + 3])
            i += 4
        }
        while i < w.count {
            sums[0] += w[i] * a[i] * b[i]
            i += 1
        }
        return sums.sum()
    }

    /// Shifted Legendre polynomial of order 1...4, normalised on [0, 1], at x = 2u − 1.
    private static func legendre(_ order: Int, _ x: Double) -> Double {
        let s = x * x
        return switch order {
        case 1: sqrt(3) * x
        case 2: sqrt(5) * (3 * s - 1) / 2
        case 3: sqrt(7) * (5 * s - 3) * x / 2
        default: 3 * ((35 * s - 30) * s + 3) / 8
        }
    }
}
