#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Tests whether the level of a sample moved against a reference.
package struct LocationTests: Sendable, Equatable {
    package struct Welch: Sendable, Equatable {
        package var t: Double
        package var dof: Double
        package var pValue: Double
    }

    package struct MannWhitney: Sendable, Equatable {
        /// Pairs in which the current value is the larger, ties half.
        package var u: Double
        /// Two-sided, normal, corrected for ties and continuity.
        package var pValue: Double
        /// U over the number of pairs: the chance that a current value exceeds a reference one.
        package var auc: Double
    }

    package let referenceMean: Double
    package let currentMean: Double
    /// (mean(cur) − mean(ref)) / (sd(ref)/√n), the reference taken for the whole population.
    package let zMean: Double
    /// nil when a side has fewer than two values or neither varies.
    package let welch: Welch?
    package let referenceMedian: Double
    package let currentMedian: Double
    /// Median absolute deviation of the reference.
    package let referenceMad: Double
    /// 1.4826 MAD, or 1.2533 times the mean absolute deviation when that is 0.
    package let robustScale: Double
    package let robustZ: Double
    package let mannWhitney: MannWhitney

    /// nil when a side is empty.
    package init?(reference: FiniteSample, current: FiniteSample) {
        guard let referenceMean = reference.mean, let currentMean = current.mean,
            let referenceMedian = reference.median, let currentMedian = current.median,
            let deviation = reference.populationDeviation,
            let mad = reference.medianDeviation(from: referenceMedian)
        else { return nil }
        self.referenceMean = referenceMean
        self.currentMean = currentMean
        self.referenceMedian = referenceMedian
        self.currentMedian = currentMedian
        referenceMad = mad
        let n = Double(current.count)
        let difference = current.meanDifference(from: reference)
        zMean = Self.ratio(difference, deviation / n.squareRoot())
        if mad > 0 {
            robustScale = 1.482602218505602 * mad
        } else {
            robustScale =
                1.2533141373155001 * reference.meanDeviation(from: referenceMedian)
        }
        robustZ = Self.ratio(current.medianDifference(from: reference), robustScale)
        welch = Self.welch(reference, current, difference)
        mannWhitney = Self.mannWhitney(reference, current)
    }

    package var zMeanPValue: Double { Normal.twoSided(zMean) }

    /// x / 0 is ±∞ and 0 / 0 is 0.
    private static func ratio(_ difference: Double, _ scale: Double) -> Double {
        difference == 0 ? 0 : difference / scale
    }

    private static func welch(
        _ reference: FiniteSample, _ current: FiniteSample, _ difference: Double
    ) -> Welch? {
        guard reference.count > 1, current.count > 1,
            let s = reference.populationDeviation, let r = current.populationDeviation
        else { return nil }
        let (m, n) = (Double(reference.count), Double(current.count))
        let left = s / (m - 1).squareRoot()
        let right = r / (n - 1).squareRoot()
        let largest = max(left, right)
        guard largest > 0 else { return nil }
        // Scaled by the larger part, squares neither overflow nor vanish.
        let (x, y) = ((left / largest) * (left / largest), (right / largest) * (right / largest))
        let t = difference / largest / (x + y).squareRoot()
        let dof = (x + y) * (x + y) / (x * x / (m - 1) + y * y / (n - 1))
        return Welch(t: t, dof: dof, pValue: min(StudentT.twoSided(t, dof: dof), 1))
    }

    private static func mannWhitney(_ a: FiniteSample, _ b: FiniteSample) -> MannWhitney {
        let (m, n) = (Double(a.count), Double(b.count))
        let total = m + n
        var walk = TieWalk(a, b)
        var u = 0.0
        var ties = 0.0
        while walk.next() {
            let (ofA, ofB) = (walk.throughA - walk.belowA, walk.throughB - walk.belowB)
            u += Double(ofB) * (Double(walk.belowA) + Double(ofA) / 2)
            let t = Double(ofA + ofB)
            ties += t * (t * t - 1)
        }
        let variance = total > 1 ? m * n / 12 * (total + 1 - ties / (total * (total - 1))) : 0
        var pValue = 1.0
        if variance > 0 {
            let z = (abs(u - m * n / 2) - 0.5) / variance.squareRoot()
            pValue = min(2 * Normal.upper(z), 1)
        }
        return MannWhitney(u: u, pValue: pValue, auc: u / (m * n))
    }
}
