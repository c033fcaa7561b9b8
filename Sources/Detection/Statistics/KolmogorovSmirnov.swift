#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Two-sample Kolmogorov-Smirnov test.
package struct KolmogorovSmirnov: Sendable, Equatable {
    /// Largest distance between the two empirical distribution functions, in 0...1.
    package let distance: Double
    private let m: Int
    private let n: Int
    /// The distance times m·n, a whole number.
    private let latticeDistance: Int

    /// nil when a side is empty.
    package init?(reference: FiniteSample, current: FiniteSample) {
        guard !reference.isEmpty, !current.isEmpty else { return nil }
        m = reference.count
        n = current.count
        var walk = TieWalk(reference, current)
        var largest = 0
        while walk.next() {
            largest = max(largest, abs(walk.throughA * n - walk.throughB * m))
        }
        latticeDistance = largest
        distance = Double(largest) / (Double(m) * Double(n))
    }

    /// Two-sided p by the exact law, as if there were no ties, up to 10 000 pairs, and by
    /// Kolmogorov's limit law beyond.
    package var pValue: Double { m * n <= 10_000 ? exactPValue : limitPValue }

    /// Kolmogorov's limit law at √(mn/(m+n)) d.
    package var limitPValue: Double { KolmogorovLaw.upper(effectiveCount.squareRoot() * distance) }

    /// The exact one-sample law for round(mn/(m+n)) values; NaN when that is 0.
    package var oneSamplePValue: Double {
        KolmogorovLaw.upper(
            distance: distance, count: Int(effectiveCount.rounded(.toNearestOrEven)))
    }

    /// The exact two-sample law, by counting lattice paths that leave the band.
    ///
    /// Probabilities of first exits are added up, so that small tails keep their digits.
    ///
    /// - Complexity: O(m·n) time, O(min(m, n)) memory.
    package var exactPValue: Double {
        guard latticeDistance > 0 else { return 1 }
        let (rows, columns) = m >= n ? (m, n) : (n, m)
        // reach[j]: chance that a random path passes (i, j) without having left the band.
        var reach = [Double](repeating: 0, count: columns + 1)
        reach[0] = 1
        var outside = 0.0
        for i in 0...rows {
            for j in 0...columns {
                let left = Double(rows - i + columns - j)
                if i > 0 {
                    // The step from (i − 1, j) adds one to i.
                    reach[j] *= Double(rows - i + 1) / (left + 1)
                }
                if j > 0 {
                    reach[j] += reach[j - 1] * Double(columns - j + 1) / (left + 1)
                }
                if abs(i * columns - j * rows) >= latticeDistance {
                    outside += reach[j]
                    reach[j] = 0
                }
            }
        }
        return min(outside, 1)
    }

    private var effectiveCount: Double {
        Double(m) * Double(n) / (Double(m) + Double(n))
    }
}

extension KolmogorovLaw {
    /// Upper tail of the largest distance D of `count` values from their own law.
    ///
    /// Small tails are twice the one-sided law, which Smirnov's sum gives exactly; the rest is
    /// Durbin's matrix power, or for long samples the limit law with three corrections.
    ///
    /// Sources: G. Marsaglia, W. Tsang, J. Wang, J. Stat. Softw. 8 (2003) 18; R. Simard,
    /// P. L'Ecuyer, J. Stat. Softw. 39 (2011) 11; W. Pelz, I. Good, JRSS B 38 (1976) 152.
    package static func upper(distance d: Double, count: Int) -> Double {
        guard count > 0, !d.isNaN else { return .nan }
        let n = Double(count)
        if d * n <= 0.5 { return 1 }
        if d >= 1 { return 0 }
        if d >= 0.5 || n * d * d >= 2.6 { return min(2 * oneSided(d, n), 1) }
        if n * d <= 80 { return min(max(1 - durbin(d, count), 0), 1) }
        return min(max(1 - pelzGood(n.squareRoot() * d, n), 0), 1)
    }

