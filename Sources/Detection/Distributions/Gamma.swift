#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The gamma function and its regularised incomplete integrals, in logarithms.
package enum Gamma {
    /// ln Γ(x) for x > 0.
    package static func ln(_ x: Double) -> Double {
        lgamma(x).0
    }

    /// What Stirling's formula leaves out: ln Γ(x) − ((x − ½) ln x − x + ½ ln 2π), for x ≥ 10.
    static func stirlingRemainder(_ x: Double) -> Double {
        let r = 1 / (x * x)
        let series = [
            1.0 / 12, -1.0 / 360, 1.0 / 1260, -1.0 / 1680, 1.0 / 1188, -691.0 / 360360, 1.0 / 156,
        ]
        return series.reversed().reduce(0) { $0 * r + $1 } / x
    }

    /// ln of the upper regularised incomplete gamma function Q(a, x), accurate however small Q is.
    ///
    /// - Precondition: a > 0.
    /// - Returns: A number ≤ 0; −∞ for x = ∞, 0 for x ≤ 0; NaN for NaN.
    ///
    /// Source: Press et al., *Numerical Recipes*, 3rd ed., §6.2.
    package static func lnUpper(_ a: Double, _ x: Double) -> Double {
        if a.isNaN || x.isNaN { return .nan }
        if x <= 0 { return 0 }
        if x == .infinity { return -.infinity }
        if x < a + 1 {
            let lower = exp(lnPrefix(a, x)) * lowerSeries(a, x)
            return log1p(-min(lower, 1))
        }
        return lnPrefix(a, x) + log(upperFraction(a, x) * x)
    }

    /// ln of the lower regularised incomplete gamma function P(a, x).
    package static func lnLower(_ a: Double, _ x: Double) -> Double {
        if a.isNaN || x.isNaN { return .nan }
        if x <= 0 { return -.infinity }
        if x == .infinity { return 0 }
        if x < a + 1 { return min(lnPrefix(a, x) + log(lowerSeries(a, x)), 0) }
        return log1p(-min(exp(lnUpper(a, x)), 1))
    }

    /// ln of xᵃ e⁻ˣ / Γ(a), the factor both expansions share (the fraction divides by x).
    static func lnPrefix(_ a: Double, _ x: Double) -> Double {
        if a < 10 { return a * log(x) - x - ln(a) }
        // For large a the plain form subtracts huge numbers; this one works with their difference.
        let t = (x - a) / a
        return -a * shortfall(t) + 0.5 * log(a / (2 * .pi)) - stirlingRemainder(a)
    }

    /// t − ln(1 + t), without cancellation for small t.
    private static func shortfall(_ t: Double) -> Double {
        if abs(t) > 0.1 { return t - log1p(t) }
        var term = t * t
        var sum = 0.0
        var k = 2.0
        while true {
            let next = sum + term / k
            if next == sum { return sum }
            sum = next
            term *= -t
            k += 1
        }
    }

    /// Σ xᵏ / (a (a+1) … (a+k)).
    private static func lowerSeries(_ a: Double, _ x: Double) -> Double {
        var term = 1 / a
        var sum = term
        var k = a
        for _ in 0..<2_000_000 {
            k += 1
            term *= x / k
            sum += term
            if term < sum * 1e-17 { break }
        }
        return sum
    }

    /// Lentz's continued fraction for Q, less its prefix, divided by x.
    private static func upperFraction(_ a: Double, _ x: Double) -> Double {
        let tiny = 1e-300
        var b = x + 1 - a
        var c = 1 / tiny
        var d = 1 / max(b, tiny)
        var h = d
        for i in 1..<2_000_000 {
            let an = -Double(i) * (Double(i) - a)
            b += 2
            d = an * d + b
            if abs(d) < tiny { d = tiny }
            c = b + an / c
            if abs(c) < tiny { c = tiny }
            d = 1 / d
            let delta = d * c
            h *= delta
            if abs(delta - 1) < 1e-16 { break }
        }
        return h / x
    }
}
