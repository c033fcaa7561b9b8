#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Anderson-Darling test of k samples, with mid-ranks.
///
/// Source: F. Scholz, M. Stephens, *K-Sample Anderson-Darling Tests*, JASA 82 (1987) 918.
package struct AndersonDarling: Sendable, Equatable {
    /// Why there is no result.
    package enum Failure: String, Error, Sendable {
        /// A sample has no finite value.
        case empty
        /// All values are equal.
        case constant
        /// Fewer than four values in all, or fewer than two samples.
        case tooFew = "too-few"
    }

    /// A²akN.
    package let statistic: Double
    /// Standard deviation of the statistic when nothing has changed.
    package let deviation: Double
    /// (statistic − (k − 1)) / deviation.
    package let standardised: Double
    private let sampleCount: Int

    package init(_ samples: [FiniteSample]) throws(Failure) {
        guard samples.allSatisfy({ !$0.isEmpty }) else { throw .empty }
        guard samples.count >= 2, let first = samples.compactMap(\.smallest).min(),
            let last = samples.compactMap(\.largest).max()
        else { throw .tooFew }
        guard first < last else { throw .constant }
        let total = samples.reduce(0) { $0 + $1.count }
        guard total >= 4 else { throw .tooFew }
        sampleCount = samples.count
        statistic = Self.statistic(samples)
        deviation = Self.variance(samples.map(\.count), total: total).squareRoot()
        standardised = (statistic - Double(samples.count - 1)) / deviation
    }

    /// p by the authors' seven critical values, clipped to 0.001...0.25; to compare, not to alarm.
    package var tablePValue: Double {
        let m = Double(sampleCount - 1)
        let b0 = [0.675, 1.281, 1.645, 1.96, 2.326, 2.573, 3.085]
        let b1 = [-0.245, 0.25, 0.678, 1.149, 1.822, 2.364, 3.615]
        let b2 = [-0.105, -0.305, -0.362, -0.391, -0.396, -0.345, -0.154]
        let critical = b0.indices.map { b0[$0] + b1[$0] / m.squareRoot() + b2[$0] / m }
        let levels = [0.25, 0.1, 0.05, 0.025, 0.01, 0.005, 0.001]
        if standardised <= critical[0] { return levels[0] }
        if standardised >= critical[6] { return levels[6] }
        let c = Self.quadraticFit(critical, levels.map { log($0) })
        let value = exp(c[0] + standardised * (c[1] + standardised * c[2]))
        return min(max(value, levels[6]), levels[0])
    }

    private static func statistic(_ samples: [FiniteSample]) -> Double {
        var cursors = samples.map(\.cursor)
        let counts = samples.map(\.count)
        let total = samples.reduce(0) { $0 + Double($1.count) }
        var position = [Int](repeating: 0, count: samples.count)
        var end = position
        var below = 0.0
        var sums = [Double](repeating: 0, count: samples.count)
        while below < total {
            var x = Double.infinity
            for i in counts.indices where position[i] < counts[i] {
                x = min(x, cursors[i][position[i]])
            }
            var ties = 0.0
            for i in counts.indices {
                end[i] = position[i]
                while end[i] < counts[i], cursors[i][end[i]] == x { end[i] += 1 }
                ties += Double(end[i] - position[i])
            }
            let rank = below + ties / 2
            let weight = ties / total / (rank * (total - rank) - total * ties / 4)
            for i in counts.indices {
                let own = Double(position[i]) + Double(end[i] - position[i]) / 2
                let distance = total * own - rank * Double(counts[i])
                if weight.isFinite { sums[i] += weight * distance * distance }
                position[i] = end[i]
            }
            below += ties
        }
        let sum = zip(sums, counts).reduce(0) { $0 + $1.0 / Double($1.1) }
        return sum * (total - 1) / total
    }

    private static func variance(_ counts: [Int], total: Int) -> Double {
        let k = Double(counts.count)
        let n = Double(total)
        let inverse = counts.reduce(0) { $0 + 1 / Double($1) }
        var harmonic = 0.0
        var g = 0.0
        // Σᵢ Σⱼ 1/((N−i) j) over i < j < N, from the sums of the inner part.
        for i in 1..<(total - 1) {
            harmonic += 1 / Double(total - i)
            g += harmonic / Double(i + 1)
        }
        let h = harmonic + 1
        let a = (4 * g - 6) * (k - 1) + (10 - 6 * g) * inverse
        let b =
            (2 * g - 4) * k * k + 8 * h * k + (2 * g - 14 * h - 4) * inverse - 8 * h + 4 * g - 6
        let c =
            (6 * h + 2 * g - 2) * k * k + (4 * h - 4 * g + 6) * k + (2 * h - 6) * inverse + 4 * h
        let d = (2 * h + 6) * k * k - 4 * h * k
        return (((a * n + b) * n + c) * n + d) / ((n - 1) * (n - 2) * (n - 3))
    }

    /// Least squares through the points, by orthogonal polynomials.
    private static func quadraticFit(_ x: [Double], _ y: [Double]) -> [Double] {
        let n = Double(x.count)
        let centre = x.reduce(0, +) / n
        let u = x.map { $0 - centre }
        let s2 = u.reduce(0) { $0 + $1 * $1 }
        let s3 = u.reduce(0) { $0 + $1 * $1 * $1 }
        let quadratic = u.map { $0 * $0 - s3 / s2 * $0 - s2 / n }
        let norm = quadratic.reduce(0) { $0 + $1 * $1 }
        let level = y.reduce(0, +) / n
        let slope = zip(u, y).reduce(0) { $0 + $1.0 * $1.1 } / s2
        let bend = zip(quadratic, y).reduce(0) { $0 + $1.0 * $1.1 } / norm
        // Back to powers of x.
        let c1 = slope - bend * s3 / s2
        let c0 = level - bend * s2 / n
        return [c0 - c1 * centre + bend * centre * centre, c1 - 2 * bend * centre, bend]
    }
}

