/// The counts of a window in the bins of the reference, and what the reference has not.
extension DriftDetector {
    /// The strongest of the values that the reference has not; counts the window.
    mutating func newcomer(_ bins: [String], _ counts: [Double]) -> Newcomers.Strongest? {
        guard countsNewcomers else { return nil }
        let binIndex = binIndex
        var unseen: [(name: String, count: Double)] = []
        var n = 0.0
        for (bin, count) in zip(bins, counts) {
            let count = DriftReference.cleaned(count)
            n += count
            guard count > 0 else { continue }
            let known = binIndex[BinKey(bin)].map { reference.counts[$0] } ?? 0
            if known == 0 { unseen.append((bin, count)) }
        }
        return state.count(unseen, n: n, m: tests.m)
    }

    /// Where each bin of the reference is; made when it is needed, since it is the larger part of
    /// a detector.
    private var binIndex: [BinKey: Int] {
        var index: [BinKey: Int] = [:]
        for (i, bin) in reference.bins.enumerated() { index[BinKey(bin)] = i }
        return index
    }

    /// The counts in the order of the reference's bins; nil where bounds are others.
    func aligned(_ bins: [String], _ counts: [Double]) -> [Double]? {
        let binCount = tests.reference.count
        if bins.count == reference.bins.count,
            zip(bins, reference.bins).allSatisfy({ $0.utf8.elementsEqual($1.utf8) })
        {
            let none = [Double](repeating: 0, count: binCount - bins.count)
            return counts.map(DriftReference.cleaned) + none
        }
        let binIndex = binIndex
        // Without one of the bounds its counts are in the next bin.
        if reference.kind == .ordered, !bins.isEmpty,
            !Set(binIndex.keys).isSubset(of: bins.map { BinKey($0) })
        {
            return nil
        }
        var aligned = [Double](repeating: 0, count: binCount)
        for (bin, count) in zip(bins, counts) {
            let count = DriftReference.cleaned(count)
            if let i = binIndex[BinKey(bin)] {
                aligned[i] += count
            } else if reference.kind == .categories {
                aligned[binCount - 1] += count
            } else if count > 0 {
                return nil
            }
        }
        return aligned
    }
}
