#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Distances between two distributions over categories, from counts, without smoothing.
package struct Divergence: Sendable, Equatable {
    private let p: [Double]
    private let q: [Double]

    /// nil when a side is empty.
    ///
    /// - Precondition: As many current as reference counts, all finite and not negative.
    package init?(reference: [Double], current: [Double]) {
        precondition(reference.count == current.count)
        let m = reference.reduce(0, +)
        let n = current.reduce(0, +)
        guard m > 0, n > 0 else { return nil }
        p = reference.map { $0 / m }
        q = current.map { $0 / n }
    }

    /// Jensen-Shannon divergence in nats, in 0...ln 2.
    package var jensenShannon: Double {
        var sum = CompensatedSum()
        for (p, q) in zip(p, q) where p != q {
            let middle = midpoint(p, q)
            let d = (q - p) / (p + q)
            if abs(d) < 1e-2 {
                // p ln(p/m) + q ln(q/m) = m ((1−d) ln(1−d) + (1+d) ln(1+d)), by its series.
                let s = d * d
                sum.add(middle * s * (1 + s / 6 + s * s / 15 + s * s * s / 28 + s * s * s * s / 45))
                continue
            }
            if p > 0 { sum.add(p * log(p / middle)) }
            if q > 0 { sum.add(q * log(q / middle)) }
        }
        return max(sum.value / 2, 0)
    }

    /// Σ q ln(q/p), infinite where p is 0 and q is not.
    package var kullbackLeibler: Double { Self.kullbackLeibler(q, p) }
    /// The same with the sides exchanged.
    package var reverseKullbackLeibler: Double { Self.kullbackLeibler(p, q) }

    /// In 0...1.
    package var hellinger: Double {
        let sum = zip(p, q).reduce(0) { sum, shares in
            let d = shares.0.squareRoot() - shares.1.squareRoot()
            return sum + d * d
        }
        return min((sum / 2).squareRoot(), 1)
    }

    /// −ln Σ √(pq).
    package var bhattacharyya: Double {
        if p == q { return 0 }
        let overlap = zip(p, q).reduce(0) { $0 + ($1.0 * $1.1).squareRoot() }
        return max(-log(overlap), 0)
    }

    /// Half the sum of the differences, in 0...1.
    package var totalVariation: Double {
        zip(p, q).reduce(0) { $0 + abs($1.0 - $1.1) } / 2
    }

    /// The largest difference, in 0...1.
    package var largestDifference: Double {
        zip(p, q).reduce(0) { max($0, abs($1.0 - $1.1)) }
    }

    private static func kullbackLeibler(_ a: [Double], _ b: [Double]) -> Double {
        var sum = CompensatedSum()
        for (a, b) in zip(a, b) where a > 0 && a != b {
            if b == 0 { return .infinity }
            // Adding b − a to every term changes nothing in sum and keeps terms from cancelling.
            let d = (b - a) / a
            sum.add(abs(d) < 0.5 ? a * (d - log1p(d)) : a * log(a / b) + (b - a))
        }
        for (a, b) in zip(a, b) where a == 0 { sum.add(b) }
        return max(sum.value, 0)
    }
}
