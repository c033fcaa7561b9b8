#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The normal law.
package enum Normal {
    /// ln of the upper tail P(Z > z).
    package static func lnUpper(_ z: Double) -> Double {
        if z.isNaN { return .nan }
        if z < -1 { return log1p(-0.5 * erfc(-z / 2.0.squareRoot())) }
        if z < 10 { return log(0.5 * erfc(z / 2.0.squareRoot())) }
        if z == .infinity { return -.infinity }
        return -0.5 * z * z - 0.5 * log(2 * .pi) + log(millsRatio(z))
    }

    /// Upper tail P(Z > z).
    package static func upper(_ z: Double) -> Double {
        0.5 * erfc(z / 2.0.squareRoot())
    }

    /// P(|Z| > |z|).
    package static func twoSided(_ z: Double) -> Double {
        erfc(abs(z) / 2.0.squareRoot())
    }

    /// The z with P(Z ≤ z) = p.
    ///
    /// - Returns: ∓∞ at 0 and 1; NaN outside 0...1.
    package static func quantile(_ p: Double) -> Double {
        if p.isNaN || p < 0 || p > 1 { return .nan }
        if p > 0.5 { return -quantile(1 - p) }
        if p == 0 { return -.infinity }
        // Subtracted, since the middle is 0 and not −0.
        return 0 - upperQuantile(ln: log(p), offset: 0.5 - p)
    }

    /// The z ≥ 0 whose upper tail has this logarithm; `offset` is ½ minus the tail.
    private static func upperQuantile(ln target: Double, offset: Double) -> Double {
        if offset < 0.1 {
            // Near the middle the tail hardly changes its logarithm: solve for the offset instead.
            var z = offset * (2 * .pi).squareRoot()
            for _ in 0..<20 {
                let step = (0.5 * erf(z / 2.0.squareRoot()) - offset) / density(z)
                z -= step
                if abs(step) <= 1e-16 * abs(z) { break }
            }
            return z
        }
        var z = max(0, (-2 * target - log(2 * .pi)).squareRoot())
        if z.isNaN { z = 0 }
        for _ in 0..<60 {
            let tail = lnUpper(z)
            let hazard = exp(-0.5 * z * z - 0.5 * log(2 * .pi) - tail)
            let step = (tail - target) / hazard
            z += step
            if abs(step) <= 1e-15 * abs(z) { break }
        }
        return z
    }

    private static func density(_ z: Double) -> Double {
        exp(-0.5 * z * z) / (2 * .pi).squareRoot()
    }

    /// Upper tail over density, by Laplace's continued fraction; for z ≥ 10.
    private static func millsRatio(_ z: Double) -> Double {
        var fraction = z
        for k in stride(from: 40.0, through: 1, by: -1) { fraction = z + k / fraction }
        return 1 / fraction
    }
}
