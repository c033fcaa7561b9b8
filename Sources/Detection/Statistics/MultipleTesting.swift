#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// p-values of many tests, adjusted for there being many, and combined into one.
package enum MultipleTesting {
    /// min(1, k p).
    package static func bonferroni(_ p: [Double]) -> [Double] {
        p.map { min(1, $0 * Double(p.count)) }
    }

    /// Holm's step-down adjustment.
    package static func holm(_ p: [Double]) -> [Double] {
        var adjusted = p
        var largest = 0.0
        for (rank, i) in order(p).enumerated() {
            largest = max(largest, min(1, Double(p.count - rank) * p[i]))
            adjusted[i] = largest
        }
        return adjusted
    }

    /// Benjamini and Hochberg's false discovery rate, JRSS B 57 (1995) 289.
    package static func benjaminiHochberg(_ p: [Double]) -> [Double] {
        stepUp(p, factor: 1)
    }

    /// Benjamini and Yekutieli's, for any dependence, Ann. Statist. 29 (2001) 1165.
    package static func benjaminiYekutieli(_ p: [Double]) -> [Double] {
        stepUp(p, factor: p.indices.reduce(0) { $0 + 1 / Double($1 + 1) })
    }

    /// Fisher's combination: chi-square(2k) at −2 Σ ln p.
    package static func fisher(_ p: [Double]) -> Double {
        if p.isEmpty { return 1 }
        let statistic = p.reduce(0) { $0 - 2 * log($1) }
        return ChiSquared.upper(statistic, dof: Double(2 * p.count))
    }

    /// The Cauchy combination, which bears dependence; nil unless all are inside 0 and 1.
    ///
    /// Source: Y. Liu, J. Xie, JASA 115 (2020) 393.
    package static func cauchy(_ p: [Double]) -> Double? {
        guard !p.isEmpty, p.allSatisfy({ $0 > 0 && $0 < 1 }) else { return nil }
        // tan((½ − p)π) = cot(pπ), which keeps its digits for tiny p.
        let statistic = p.reduce(0) { $0 + 1 / tan($1 * .pi) } / Double(p.count)
        // ½ − atan(t)/π is atan(1/t)/π for positive t.
        return statistic > 0 ? atan(1 / statistic) / .pi : 0.5 - atan(statistic) / .pi
    }

    private static func stepUp(_ p: [Double], factor: Double) -> [Double] {
        var adjusted = p
        var smallest = 1.0
        for (rank, i) in order(p).enumerated().reversed() {
            smallest = min(smallest, p[i] * Double(p.count) / Double(rank + 1) * factor)
            adjusted[i] = smallest
        }
        return adjusted
    }

    /// Positions in ascending order of p; equal ones in the order given.
    private static func order(_ p: [Double]) -> [Int] {
        p.indices.sorted { (p[$0], $0) < (p[$1], $1) }
    }
}
