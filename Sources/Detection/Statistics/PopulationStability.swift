#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Population stability index of two binned samples.
///
///     PSI = Σᵢ (qᵢ − pᵢ) · ln(qᵢ / pᵢ)
///
/// Bins that are empty on both sides are dropped first. 0 when the shares agree, growing without
/// bound; 0.1 is often read as a minor shift and 0.25 as a major one, which ignores sample size.
///
/// Source: N. Siddiqi, *Credit Risk Scorecards*, Wiley, 2006.
package enum PopulationStability {
    /// What share a bin is given, above all one that is empty on one side.
    package enum ZeroRule: String, CaseIterable, Sendable {
        /// c/N; a bin that is empty on one side makes the index infinite.
        case strict
        /// c/N with 0 replaced by 1e-4.
        case epsilon
        /// (c + ½)/(N + ½B), the rule whose law under no change is known best.
        case jeffreys
        /// (c + 1)/(N + B).
        case plusOne = "plus_one"
        /// max(c/N, 0.01).
        case floor01
        /// 0 becomes 1e-4, or a millionth of the smallest share when that is no more than 1e-4.
        case evidently
        /// 0 becomes the smallest normal number.
        case frouros
    }

    /// The index, or nil when a side is empty.
    ///
    /// - Precondition: As many current as reference counts, all finite and not negative.
    package static func index(
        reference: [Double], current: [Double], rule: ZeroRule = .jeffreys
    ) -> Double? {
        guard let p = shares(of: reference, beside: current, rule: rule),
            let q = shares(of: current, beside: reference, rule: rule)
        else { return nil }
        var sum = 0.0
        for (p, q) in zip(p, q) where p != q {
            sum += (q - p) * (log(q) - log(p))
        }
        return sum
    }

    /// Number of bins that are not empty on both sides.
    package static func usedBinCount(reference: [Double], current: [Double]) -> Int {
        zip(reference, current).count { $0 > 0 || $1 > 0 }
    }

    /// The index to expect when nothing has changed: (B − 1)(1/m + 1/n).
    package static func nullMean(binCount: Int, m: Double, n: Double) -> Double {
        Double(binCount - 1) * (1 / m + 1 / n)
    }

    /// ln of the chance of an index at least this large when nothing has changed.
    package static func lnPValue(index: Double, binCount: Int, m: Double, n: Double) -> Double {
        ChiSquared.lnUpper(index / (1 / m + 1 / n), dof: Double(binCount - 1))
    }

    /// Shares of the bins that are used, or nil when there is nothing to share.
    private static func shares(
        of counts: [Double], beside others: [Double], rule: ZeroRule
    ) -> [Double]? {
        precondition(counts.count == others.count, "\(counts.count) bins beside \(others.count)")
        let used = zip(counts, others).filter { $0 > 0 || $1 > 0 }.map(\.0)
        let total = used.reduce(0, +)
        guard total > 0 else { return nil }
        let binCount = Double(used.count)
        let plain = used.map { $0 / total }
        switch rule {
        case .strict: return plain
        case .epsilon: return plain.map { $0 == 0 ? 1e-4 : $0 }
        case .jeffreys: return used.map { ($0 + 0.5) / (total + 0.5 * binCount) }
        case .plusOne: return used.map { ($0 + 1) / (total + binCount) }
        case .floor01: return plain.map { max($0, 0.01) }
        case .frouros: return plain.map { $0 == 0 ? .leastNormalMagnitude : $0 }
        case .evidently:
            let smallest = plain.filter { $0 > 0 }.min() ?? 1
            let filler = smallest <= 1e-4 ? smallest / 1e6 : 1e-4
            return plain.map { $0 == 0 ? filler : $0 }
        }
    }
}
