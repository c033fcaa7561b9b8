#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The beta function, its regularised incomplete integral, and the laws built on it.
package enum Beta {
    /// ln B(a, b), without the cancellation of three ln Γ for large arguments.
    ///
    /// Source: D. Amos's and W. Fullerton's method, SLATEC `dlbeta`.
    package static func ln(_ a: Double, _ b: Double) -> Double {
        let p = min(a, b)
        let q = max(a, b)
        if p >= 10 {
            let correction =
                Gamma.stirlingRemainder(p) + Gamma.stirlingRemainder(q)
                - Gamma.stirlingRemainder(p + q)
            return -0.5 * log(q) + 0.5 * log(2 * .pi) + correction
                + (p - 0.5) * log(p / (p + q)) + q * log1p(-p / (p + q))
        }
        if q >= 10 {
            let correction = Gamma.stirlingRemainder(q) - Gamma.stirlingRemainder(p + q)
            return Gamma.ln(p) + correction + p - p * log(p + q)
                + (q - 0.5) * log1p(-p / (p + q))
        }
        return Gamma.ln(p) + Gamma.ln(q) - Gamma.ln(p + q)
    }

    /// Regularised incomplete beta function Iₓ(a, b) for a, b > 0 and x in 0...1.
    package static func lower(_ a: Double, _ b: Double, _ x: Double) -> Double {
        exp(lnLower(a, b, lnX: log(x), lnComplement: log1p(-x)))
    }

    /// ln Iₓ(a, b), given ln x and ln(1 − x), of which the caller may know more digits than of x.
    package static func lnLower(
        _ a: Double, _ b: Double, lnX: Double, lnComplement: Double
    ) -> Double {
        if a.isNaN || b.isNaN || lnX.isNaN || lnComplement.isNaN { return .nan }
        if lnX == -.infinity { return -.infinity }
        if lnComplement == -.infinity { return 0 }
        let x = exp(lnX)
        let prefix = a * lnX + b * lnComplement - ln(a, b)
        if x <= (a + 1) / (a + b + 2) {
            return min(prefix - log(a) + log(fraction(a, b, x)), 0)
        }
        let upper = exp(prefix - log(b) + log(fraction(b, a, exp(lnComplement))))
        return log1p(-min(upper, 1))
    }

    /// Lentz's continued fraction, *Numerical Recipes*, 3rd ed., §6.4.
    private static func fraction(_ a: Double, _ b: Double, _ x: Double) -> Double {
        let tiny = 1e-300
        var c = 1.0
        var d = 1 - (a + b) * x / (a + 1)
        if abs(d) < tiny { d = tiny }
        d = 1 / d
        var h = d
        for i in 1..<200_000 {
            let m = Double(i)
            let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            for coefficient in [even, odd] {
                d = 1 + coefficient * d
                if abs(d) < tiny { d = tiny }
                c = 1 + coefficient / c
                if abs(c) < tiny { c = tiny }
                d = 1 / d
                h *= d * c
            }
            if abs(d * c - 1) < 1e-16 { break }
        }
        return h
    }
}

/// Student's t law.
package enum StudentT {
    /// ln of the upper tail P(T > t); `dof` > 0, not necessarily whole.
    package static func lnUpper(_ t: Double, dof: Double) -> Double {
        if t.isNaN || dof.isNaN { return .nan }
        if t < 0 { return log1p(-exp(lnUpper(-t, dof: dof))) }
        if dof == .infinity { return Normal.lnUpper(t) }
        if t == .infinity { return -.infinity }
        if t == 0 { return log(0.5) }
        let root = t / dof.squareRoot()
        let ratio = root * root
        // ln x = −ln(1 + t²/dof); for huge t the square may overflow, the logarithm must not.
        let lnX = ratio.isInfinite ? -2 * log(root) : -log1p(ratio)
        let lnComplement = ratio.isInfinite ? 0 : 2 * log(root) + lnX
        if ratio < 1e-4, t * t < 1 {
            // I near 1: the complement is the accurate side.
            let inner = Beta.lnLower(0.5, dof / 2, lnX: lnComplement, lnComplement: lnX)
            return log(0.5) + log1p(-exp(inner))
        }
        return log(0.5) + Beta.lnLower(dof / 2, 0.5, lnX: lnX, lnComplement: lnComplement)
    }

    /// P(|T| > |t|).
    package static func twoSided(_ t: Double, dof: Double) -> Double {
        2 * exp(lnUpper(abs(t), dof: dof))
    }
}

/// Fisher's F law.
package enum FisherF {
    /// ln of the upper tail P(F > f) with the given degrees of freedom, which may be fractions.
    package static func lnUpper(_ f: Double, _ numerator: Double, _ denominator: Double) -> Double {
        if f.isNaN { return .nan }
        if f <= 0 { return 0 }
        if f == .infinity { return -.infinity }
        if denominator == .infinity {
            return ChiSquared.lnUpper(f * numerator, dof: numerator)
        }
        let ratio = f * numerator / denominator
        return Beta.lnLower(
            denominator / 2, numerator / 2, lnX: -log1p(ratio), lnComplement: -log1p(1 / ratio))
    }
}
