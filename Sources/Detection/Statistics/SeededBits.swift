#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// SplitMix64: a simulation gives the same answer each time.
package struct SeededBits: Sendable {
    private var state: UInt64

    package init(state: UInt64) {
        self.state = state
    }

    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// In 0..<1.
    package mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    package mutating func normal() -> Double {
        (-2 * log(1 - uniform())).squareRoot() * cos(2 * .pi * uniform())
    }

    /// Counts of `total` observations in bins of these chances, in any unit.
    ///
    /// - Complexity: O(bins), and O(expected count) for bins that expect few.
    package mutating func multinomial(_ total: Double, shares: [Double]) -> [Double] {
        var counts = [Double](repeating: 0, count: shares.count)
        var rest = total
        var weight = shares.reduce(0, +)
        for i in shares.indices.dropLast() where rest > 0 && weight > 0 {
            counts[i] = binomial(rest, min(shares[i] / weight, 1))
            rest -= counts[i]
            weight -= shares[i]
        }
        if let last = shares.indices.last { counts[last] = rest }
        return counts
    }

    private mutating func binomial(_ n: Double, _ p: Double) -> Double {
        if p > 0.5 { return n - binomial(n, 1 - p) }
        guard p > 0 else { return 0 }
        // So many are normal to what a rate needs.
        if n * p > 200 {
            let count = (n * p + normal() * (n * p * (1 - p)).squareRoot()).rounded()
            return min(max(count, 0), n)
        }
        // The gaps between successes are geometric.
        let lnFailure = log1p(-p)
        var (place, count) = (0.0, 0.0)
        while true {
            place += floor(log(1 - uniform()) / lnFailure) + 1
            if place > n { return count }
            count += 1
        }
    }
}
