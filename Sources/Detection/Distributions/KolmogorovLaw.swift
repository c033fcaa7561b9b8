#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Kolmogorov's limit law and the finite-sample laws of the largest distance.
package enum KolmogorovLaw {
    /// ln of the upper tail of the limit law at x = √n · D.
    package static func lnUpper(_ x: Double) -> Double {
        if x.isNaN { return .nan }
        if x <= 0 { return 0 }
        if x == .infinity { return -.infinity }
        if x < 0.8 {
            // Jacobi's transform of the series, which converges fast for small x.
            let t = Double.pi * Double.pi / (8 * x * x)
            let below =
                (2 * Double.pi).squareRoot() / x
                * (exp(-t) + exp(-9 * t) + exp(-25 * t) + exp(-49 * t))
            return log1p(-min(below, 1))
        }
        var sum = 0.0
        for k in 2...20 {
            let sign: Double = k % 2 == 0 ? -1 : 1
            let term = exp(-2 * x * x * Double(k * k - 1))
            sum += sign * term
            if term < 1e-18 { break }
        }
        return log(2) - 2 * x * x + log1p(sum)
    }

    package static func upper(_ x: Double) -> Double { exp(lnUpper(x)) }
}
