#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// How large a difference is, over bins that are merged for the two samples.
extension DriftTests {
    /// PSI over the merged bins less its mean under no change: the size of the effect.
    func effect(of counts: [Double], against seasonal: [Double]? = nil) -> Double {
        let reference = seasonal ?? self.reference
        let (p, q, m, n) = merged(counts, against: reference)
        let merged = Self.correctedIndex(p, q, m: m, n: n)
        // Merging hides a value that left the reference's bins altogether.
        let isOutside = zip(reference, counts).contains { $0 == 0 && $1 >= 0.02 * n }
        guard p.count < 2 || isOutside else { return merged }
        return max(merged, Self.correctedIndex(reference, counts, m: m, n: n))
    }

    /// Both samples in the bins that are merged for them, and the size of each.
    private func merged(
        _ counts: [Double], against reference: [Double]
    ) -> (reference: [Double], current: [Double], m: Double, n: Double) {
        let n = counts.reduce(0, +)
        let m = reference.reduce(0, +)
        let groups = self.groups(for: counts, n: n, reference: reference, m: m)
        return (
            Self.merged(reference, by: groups), Self.merged(counts, by: groups), m, n
        )
    }

    /// ln of the chance of at least this PSI over the merged bins when the true one is `least`.
    ///
    /// - Parameter scale: How much the statistic is widened beyond independent observations.
    func lnChance(
        of counts: [Double], against seasonal: [Double]?, ifEffectIs least: Double, scale: Double
    ) -> Double {
        let (p, q, m, n) = merged(counts, against: seasonal ?? reference)
        guard p.count >= 2, let psi = PopulationStability.index(reference: p, current: q)
        else { return 0 }
        let unit = (1 / n + 1 / m) * max(scale, 1)
        let (x, lambda, dof) = (psi / unit, least / unit, Double(p.count - 1))
        guard x > 2000 else { return ChiSquared.lnUpper(x, dof: dof, noncentrality: lambda) }
        return Normal.lnUpper((x - dof - lambda) / (2 * (dof + 2 * lambda)).squareRoot())
    }

    /// The bins in which classic rules are stated: at most ten of a value, all classes.
    func classic(
        _ counts: [Double], against seasonal: [Double]?
    ) -> (reference: [Double], counts: [Double]) {
        let reference = seasonal ?? self.reference
        guard kind == .ordered, reference.count > 20 else { return (reference, counts) }
        let groups = orderedGroups(n: .infinity, reference: reference, m: reference.reduce(0, +))
        return (Self.merged(reference, by: groups), Self.merged(counts, by: groups))
    }

    private static func correctedIndex(
        _ p: [Double], _ q: [Double], m: Double, n: Double
    ) -> Double {
        guard let psi = PopulationStability.index(reference: p, current: q) else { return 0 }
        let used = PopulationStability.usedBinCount(reference: p, current: q)
        return psi - PopulationStability.nullMean(binCount: used, m: m, n: n)
    }

    /// Bins to be judged together, so that each group expects enough observations.
    func groups(
        for counts: [Double], n: Double, reference: [Double], m: Double
    ) -> [[Int]] {
        switch kind {
        case .ordered: orderedGroups(n: n, reference: reference, m: m)
        case .categories: categoryGroups(counts, n: n, reference: reference, m: m)
        }
    }

    /// Neighbours are merged until at least 8 are expected, and into no more than ten groups.
    private func orderedGroups(n: Double, reference: [Double], m: Double) -> [[Int]] {
        let least = max(8 / n, 0.0999)
        var groups: [[Int]] = []
        var group: [Int] = []
        var share = 0.0
        for i in reference.indices {
            group.append(i)
            share += reference[i] / m
            if share >= least {
                groups.append(group)
                group = []
                share = 0
            }
        }
        if groups.isEmpty { return [group] }
        groups[groups.count - 1] += group
        return groups
    }

    /// Classes that expect fewer than 5 share one group.
    ///
    /// What is expected is taken from both samples together: by the reference alone, classes that
    /// it has too often by chance would be picked out, and would seem to fade in every window.
    /// The bin of what the reference has not is many rare classes, never one that is common.
    private func categoryGroups(
        _ counts: [Double], n: Double, reference: [Double], m: Double
    ) -> [[Int]] {
        func expected(_ group: [Int]) -> Double {
            n * group.reduce(0) { $0 + reference[$1] + counts[$1] } / (m + n)
        }
        var groups: [[Int]] = []
        var rare: [Int] = []
        for i in reference.indices {
            if reference[i] > 0, expected([i]) >= 5 { groups.append([i]) } else { rare.append(i) }
        }
        if rare.isEmpty { return groups }
        if groups.isEmpty || expected(rare) >= 5 { return groups + [rare] }
        guard groups.count >= 2,
            let smallest = groups.indices.min(by: { expected(groups[$0]) < expected(groups[$1]) })
        else { return groups + [rare] }
        groups[smallest] += rare
        return groups
    }

    static func merged(_ counts: [Double], by groups: [[Int]]) -> [Double] {
        groups.map { $0.reduce(0) { $0 + counts[$1] } }
    }
}
