#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What the usual fixed thresholds say of a window, and how often they say it of a clean one.
package struct FixedRule: Codable, Sendable, Equatable {
    /// The raw values are the names by which users choose them.
    package enum Statistic: String, Codable, Sendable, CaseIterable {
        case psi
        /// PSI with empty shares taken as 10⁻⁴, the usual one.
        case psiEpsilon = "psi-epsilon"
        case jensenShannon = "jensen-shannon-distance"
        case kullbackLeibler = "kullback-leibler"
        case hellinger
        case totalVariation = "total-variation"
        case lInfinity = "l-infinity"
        case cramersV = "cramers-v"
        case kolmogorovSmirnov = "ks"
        case chiSquared = "chi-square"
        case likelihoodRatio = "g"

        /// A small value is an alarm.
        package var isPValue: Bool {
            switch self {
            case .kolmogorovSmirnov, .chiSquared, .likelihoodRatio: true
            default: false
            }
        }

        /// Needs bins in an order.
        package var isOrdered: Bool { self == .kolmogorovSmirnov }

        fileprivate var title: String {
            switch self {
            case .psi, .psiEpsilon: "PSI"
            case .jensenShannon: "JS distance"
            case .kullbackLeibler: "KL"
            case .hellinger: "Hellinger"
            case .totalVariation: "total variation"
            case .lInfinity: "L-infinity"
            case .cramersV: "Cramér's V"
            case .kolmogorovSmirnov: "KS p"
            case .chiSquared: "chi-square p"
            case .likelihoodRatio: "G p"
            }
        }
    }

    /// A statistic with its threshold.
    package struct Criterion: Codable, Sendable, Hashable, CustomStringConvertible {
        package var statistic: Statistic
        package var threshold: Double

        package init(_ statistic: Statistic, _ threshold: Double) {
            self.statistic = statistic
            self.threshold = threshold
        }

        func isBroken(by value: Double) -> Bool {
            statistic.isPValue ? value < threshold : value > threshold
        }

        /// `PSI > 0.2`.
        package var description: String {
            "\(statistic.title) \(statistic.isPValue ? "<" : ">") \(threshold)"
        }
    }

    package var criterion: Criterion
    /// nil where the statistic cannot be computed.
    package var value: Double?
    package var isAlarm: Bool
    /// Alarms among 1,000 clean windows of this size, by simulation.
    package var falseAlarmsPerThousand: Double

    /// The thresholds that libraries and textbooks give.
    package static let usual: [Criterion] = [
        Criterion(.psiEpsilon, 0.1), Criterion(.psiEpsilon, 0.2), Criterion(.psiEpsilon, 0.25),
        Criterion(.jensenShannon, 0.1), Criterion(.hellinger, 0.1), Criterion(.chiSquared, 0.05),
        Criterion(.kolmogorovSmirnov, 0.05),
    ]

    /// Rules and rates for two binned samples.
    ///
    /// - Parameters:
    ///   - isOrdered: The bins have an order, without which there is no Kolmogorov-Smirnov test.
    ///   - rates: Where simulations are kept from call to call.
    package static func all(
        reference: [Double], current: [Double], isOrdered: Bool = true,
        rates: inout FalseAlarmRates
    ) -> [FixedRule] {
        let m = reference.reduce(0, +)
        let n = current.reduce(0, +)
        let used = reference.indices.filter { reference[$0] + current[$0] > 0 }
        guard m >= 1, n >= 1, used.count >= 2 else { return [] }
        // Both together say best what either is like when nothing has changed.
        let pooled = used.map { reference[$0] + current[$0] }
        let clean = rates.rates(shares: pooled, m: m, n: n)
        return zip(usual, clean).filter { isOrdered || !$0.0.statistic.isOrdered }.map {
            let value = Self.value($0.statistic, reference, current)
            return FixedRule(
                criterion: $0, value: value, isAlarm: value.map($0.isBroken) ?? false,
                falseAlarmsPerThousand: $1)
        }
    }

    /// The statistic of two binned samples; nil where one is empty.
    package static func value(
        _ statistic: Statistic, _ reference: [Double], _ current: [Double]
    ) -> Double? {
        let divergence = Divergence(reference: reference, current: current)
        return switch statistic {
        case .psi: PopulationStability.index(reference: reference, current: current)
        case .psiEpsilon:
            PopulationStability.index(reference: reference, current: current, rule: .epsilon)
        // The distance is the root of the divergence, in nats.
        case .jensenShannon: divergence.map { max($0.jensenShannon, 0).squareRoot() }
        case .kullbackLeibler: divergence?.kullbackLeibler
        case .hellinger: divergence?.hellinger
        case .totalVariation: divergence?.totalVariation
        case .lInfinity: divergence?.largestDifference
        case .cramersV: divergence.map { _ in HomogeneityTest([reference, current]).cramersV }
        case .kolmogorovSmirnov: binnedKolmogorovSmirnov(reference, current)
        case .chiSquared: divergence.map { _ in HomogeneityTest([reference, current]).pValue }
        case .likelihoodRatio:
            divergence.map { _ in HomogeneityTest([reference, current]).likelihoodRatioPValue }
        }
    }

    /// The limit law of the largest distance at the ends of bins, which is conservative.
    private static func binnedKolmogorovSmirnov(_ p: [Double], _ q: [Double]) -> Double? {
        let m = p.reduce(0, +)
        let n = q.reduce(0, +)
        guard m > 0, n > 0 else { return nil }
        var (below, distance) = (0.0, 0.0)
        for (p, q) in zip(p, q) {
            below += p / m - q / n
            distance = max(distance, abs(below))
        }
        return KolmogorovLaw.upper((m * n / (m + n)).squareRoot() * distance)
    }
}

/// How often fixed rules are wrong on clean windows, simulated once for each size.
package struct FalseAlarmRates: Sendable {
    private struct Size: Hashable {
        /// Parts per thousand.
        var shares: [Int]
        var m: Double
        var n: Double
    }

    private static let replicateCount = 4000
    private static let cacheLimit = 256
    private var known: [Size: [Double]] = [:]

    package init() {}

    /// The same for bins between quantiles, of which each is as likely as any other.
    package mutating func rates(binCount: Int, m: Double, n: Double) -> [Double] {
        rates(shares: [Double](repeating: 1, count: min(max(binCount, 2), 200)), m: m, n: n)
    }

    /// Alarms per 1,000 of `FixedRule.usual`, in that order; sizes are rounded to two digits.
    ///
    /// - Parameter shares: Of the bins, in any unit; of more than 200 the rarest share one.
    /// - Complexity: O(replicates · bins) for a size that was not asked for before.
    package mutating func rates(shares: [Double], m: Double, n: Double) -> [Double] {
        var shares = shares
        if shares.count > 200 {
            shares.sort(by: >)
            shares = shares.prefix(199) + [shares.dropFirst(199).reduce(0, +)]
        }
        let total = shares.reduce(0, +)
        let size = Size(
            shares: shares.map { Int((1000 * $0 / total).rounded()) }, m: Self.rounded(m),
            n: Self.rounded(n))
        if let rates = known[size] { return rates }
        if known.count >= Self.cacheLimit { known = [:] }
        var random = SeededBits(state: 0x5EED)
        var alarms = [Double](repeating: 0, count: FixedRule.usual.count)
        for _ in 0..<Self.replicateCount {
            let reference = random.multinomial(size.m, shares: shares)
            let current = random.multinomial(size.n, shares: shares)
            for (i, rule) in FixedRule.usual.enumerated() {
                if let value = FixedRule.value(rule.statistic, reference, current),
                    rule.isBroken(by: value)
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
