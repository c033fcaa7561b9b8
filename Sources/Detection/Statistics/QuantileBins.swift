/// Bins between quantiles of a reference sample.
///
/// Edges are the quantiles k/B, k = 1...B−1, of type 7. A quantile that repeats is an *atom*, a
/// value with a bin of its own, so that constants, 0/1 and zero-inflated values behave.
package struct QuantileBins: Codable, Sendable, Equatable {
    /// A place between two bins.
    package struct Cut: Codable, Sendable, Equatable {
        package enum Side: String, Codable, Sendable {
            /// Values v ≥ `value` lie beyond.
            case before
            /// Values v > `value` lie beyond.
            case after
        }

        package var value: Double
        package var side: Side
    }

    /// Ascending; one less than there are bins.
    package let cuts: [Cut]

    /// Bins between the distinct quantiles, or with atoms; nil for an empty sample.
    ///
    /// - Precondition: `binCount` ≥ 1.
    package init?(reference: FiniteSample, binCount: Int, atoms: Bool = true) {
        precondition(binCount >= 1, "\(binCount) bins")
        guard !reference.isEmpty else { return nil }
        var x = reference.cursor
        var cuts: [Cut] = []
        var k = 1
        while k < binCount {
            let edge = Self.edge(&x, reference.count, k, binCount)
            var repeats = 1
            while k + repeats < binCount,
                Self.edge(&x, reference.count, k + repeats, binCount) == edge
            {
                repeats += 1
            }
            if atoms, repeats > 1 { cuts.append(Cut(value: edge, side: .before)) }
            cuts.append(Cut(value: edge, side: .after))
            k += repeats
        }
        self.cuts = cuts
    }

    package var binCount: Int { cuts.count + 1 }

    /// Number of the bin of a value: the number of cuts it lies beyond.
    ///
    /// - Complexity: O(log bins).
    package func bin(of value: Double) -> Int {
        var low = 0
        var high = cuts.count
        while low < high {
            let middle = (low + high) / 2
            let cut = cuts[middle]
            let isBeyond = cut.side == .before ? value >= cut.value : value > cut.value
            if isBeyond { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Counts in each bin; NaN is left out, infinities belong to the outermost bins.
    ///
    /// - Complexity: O(values · log bins). Up to 64 bins take about 5 ns a value.
    package func counts(of values: [Double]) -> [Double] {
        guard binCount <= Self.tableCount else {
            var counts = [Double](repeating: 0, count: binCount)
            for value in values where !value.isNaN { counts[bin(of: value)] += 1 }
            return counts
        }
        let counts = values.withUnsafeBufferPointer { values in
            searchTable.withUnsafeBufferPointer { Self.counts(of: values, in: $0) }
        }
        return (0..<binCount).map { Double(counts[2 * $0] + counts[2 * $0 + 1]) }
    }

    /// Counts of a sample in each bin; what is not finite is left out.
    package func counts(of sample: FiniteSample) -> [Double] {
        var counts = [Double](repeating: 0, count: binCount)
        sample.forEachBlock { block in
            for (i, count) in self.counts(of: block).enumerated() { counts[i] += count }
        }
        return counts
    }

    private static let tableCount = 64

    /// The cuts as numbers beyond which values lie, filled up with infinity.
    private var searchTable: [Double] {
        let edges = cuts.map { $0.side == .before ? $0.value.nextDown : $0.value }
        return edges + [Double](repeating: .infinity, count: Self.tableCount - edges.count)
    }

    /// Four searches at a time, in steps that the compiler knows and without a branch that hangs on
    /// a value, keep the processor busy.
    ///
    /// - Returns: Two counts for each bin, to be added: one need not wait for the other.
    private static func counts(
        of x: UnsafeBufferPointer<Double>, in e: UnsafeBufferPointer<Double>
    ) -> [Int] {
        precondition(e.count == tableCount)
        var counts = [Int](repeating: 0, count: 2 * tableCount)
        var missing = 0
        counts.withUnsafeMutableBufferPointer { counts in
            var i = 0
            while i < x.count {
                // The last few are searched with one of them again, which is not counted.
                let last = x.count - 1
                let (p, q) = (x[i], x[min(i + 1, last)])
                let (r, s) = (x[min(i + 2, last)], x[min(i + 3, last)])
                var (j, k, l, m) = (0, 0, 0, 0)
                var half = 32
                while half > 0 {
                    j &+= (e[j &+ half &- 1] < p ? 1 : 0) &* half
                    k &+= (e[k &+ half &- 1] < q ? 1 : 0) &* half
                    l &+= (e[l &+ half &- 1] < r ? 1 : 0) &* half
                    m &+= (e[m &+ half &- 1] < s ? 1 : 0) &* half
                    half >>= 1
                }
                let left = x.count - i
                // NaN is beyond no edge: it lies in the lowest bin, and is taken out below.
                counts[2 * j] += 1
                counts[2 * k + 1] += left > 1 ? 1 : 0
                counts[2 * l] += left > 2 ? 1 : 0
                counts[2 * m + 1] += left > 3 ? 1 : 0
                missing += p.isNaN ? 1 : 0
                missing += q.isNaN && left > 1 ? 1 : 0
                missing += r.isNaN && left > 2 ? 1 : 0
                missing += s.isNaN && left > 3 ? 1 : 0
                i += 4
            }
        }
        counts[0] -= missing
        return counts
    }

    /// Names for people, in order: the upper end of each bin, `=5` for an atom.
    package var names: [String] {
        var names: [String] = []
        for (i, cut) in cuts.enumerated() {
            let isAtom = i > 0 && cuts[i - 1].side == .before && cut.side == .after
            names.append(
                isAtom ? "=\(cut.value)" : (cut.side == .after ? "≤" : "<") + "\(cut.value)")
        }
        return names + [cuts.last.map { ">\($0.value)" } ?? "all"]
    }

    /// Whole-number arithmetic finds the place, so that no edge hangs on rounding.
    private static func edge(
        _ x: inout AscendingCursor, _ count: Int, _ k: Int, _ binCount: Int
    ) -> Double {
        let product = (count - 1) * k
        let low = product / binCount
        let rest = product % binCount
        guard rest > 0, low + 1 < count else { return x[low] }
        return interpolated(x[low], x[low + 1], at: Double(rest) / Double(binCount))
    }
}
