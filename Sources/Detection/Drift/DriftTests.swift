#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The tests that compare counts with a reference, prepared for it once.
///
/// No single test wins: bins see spikes and classes, Anderson-Darling sees location and tails, the
/// smooth test sees spread. Each is asked, and the smallest tail counts as many times as there
/// were tests.
struct DriftTests: Sendable {
    let kind: DriftReference.Kind
    let reference: [Double]
    let m: Double
    private let andersonDarling: BinnedAndersonDarling?
    /// Orthonormal over the reference, for windows that are parts of it.
    private let scores: [[Double]]
    /// Bins the reference saw exactly once: how often something new is to be expected.
    private let singletonCount: Double

    init(kind: DriftReference.Kind, reference: [Double]) {
        self.kind = kind
        self.reference = reference
        m = reference.reduce(0, +)
        singletonCount = Double(reference.count { $0 == 1 })
        andersonDarling = kind == .ordered ? BinnedAndersonDarling(shares: reference) : nil
        scores = kind == .ordered ? SmoothTest.orthonormalScores(reference) : []
    }

    /// - Parameters:
    ///   - seasonal: The reference as it is at the time of the counts, instead of the whole one.
    ///   - isMemory: The counts are weighted sums of windows, which are no whole numbers.
    ///   - withTails: Without, `lnPValue` is 0, which makes many windows faster, and all tests are
    ///     there that may be asked of other counts.
    ///   - withSmooth: Without, the smooth test is not asked.
    func results(
        for counts: [Double], against seasonal: [Double]? = nil, isMemory: Bool = false,
        withTails: Bool = true, withSmooth: Bool = true
    ) -> [TestResult] {
        let reference = seasonal ?? self.reference
        let n = counts.reduce(0, +)
        let m = reference.reduce(0, +)
        guard n > 0, m > 0 else { return [] }
        var results: [TestResult] = []
        if let rare = rareTest(counts, n: n, reference: reference, m: m) { results.append(rare) }
        let isSkewed = !results.isEmpty
        if !isMemory, withTails, reference.contains(0) {
            results.append(unseenTest(counts, n: n))
        }
        if let ends = endsTest(
            counts, n: n, reference: reference, m: m, withTails: withTails)
        {
            results.append(ends)
        }
        // The laws of the other tests are those of large counts.
        if isSkewed, withTails { return results }
        // Of two bins the others say the same, and to ask it three times would only cost power.
        let isBinary = zip(reference, counts).count { $0 + $1 > 0 } == 2
        if kind == .ordered, isBinary, withTails {
            return results + [smoothTest(counts, reference)].compactMap { $0 }
        }
        let groups = self.groups(for: counts, n: n, reference: reference, m: m)
        if groups.count >= 2 {
            let pearson = HomogeneityTest([
                Self.merged(reference, by: groups), Self.merged(counts, by: groups),
            ])
            if pearson.dof > 0 {
                let dof = Double(pearson.dof)
                results.append(
                    TestResult(
                        test: .pearson, ratio: pearson.statistic / dof, dof: dof,
                        lnPValue: withTails ? pearson.lnPValue : 0))
            }
        }
        guard let andersonDarling else { return results }
        if withSmooth, let smooth = smoothTest(counts, reference, withTails: withTails) {
            results.append(smooth)
        }
        if !andersonDarling.law.weights.isEmpty {
            let statistic = andersonDarling.statistic(reference: reference, current: counts)
            let law = andersonDarling.law
            results.append(
                TestResult(
                    test: .andersonDarling, ratio: statistic / law.mean,
                    dof: 2 * law.mean * law.mean / law.variance,
                    lnPValue: withTails ? law.lnUpper(statistic) : 0))
        }
        return results
    }

    /// What the tests say, without tails, of a window that is itself part of the reference: its
    /// distance has the variance 1/n − 1/m instead of 1/n + 1/m.
    ///
    /// - Parameter seasonal: As `results` takes it; the window is thought to be part of that.
    func partResults(for counts: [Double], against seasonal: [Double]? = nil) -> [TestResult] {
        let standard = seasonal ?? reference
        let (n, m) = (counts.reduce(0, +), standard.reduce(0, +))
        guard m > n * 1.05, !scores.isEmpty else {
            return results(for: counts, against: seasonal, withTails: false).map {
                $0.asPart(n, of: m)
            }
        }
        var results = results(
            for: counts, against: seasonal, withTails: false, withSmooth: false
        ).map { $0.asPart(n, of: m) }
        let components = partComponents(counts, against: standard)
        let dof = Double(components.count)
        results.append(
            TestResult(
                test: .smooth, ratio: SmoothTest.product(components, components) / dof,
                dof: dof, lnPValue: 0, components: components))
        return results
    }