    /// P(√n D < z) in powers of 1/√n up to the third.
    private static func pelzGood(_ z: Double, _ n: Double) -> Double {
        let z2 = z * z
        let (z4, z6, z8) = (z2 * z2, z2 * z2 * z2, z2 * z2 * z2 * z2)
        let pi2 = Double.pi * Double.pi
        var sums = [0.0, 0, 0, 0]
        for k in 0..<40 {
            let h = pi2 * (Double(k) + 0.5) * (Double(k) + 0.5)
            // Twice, for k and −k − 1.
            let weight = 2 * exp(-h / (2 * z2))
            sums[0] += weight
            sums[1] += weight * (h - z2)
            sums[2] += weight * (6 * z6 + 2 * z4 + (2 * z4 - 5 * z2) * h + (1 - 2 * z2) * h * h)
            sums[3] +=
                weight
                * (h * h * h * (5 - 30 * z2) + h * h * (212 * z4 - 60 * z2)
                    + h * (135 * z4 - 96 * z6) - 30 * z6 - 90 * z8)
        }
        var (second, third) = (0.0, 0.0)
        for k in 1..<40 {
            let h = pi2 * Double(k * k)
            let weight = 2 * exp(-h / (2 * z2))
            second += weight * h
            third += weight * (3 * h * z2 - h * h)
        }
        let root = (Double.pi / 2).squareRoot()
        let k0 = root / z * sums[0]
        let k1 = root / (6 * z4) * sums[1]
        let k2 = root * (sums[2] / (72 * z6 * z) - second / (36 * z2 * z))
        let k3 = root * (sums[3] / (6480 * z8 * z2) + third / (216 * z6))
        return k0 + (k1 + (k2 + k3 / n.squareRoot()) / n.squareRoot()) / n.squareRoot()
    }

    /// Smirnov's P(D⁺ ≥ d) = d Σ C(n, j) (d + j/n)^(j−1) (1 − d − j/n)^(n−j).
    private static func oneSided(_ d: Double, _ n: Double) -> Double {
        var sum = LogSum()
        let last = Int((n * (1 - d)).rounded(.down))
        for j in 0...max(last, 0) {
            let k = Double(j)
            let rest = 1 - d - k / n
            let choose = -Beta.ln(k + 1, n - k + 1) - log(n + 1)
            if rest > 0 {
                sum.add(choose + (k - 1) * log(d + k / n) + (n - k) * log(rest))
            } else if k == n {
                sum.add(choose + (k - 1) * log(d + k / n))
            }
        }
        return exp(min(sum.value + log(d), 0))
    }

    private static func durbin(_ d: Double, _ n: Int) -> Double {
        let k = Int(Double(n) * d) + 1
        let size = 2 * k - 1
        let h = Double(k) - Double(n) * d
        var matrix = SquareMatrix(size: size)
        for i in 0..<size {
            for j in 0..<size where i - j + 1 >= 0 { matrix[i, j] = 1 }
        }
        for i in 0..<size {
            matrix[i, 0] -= pow(h, Double(i + 1))
            matrix[size - 1, i] -= pow(h, Double(size - i))
        }
        matrix[size - 1, 0] += 2 * h - 1 > 0 ? pow(2 * h - 1, Double(size)) : 0
        for i in 0..<size {
            for j in 0..<size where i - j + 1 > 0 {
                matrix[i, j] /= exp(Gamma.ln(Double(i - j + 2)))
            }
        }
        let (power, lnScale) = matrix.power(n)
        let centre = power[k - 1, k - 1]
        let lnFactorial = Gamma.ln(Double(n) + 1) - Double(n) * log(Double(n))
        return centre > 0 ? exp(log(centre) + lnScale + lnFactorial) : 0
    }
}

/// A dense square matrix, row by row.
private struct SquareMatrix {
    let size: Int
    var values: [Double]

    init(size: Int) {
        self.size = size
        values = [Double](repeating: 0, count: size * size)
    }

    subscript(i: Int, j: Int) -> Double {
        get { values[i * size + j] }
        set { values[i * size + j] = newValue }
    }

    func times(_ other: SquareMatrix) -> SquareMatrix {
        var product = SquareMatrix(size: size)
        for i in 0..<size {
            for k in 0..<size where values[i * size + k] != 0 {
                let factor = values[i * size + k]
                for j in 0..<size {
                    product.values[i * size + j] += factor * other.values[k * size + j]
                }
            }
        }
        return product
    }

    /// The power and the logarithm of what it is to be multiplied with.
    func power(_ exponent: Int) -> (SquareMatrix, lnScale: Double) {
        var result = SquareMatrix(size: size)
        for i in 0..<size { result[i, i] = 1 }
        var base = self
        var (lnResult, lnBase) = (0.0, 0.0)
        var rest = exponent
        while rest > 0 {
            if rest & 1 == 1 {
                result = result.times(base)
                lnResult += lnBase
                lnResult += result.rescale()
            }
            rest >>= 1
            if rest == 0 { break }
            base = base.times(base)
            lnBase *= 2
            lnBase += base.rescale()
        }
        return (result, lnResult)
    }

    private mutating func rescale() -> Double {
        let largest = values.max() ?? 1
        guard largest > 1e100 || (largest < 1e-100 && largest > 0) else { return 0 }
        for i in values.indices { values[i] /= largest }
        return log(largest)
    }
}
