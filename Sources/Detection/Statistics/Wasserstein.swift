/// Distances that measure how far values moved.
package struct Wasserstein: Sendable, Equatable {
    /// ∫ |F_ref − F_cur| dx, in the unit of the values.
    package let distance: Double
    /// √(2 ∫ (F_ref − F_cur)² dx).
    package let energyDistance: Double
    /// Standard deviation of the reference, divisor m.
    package let referenceDeviation: Double

    /// nil when a side is empty.
    package init?(reference: FiniteSample, current: FiniteSample) {
        guard let deviation = reference.populationDeviation, !current.isEmpty else { return nil }
        referenceDeviation = deviation
        let reach = max(reference.largestSize, current.largestSize)
        if reach < 1e-290 {
            let (first, second) = Self.integrals(reference, current, scale: 0x1p599)
            distance = first * 2 * 0x1p-600
            energyDistance = 2 * second.squareRoot() * 0x1p-300
        } else {
            // Halves: the width of the whole range may overflow.
            let (first, second) = Self.integrals(reference, current, scale: 0.5)
            distance = first * 2
            energyDistance = 2 * second.squareRoot()
        }
    }

    /// ∫ |F_ref − F_cur| and ∫ (F_ref − F_cur)² over values times `scale`.
    private static func integrals(
        _ reference: FiniteSample, _ current: FiniteSample, scale: Double
    ) -> (Double, Double) {
        let (m, n) = (Double(reference.count), Double(current.count))
        var first = CompensatedSum()
        var second = CompensatedSum()
        var walk = TieWalk(reference, current)
        var last = 0.0
        while walk.next() {
            // Differences of equal weights in whole numbers: no rounding where they cancel.
            let gap = abs(Double(walk.belowA) * n - Double(walk.belowB) * m) / (m * n)
            if gap > 0 {
                let width = walk.x * scale - last * scale
                first.add(gap * width)
                second.add(gap * gap * width)
            }
            last = walk.x
        }
        return (first.value, second.value)
    }

    /// Distance over the reference's standard deviation; ∞ when that is 0 and the distance not.
    package var standardised: Double {
        distance == 0 ? 0 : distance / referenceDeviation
    }

    /// Evidently's form: the deviation is never thought smaller than 0.001.
    package var evidently: Double { distance / max(referenceDeviation, 0.001) }
}
