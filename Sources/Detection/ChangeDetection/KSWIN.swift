/// Compares the latest values of a stream with a random sample of those before them.
///
/// A change is found where the Kolmogorov–Smirnov p-value falls below `significance` and the
/// distance is over 0.1; only the latest values are then kept.
///
/// Source: C. Raab, M. Heusinger, F.-M. Schleif, *Reactive Soft Prototype Computing for Concept
/// Drift Streams*, Neurocomputing 416 (2020) 340–351.
package struct KSWIN: Codable, Sendable, Equatable {
    package let significance: Double
    package let windowLength: Int
    package let latestLength: Int
    /// Of the latest test; 1 before the first.
    package private(set) var pValue = 1.0

    private var values: [Double] = []
    private var state: UInt64

    /// - Precondition: 0 < significance < 1 and 0 < latestLength ≤ windowLength / 2.
    package init(
        significance: Double = 0.005, windowLength: Int = 100, latestLength: Int = 30,
        seed: UInt64 = 42
    ) {
        precondition(significance > 0 && significance < 1, "significance \(significance)")
        precondition(
            latestLength > 0 && 2 * latestLength <= windowLength,
            "latest \(latestLength) of \(windowLength)")
        self.significance = significance
        self.windowLength = windowLength
        self.latestLength = latestLength
        state = seed
    }

    /// - Parameter value: Not finite values are left out.
    /// - Returns: Whether the distribution changed.
    package mutating func update(_ value: Double) -> Bool {
        guard value.isFinite else { return false }
        if values.count >= windowLength { values.removeFirst() }
        values.append(value)
        guard values.count >= windowLength else { return false }
        let latest = FiniteSample(values.suffix(latestLength))
        let earlier = FiniteSample(drawn(latestLength, below: windowLength - latestLength))
        guard let test = KolmogorovSmirnov(reference: earlier, current: latest) else {
            return false
        }
        pValue = test.pValue
        guard pValue <= significance, test.distance > 0.1 else { return false }
        values = Array(values.suffix(latestLength))
        return true
    }

    /// Different ones of the first `end` values, by chance that a seed fixes.
    private mutating func drawn(_ count: Int, below end: Int) -> [Double] {
        var places = Array(0..<end)
        for i in 0..<count {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            places.swapAt(i, i + Int((state >> 33) % UInt64(end - i)))
        }
        return places.prefix(count).map { values[$0] }
    }
}