/// Two-sample Cramér-von Mises test with mid-ranks.
package struct CramerVonMises: Sendable, Equatable {
    package let statistic: Double
    /// By the limit law, after matching mean and variance.
    package let pValue: Double

    /// nil when a side has fewer than two values.
    package init?(reference: FiniteSample, current: FiniteSample) {
        guard reference.count > 1, current.count > 1 else { return nil }
        let (m, n) = (Double(reference.count), Double(current.count))
        let total = m + n
        var walk = TieWalk(reference, current)
        var (first, second) = (0.0, 0.0)
        while walk.next() {
            let rank =
                (Double(walk.belowA + walk.belowB) + Double(walk.throughA + walk.throughB) + 1) / 2
            for k in walk.belowA..<walk.throughA {
                first += (rank - Double(k + 1)) * (rank - Double(k + 1))
            }
            for k in walk.belowB..<walk.throughB {
                second += (rank - Double(k + 1)) * (rank - Double(k + 1))
            }
        }
        let pairs = m * n
        let t = (m * first + n * second) / (pairs * total) - (4 * pairs - 1) / (6 * total)
        statistic = t
        let mean = (1 + 1 / total) / 6
        let variance =
            (total + 1) * (4 * pairs * total - 3 * (m * m + n * n) - 2 * pairs)
            / (45 * total * total * 4 * pairs)
        let limit = 1.0 / 6 + (t - mean) / (45 * variance).squareRoot()
        pValue = limit < 0.003 ? 1 : Self.limitUpper(limit)
    }

    /// Upper tail of the limit law, by Anderson and Darling's series of Bessel functions.
    static func limitUpper(_ x: Double) -> Double {
        var sum = 0.0
        for k in 0..<60 {
            let a = Double(4 * k + 1)
            let q = a * a / (16 * x)
            let coefficient = exp(Gamma.ln(Double(k) + 0.5) - Gamma.ln(Double(k) + 1))
            let term =
                coefficient * a.squareRoot() * exp(-2 * q) * scaledBessel(q)
                / (pow(.pi, 1.5) * x.squareRoot())
            sum += term
            if term < 1e-17 * sum { break }
        }
        return min(max(1 - sum, 0), 1)
    }

    /// eˣ K¼(x), by the trapezoid rule on its integral, which converges exponentially.
    private static func scaledBessel(_ x: Double) -> Double {
        let step = 1.0 / 32
        var sum = 0.5
        for i in 1..<4000 {
            let t = Double(i) * step
            let term = exp(-x * (cosh(t) - 1)) * cosh(t / 4)
            sum += term
            if term < 1e-18 * sum { break }
        }
        return sum * step
    }
}
