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
        let (a, b) = (reference.sorted, current.sorted)
        // Differences of equal weights in whole numbers: no rounding where they cancel.
        let (m, n) = (Double(a.count), Double(b.count))
        var first = CompensatedSum()
        var second = CompensatedSum()
        var (i, j) = (0, 0)
        var last = min(a[0], b[0])
        while i < a.count || j < b.count {
            let x =
                i < a.count && (j >= b.count || a[i] <= b[j]) ? a[i] : b[j]
            let gap = abs(Double(i) * n - Double(j) * m) / (m * n)
            if gap > 0 {
                // Halves first: the width of the whole range may overflow.
                let width = x / 2 - last / 2
                first.add(gap * width)
                second.add(gap * gap * width)
            }
            last = x
            while i < a.count, a[i] == x { i += 1 }
            while j < b.count, b[j] == x { j += 1 }
        }
        let isTiny = abs(last) < 1e-290 && abs(min(a[0], b[0])) < 1e-290
        if isTiny {
            let scaled = Wasserstein(
                reference: FiniteSample(a.map { $0 * 0x1p600 }),
                current: FiniteSample(b.map { $0 * 0x1p600 }))
            distance = (scaled?.distance ?? 0) * 0x1p-600
            energyDistance = (scaled?.energyDistance ?? 0) * 0x1p-300
        } else {
            distance = first.value * 2
            energyDistance = 2 * second.value.squareRoot()
        }
    }

    /// Distance over the reference's standard deviation; ∞ when that is 0 and the distance not.
    package var standardised: Double {
        distance == 0 ? 0 : distance / referenceDeviation
    }

    /// Evidently's form: the deviation is never thought smaller than 0.001.
    package var evidently: Double { distance / max(referenceDeviation, 0.001) }
}
