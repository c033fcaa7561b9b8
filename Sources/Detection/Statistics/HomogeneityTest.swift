#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Test whether several samples come from one distribution over categories.
///
/// The reference is a sample too: scaling it to expected counts and testing goodness of fit would
/// alarm about half of the time at the 5 % level when both samples are of one size.
package struct HomogeneityTest: Sendable, Equatable {
    /// Pearson's Σ (o − e)²/e.
    package var statistic: Double
    /// (rows − 1)(columns − 1) after empty rows and columns are dropped.
    package var dof: Int
    /// The likelihood ratio statistic 2 Σ o ln(o/e).
    package var likelihoodRatio: Double
    /// The smallest expected count; nil when fewer than two rows or columns remain.
    package var smallestExpected: Double?
    /// Pearson's statistic with Yates's correction; only for 2 × 2.
    package var corrected: Double?
    private var total = 0.0
    private var rowCount = 0
    private var columnCount = 0

    /// - Parameter table: One row of category counts for each sample; all rows of one length,
    ///   counts finite and not negative.
    package init(_ table: [[Double]]) {
        statistic = 0
        likelihoodRatio = 0
        dof = 0
        let columnTotal = (0..<(table.first?.count ?? 0)).map { j in
            table.reduce(0) { $0 + $1[j] }
        }
        let columns = columnTotal.indices.filter { columnTotal[$0] > 0 }
        let rows = table.filter { $0.reduce(0, +) > 0 }
        rowCount = rows.count
        columnCount = columns.count
        guard rows.count >= 2, columns.count >= 2 else { return }
        total = columnTotal.reduce(0, +)
        dof = (rows.count - 1) * (columns.count - 1)
        var smallest = Double.infinity
        var yates = 0.0
        for row in rows {
            let rowTotal = row.reduce(0, +)
            for j in columns {
                let expected = rowTotal * (columnTotal[j] / total)
                // o − e to the last digit, which the difference of large counts would lose.
                let product = rowTotal * columnTotal[j]
                let rest = (-product).addingProduct(rowTotal, columnTotal[j])
                let deviation = ((-product).addingProduct(row[j], total) - rest) / total
                let distance = abs(deviation)
                statistic += distance * distance / expected
                let reduced = distance - min(0.5, distance)
                yates += reduced * reduced / expected
                likelihoodRatio += 2 * expected * Self.divergence(deviation / expected)
                smallest = min(smallest, expected)
            }
        }
        likelihoodRatio = max(likelihoodRatio, 0)
        smallestExpected = smallest
        if rows.count == 2, columns.count == 2 { corrected = yates }
    }

    /// (1 + d) ln(1 + d) − d for d ≥ −1. Summed up this is Σ o ln(o/e), whose terms of either sign
    /// would cancel each other.
    private static func divergence(_ d: Double) -> Double {
        guard d > -1 else { return 1 }
        guard abs(d) < 0.01 else { return (1 + d) * log1p(d) - d }
        // d²/2 − d³/6 + d⁴/12 − …
        var power = d
        return (2...9).reduce(0) { sum, k in
            power *= d
            let term = power / Double(k * (k - 1))
            return k.isMultiple(of: 2) ? sum + term : sum - term
        }
    }

    package var lnPValue: Double { ChiSquared.lnUpper(statistic, dof: Double(dof)) }
    package var pValue: Double { exp(lnPValue) }
    package var likelihoodRatioPValue: Double {
        ChiSquared.upper(likelihoodRatio, dof: Double(dof))
    }
    package var correctedPValue: Double? {
        corrected.map { ChiSquared.upper($0, dof: Double(dof)) }
    }

    /// Cramér's V in 0...1.
    package var cramersV: Double {
        guard dof > 0 else { return 0 }
        return (statistic / (total * Double(min(rowCount, columnCount) - 1))).squareRoot()
    }

    /// Cramér's V corrected for its bias, W. Bergsma, J. Korean Stat. Soc. 42 (2013) 323.
    package var correctedCramersV: Double {
        guard dof > 0, total > 1 else { return 0 }
        let r = Double(rowCount)
        let k = Double(columnCount)
        let excess = max(0, statistic / total - (k - 1) * (r - 1) / (total - 1))
        let rows = r - (r - 1) * (r - 1) / (total - 1)
        let columns = k - (k - 1) * (k - 1) / (total - 1)
        let divisor = min(columns - 1, rows - 1)
        return divisor > 0 ? (excess / divisor).squareRoot() : 0
    }
}
