#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A seeded generator: the same seed gives the same numbers on every machine.
///
/// Source: G. Steele, D. Lea, C. Flood, *Fast Splittable Pseudorandom Number Generators*,
/// OOPSLA 2014 (SplitMix64).
struct RandomSource: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    /// A generator of its own for each name, so that a new service leaves the others as they were.
    init(seed: UInt64, name: String) {
        // FNV-1a, 64 bits.
        let hash = name.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01b3
        }
        self.init(seed: seed ^ hash)
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    /// Uniform in 0..<1.
    mutating func uniform() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// Standard normal, by Box and Muller.
    mutating func normal() -> Double {
        let radius = (-2 * log(1 - uniform())).squareRoot()
        return radius * cos(2 * .pi * uniform())
    }

    /// - Parameters:
    ///   - median: Of the distribution, in its unit.
    ///   - sigma: Standard deviation of the logarithm.
    mutating func logNormal(median: Double, sigma: Double) -> Double {
        median * exp(sigma * normal())
    }

    /// How many events of that mean happen; by products of uniforms, or the normal approximation
    /// where the mean is large.
    mutating func poisson(mean: Double) -> Int {
        guard mean > 0 else { return 0 }
        guard mean < 30 else {
            return max(0, Int((mean + mean.squareRoot() * normal()).rounded()))
        }
        let limit = exp(-mean)
        var count = 0
        var product = uniform()
        while product > limit {
            count += 1
            product *= uniform()
        }
        return count
    }

    /// An index, each as likely as its weight says.
    ///
    /// - Precondition: At least one weight is above 0.
    mutating func index(weights: [Double]) -> Int {
        precondition(weights.contains { $0 > 0 }, "no weight above 0 in \(weights)")
        var rest = uniform() * weights.reduce(0, +)
        for (index, weight) in weights.enumerated() {
            rest -= weight
            if rest < 0 { return index }
        }
        return weights.count - 1
    }

    /// A score in 0…1 around a centre: the logistic function of a normal variate.
    mutating func score(centre: Double, spread: Double) -> Double {
        let odds = log(centre / (1 - centre)) + spread * normal()
        return 1 / (1 + exp(-odds))
    }
}
