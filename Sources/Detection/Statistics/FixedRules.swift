#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What the usual fixed thresholds say of a window, and how often they say it of a clean one.
///
/// Between quantiles of the reference every bin is as likely as any other, so how often a rule is
/// wrong depends on n, m and the number of bins alone: one simulation of multinomial samples serves
/// every column.
package struct FixedRule: Codable, Sendable, Equatable {
    package enum Statistic: String, Codable, Sendable, CaseIterable {
        case psi = "PSI"
        case jensenShannon = "JS distance"
        case hellinger = "Hellinger"
        case chiSquared = "chi-square p"
    }

    package var statistic: Statistic
    package var threshold: Double
    /// nil where the statistic cannot be computed.
    package var value: Double?
    package var isAlarm: Bool
    /// Alarms among 1,000 clean windows of this size, by simulation.
    package var falseAlarmsPerThousand: Double

    /// The thresholds that libraries and textbooks give.
    package static let usual: [(Statistic, Double)] = [
        (.psi, 0.1), (.psi, 0.2), (.psi, 0.25), (.jensenShannon, 0.1), (.hellinger, 0.1),
        (.chiSquared, 0.05),
    ]

    /// Rules and rates for two binned samples.
    ///
    /// - Parameter rates: Where simulations are kept from call to call.
    package static func all(
        reference: [Double], current: [Double], rates: inout FalseAlarmRates
    ) -> [FixedRule] {
        let m = reference.reduce(0, +)
        let n = current.reduce(0, +)
        let binCount = PopulationStability.usedBinCount(reference: reference, current: current)
        guard m >= 1, n >= 1, binCount >= 2 else { return [] }
        let clean = rates.rates(binCount: binCount, m: m, n: n)
        return zip(usual, clean).map { rule, rate in
            let value = Self.value(rule.0, reference, current)
            return FixedRule(
                statistic: rule.0, threshold: rule.1, value: value,
                isAlarm: value.map { Self.breaks(rule.0, $0, rule.1) } ?? false,
                falseAlarmsPerThousand: rate)
        }
    }

    static func breaks(_ statistic: Statistic, _ value: Double, _ threshold: Double) -> Bool {
        statistic == .chiSquared ? value < threshold : value > threshold
    }

    static func value(
        _ statistic: Statistic, _ reference: [Double], _ current: [Double]
    ) -> Double? {
        switch statistic {
        case .psi:
            PopulationStability.index(reference: reference, current: current, rule: .epsilon)
        case .jensenShannon:
            // The distance is the root of the divergence, in nats.
            (Divergence(reference: reference, current: current)?.jensenShannon)
                .map { max($0, 0).squareRoot() }
        case .hellinger: Divergence(reference: reference, current: current)?.hellinger
        case .chiSquared: HomogeneityTest([reference, current]).pValue
        }
    }
}

/// How often fixed rules are wrong on clean windows, simulated once for each size.
package struct FalseAlarmRates: Sendable {
    private struct Size: Hashable {
        var binCount: Int
        var m: Double
        var n: Double
    }

    private static let replicateCount = 4000
    private static let cacheLimit = 256
    private var known: [Size: [Double]] = [:]

    package init() {}

    /// Alarms per 1,000 of `FixedRule.usual`, in that order; sizes are rounded to two digits.
    ///
    /// - Complexity: O(replicates · bins) for a size that was not asked for before.
    package mutating func rates(binCount: Int, m: Double, n: Double) -> [Double] {
        let size = Size(
            binCount: min(max(binCount, 2), 200), m: Self.rounded(m), n: Self.rounded(n))
        if let rates = known[size] { return rates }
        if known.count >= Self.cacheLimit { known = [:] }
        var random = SeededBits(state: 0x5EED)
        var alarms = [Double](repeating: 0, count: FixedRule.usual.count)
        for _ in 0..<Self.replicateCount {
            let reference = random.multinomial(size.m, binCount: size.binCount)
            let current = random.multinomial(size.n, binCount: size.binCount)
            for (i, rule) in FixedRule.usual.enumerated() {
                if let value = FixedRule.value(rule.0, reference, current),
                    FixedRule.breaks(rule.0, value, rule.1)
                {
                    alarms[i] += 1
                }
            }
        }
        let rates = alarms.map { 1000 * $0 / Double(Self.replicateCount) }
        known[size] = rates
        return rates
    }

    private static func rounded(_ count: Double) -> Double {
        let unit = pow(10, max(floor(log10(max(count, 1))) - 1, 0))
        return max((count / unit).rounded() * unit, 1)
    }
}

/// SplitMix64: a simulation gives the same answer each time.
private struct SeededBits {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// In 0..<1.
    mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Counts of `total` observations in bins of equal chance.
    mutating func multinomial(_ total: Double, binCount: Int) -> [Double] {
        var counts = [Double](repeating: 0, count: binCount)
        if total <= 30 * Double(binCount) {
            for _ in 0..<Int(total) { counts[Int(uniform() * Double(binCount))] += 1 }
            return counts
        }
        // So many in each bin are normal to what a rate needs.
        var rest = total
        for i in 0..<(binCount - 1) {
            let p = 1 / Double(binCount - i)
            let z = (-2 * log(1 - uniform())).squareRoot() * cos(2 * .pi * uniform())
            let count = (rest * p + z * (rest * p * (1 - p)).squareRoot()).rounded()
            counts[i] = min(max(count, 0), rest)
            rest -= counts[i]
        }
        counts[binCount - 1] = rest
        return counts
    }
}
