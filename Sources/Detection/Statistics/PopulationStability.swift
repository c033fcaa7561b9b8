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

extension PopulationStability {
    /// The values of the true index that do not contradict the one that was measured.
    ///
    /// The index over 1/m + 1/n is about noncentral chi-square with B − 1 degrees of freedom; the
    /// interval holds the noncentralities whose law gives the measured value a tail of at least
    /// (1 − level)/2 on either side.
    ///
    /// - Returns: Bounds of the index less its mean without drift, both at least 0; nil for fewer
    ///   than two bins.
    package static func interval(
        index: Double, binCount: Int, m: Double, n: Double, level: Double = 0.95
    ) -> ClosedRange<Double>? {
        guard binCount >= 2, m > 0, n > 0, index.isFinite, index >= 0 else { return nil }
        let unit = 1 / m + 1 / n
        let x = index / unit
        let dof = Double(binCount - 1)
        let tail = (1 - level) / 2
        if x > 2000 {
            // The law is then normal with mean B − 1 + λ and variance 2 (B − 1 + 2λ).
            let z2 = pow(Normal.quantile(tail), 2)
            let centre = x - dof + 2 * z2
            let reach = max(centre * centre - pow(x - dof, 2) + 2 * z2 * dof, 0).squareRoot()
            return max(centre - reach, 0) * unit...max(centre + reach, 0) * unit
        }
        func noncentrality(upperTail: Double) -> Double {
            func upper(_ lambda: Double) -> Double {
                exp(ChiSquared.lnUpper(x, dof: dof, noncentrality: lambda))
            }
            guard upper(0) < upperTail else { return 0 }
            var low = 0.0
            var high = x + 10 * (x + dof).squareRoot() + 20
            for _ in 0..<60 {
                let middle = (low + high) / 2
                if upper(middle) < upperTail { low = middle } else { high = middle }
                if high - low <= 1e-6 * high { break }
            }
            return (low + high) / 2
        }
        let lower = noncentrality(upperTail: tail) * unit
        return lower...max(noncentrality(upperTail: 1 - tail) * unit, lower)
    }
}