    /// Standard normal parts of the smooth test of a window that is part of the reference.
    private func partComponents(_ counts: [Double], against standard: [Double]) -> [Double] {
        let (n, m) = (counts.reduce(0, +), standard.reduce(0, +))
        let distance = zip(counts, standard).map { $0 / n - $1 / m }
        let scale = (self.m / (1 / n - 1 / m)).squareRoot()
        return scores.map { SmoothTest.product(distance, $0) * scale }
    }

    private func smoothTest(
        _ counts: [Double], _ reference: [Double], withTails: Bool = true
    ) -> TestResult? {
        guard let smooth = SmoothTest(reference: reference, current: counts) else { return nil }
        let dof = Double(smooth.dof)
        return TestResult(
            test: .smooth, ratio: smooth.statistic / dof, dof: dof,
            lnPValue: withTails ? smooth.lnPValue : 0, components: smooth.components)
    }

    /// Roughly standard normal numbers in which a season of windows would show: the parts of the
    /// smooth test, or the shares of the commonest classes.
    func seasonFeatures(_ counts: [Double]) -> [Double] {
        let n = counts.reduce(0, +)
        guard kind == .categories else {
            return m > n * 1.05 ? partComponents(counts, against: reference) : []
        }
        let commonest = reference.indices.sorted { reference[$0] > reference[$1] }.prefix(10)
        return commonest.filter { reference[$0] > 0 && reference[$0] < m }.map { i in
            let p = reference[i] / m
            return (counts[i] / n - p) / (p * (1 - p) / n).squareRoot()
        }
    }

    /// Chance of at least so many observations in bins that the reference never saw.
    ///
    /// With s bins seen once, the rate of the unseen is about Gamma(s + 1, m), which makes the
    /// count negative binomial (I. Good, Biometrika 40 (1953) 237; the rule of three for s = 0).
    private func unseenTest(_ counts: [Double], n: Double) -> TestResult {
        let unseen = zip(reference, counts).reduce(0) { $1.0 == 0 ? $0 + $1.1 : $0 }
        let expected = n * (singletonCount + 1) / m
        var lnPValue = 0.0
        if unseen > 0 {
            lnPValue = Beta.lnLower(
                unseen, singletonCount + 1, lnX: log(n / (n + m)), lnComplement: log(m / (n + m)))
        }
        return TestResult(test: .unseen, ratio: unseen / expected, dof: 1, lnPValue: lnPValue)
    }

    /// Chance of at least so many observations in the lowest or the highest bin, where these are
    /// rare: a few per cent of far values, which merged bins hide.
    ///
    /// The rate of a bin with r of m observations is about Gamma(r + 1, m), as in `unseenTest`.
    private func endsTest(
        _ counts: [Double], n: Double, reference: [Double], m: Double, withTails: Bool
    ) -> TestResult? {
        guard kind == .ordered, reference.count >= 5 else { return nil }
        let ends = [0, reference.count - 1].filter {
            reference[$0] > 0 && reference[$0] < 0.05 * m
        }
        guard !ends.isEmpty else { return nil }
        var ratio = 0.0
        var lnPValue = 0.0
        for i in ends {
            let expected = n * reference[i] / m
            let variance = n * n * reference[i] * (1 / n + 1 / m) / m
            ratio += (counts[i] - expected) * (counts[i] - expected) / variance
            guard counts[i] > expected, withTails else { continue }
            let lnTail = Beta.lnLower(
                counts[i], reference[i] + 1, lnX: log(n / (n + m)), lnComplement: log(m / (n + m)))
            lnPValue = min(lnPValue, lnTail + log(Double(ends.count)))
        }
        let dof = Double(ends.count)
        return TestResult(test: .ends, ratio: ratio / dof, dof: dof, lnPValue: lnPValue)
    }

    /// Chance of a number so far from what is expected of observations outside the commonest bin,
    /// where these are so few that their number is skewed: rare errors, a signal that is mostly 0.
    ///
    /// The rate is about Gamma(r, m), as in `unseenTest`, with r + 1 for the upper tail.
    private func rareTest(
        _ counts: [Double], n: Double, reference: [Double], m: Double
    ) -> TestResult? {
        guard let common = reference.indices.max(by: { reference[$0] < reference[$1] }),
            reference[common] < m
        else { return nil }
        let (x, r) = (n - counts[common], m - reference[common])
        let p = r / m
        let skewness = (1 - 2 * p) / (n * p * (1 - p)).squareRoot()
        guard skewness > 0.2 else { return nil }
        let (lnWindow, lnReference) = (log(n / (n + m)), log(m / (n + m)))
        let isMore = x > n * p
        let lnTail =
            isMore
            ? Beta.lnLower(x, r + 1, lnX: lnWindow, lnComplement: lnReference)
            : Beta.lnLower(r, x + 1, lnX: lnReference, lnComplement: lnWindow)
        let variance = n * n * p * (1 - p) * (1 / n + 1 / m)
        return TestResult(
            test: .rare, ratio: (x - n * p) * (x - n * p) / variance, dof: 1,
            lnPValue: min(lnTail + log(2), 0))
    }
}
