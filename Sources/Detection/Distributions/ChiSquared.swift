#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The chi-square law, central and not.
package enum ChiSquared {
    /// ln of the upper tail P(X > x). With 0 degrees of freedom X is 0, so the tail at 0 is 1.
    package static func lnUpper(_ x: Double, dof: Double) -> Double {
        if dof <= 0 { return x > 0 ? -.infinity : 0 }
        return Gamma.lnUpper(dof / 2, x / 2)
    }

    /// Upper tail P(X > x).
    package static func upper(_ x: Double, dof: Double) -> Double {
        exp(lnUpper(x, dof: dof))
    }

    /// The x whose upper tail is p.
    ///
    /// - Returns: 0 at p = 1, ∞ at 0, NaN outside 0...1.
    package static func upperQuantile(_ p: Double, dof: Double) -> Double {
        if p.isNaN || p < 0 || p > 1 || dof <= 0 { return .nan }
        if p == 0 { return .infinity }
        if p == 1 { return 0 }
        let a = dof / 2
        // The smaller of the two tails is the one whose logarithm tells values apart.
        let isUpper = p <= 0.5
        let target = isUpper ? log(p) : log1p(-p)
        func isBeyond(_ x: Double) -> Bool {
            isUpper ? Gamma.lnUpper(a, x / 2) < target : Gamma.lnLower(a, x / 2) > target
        }
        var low = 0.0
        var high = max(dof, 1)
        while !isBeyond(high), high < 1e300 {
            low = high
            high *= 2
        }
        if low == 0 {
            // Small quantiles may span hundreds of orders of magnitude: find the order first.
            low = high
            while low > 1e-300, isBeyond(low) {
                high = low
                low *= 1e-3
            }
        }
        for _ in 0..<200 {
            let middle = low + (high - low) / 2
            if middle <= low || middle >= high { break }
            if isBeyond(middle) { high = middle } else { low = middle }
        }
        return low + (high - low) / 2
    }

    /// ln of the upper tail of the noncentral law: a Poisson(λ/2) mixture of central ones.
    ///
    /// - Complexity: O(λ + √(xλ)).
    package static func lnUpper(_ x: Double, dof: Double, noncentrality lambda: Double) -> Double {
        if x.isNaN || dof.isNaN || lambda.isNaN { return .nan }
        if lambda <= 0 { return lnUpper(x, dof: dof) }
        if x <= 0 { return 0 }
        if x == .infinity { return -.infinity }
        let half = lambda / 2
        let y = x / 2
        let mode = max(half, (y * half).squareRoot())
        let last = Int(min(mode + 50 * (mode + 1).squareRoot() + 100, 2e7))
        // Small tails are summed themselves; when the tail is near 1, its complement is.
        let isComplement = x < dof + lambda
        var total = LogSum()
        for j in 0...last {
            let k = Double(j)
            let weight = k * log(half) - half - Gamma.ln(k + 1)
            let a = dof / 2 + k
            if a == 0 {
                if isComplement { total.add(weight) }
                continue
            }
            total.add(weight + (isComplement ? Gamma.lnLower(a, y) : Gamma.lnUpper(a, y)))
        }
        return isComplement ? log1p(-min(exp(total.value), 1)) : min(total.value, 0)
    }
}

/// Adds numbers given by their logarithms.
struct LogSum {
    private var peak = -Double.infinity
    private var scaled = 0.0

    mutating func add(_ ln: Double) {
        if ln == -.infinity { return }
        if ln > peak {
            scaled = scaled * exp(peak - ln) + 1
            peak = ln
        } else {
            scaled += exp(ln - peak)
        }
    }

    var value: Double { scaled > 0 ? peak + log(scaled) : -.infinity }
}
