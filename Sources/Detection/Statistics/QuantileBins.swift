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
        let x = reference.sorted
        var cuts: [Cut] = []
        var k = 1
        while k < binCount {
            let edge = Self.edge(x, k, binCount)
            var repeats = 1
            while k + repeats < binCount, Self.edge(x, k + repeats, binCount) == edge {
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
    package func counts(of values: [Double]) -> [Double] {
        let (edges, steps) = searchTable
        // Two tables in turn: a count need not wait for the one before it.
        var counts = [Int](repeating: 0, count: 2 * edges.count)
        values.withUnsafeBufferPointer { values in
            edges.withUnsafeBufferPointer { edges in
                counts.withUnsafeMutableBufferPointer { counts in
                    for (i, value) in values.enumerated() {
                        var bin = 0
                        for step in 0..<steps {
                            let half = edges.count >> (step + 1)
                            bin += edges[bin + half - 1] < value ? half : 0
                        }
                        counts[2 * bin + (i & 1)] += value.isNaN ? 0 : 1
                    }
                }
            }
        }
        return (0..<binCount).map { Double(counts[2 * $0] + counts[2 * $0 + 1]) }
    }

    /// The cuts as numbers beyond which values lie, filled up with infinity to a power of two, and
    /// the steps of a search in it that has no branches.
    private var searchTable: (edges: [Double], steps: Int) {
        var edges = cuts.map { $0.side == .before ? $0.value.nextDown : $0.value }
        var steps = 1
        while 1 << steps <= edges.count { steps += 1 }
        edges += [Double](repeating: .infinity, count: (1 << steps) - edges.count)
        return (edges, steps)
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
    private static func edge(_ x: [Double], _ k: Int, _ binCount: Int) -> Double {
        let product = (x.count - 1) * k
        let low = product / binCount
        let rest = product % binCount
        guard rest > 0, low + 1 < x.count else { return x[low] }
        return interpolated(x[low], x[low + 1], at: Double(rest) / Double(binCount))
    }
}
