#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// How much the reference's own windows differ from one another beyond chance.
///
/// Windows of a real service are dependent and seasonal. Their statistics are then larger than
/// the textbook law says although nothing is wrong; a scaled chi-square with the mean and variance
/// of the reference's own windows takes its place, whose tail is that of F. The parts of the
/// smooth test are each measured by their own variance.
struct Dispersion: Sendable, Equatable {
    fileprivate struct Law: Sendable, Equatable {
        var ratio: Double
        var dof: Double
        var sampleCount: Double
        /// Variance of each independent part, at least 1.
        var variances: [Double] = []
        /// Degrees of freedom of the sum of squares of the parts over their variances: as many as
        /// there are parts, fewer where large ones come together.
        var partsDof = 0.0
    }

    /// How far the means of successive windows are apart.
    fileprivate struct Persistence: Sendable, Equatable {
        /// How many times as much the mean of a run of windows varies as if they were
        /// independent, for each part; at least 1.
        var factors: [Double]
        var runCount: Double
    }

    private var laws: [TestResult.Test: Law] = [:]
    private var persistence: Persistence?

    /// Windows in a run: about as many as the memory has at its weight.
    private static let runLength = 8

    /// - Parameter results: What the tests said of each of the reference's windows, oldest first.
    init(_ results: [[TestResult]]) {
        var byTest = TestResult.Test.allCases.map { _ in [TestResult]() }
        for result in results.joined() { byTest[result.test.rawValue].append(result) }
        for test in TestResult.Test.allCases where test != .unseen {
            let own = byTest[test.rawValue]
            guard own.count >= 5 else { continue }
            let count = Double(own.count)
            let ratio = own.reduce(0) { $0 + $1.ratio } / count
            let dof = own.reduce(0) { $0 + $1.dof } / count
            let lnTail = ChiSquared.lnUpper(ratio * count * dof, dof: count * dof)
            guard lnTail < log(0.01) else { continue }
            let spread = own.reduce(0) { $0 + ($1.ratio - ratio) * ($1.ratio - ratio) } / count
            let matched = spread > 0 ? 2 * ratio * ratio / spread : dof
            var law = Law(ratio: ratio, dof: min(max(matched, 0.5), dof), sampleCount: count)
            law.measure(own.map(\.components))
            laws[test] = law
        }
        persistence = Persistence(
            byTest[TestResult.Test.smooth.rawValue].map(\.components),
            variances: laws[.smooth]?.variances ?? [], runLength: Self.runLength)
    }

    var isCorrecting: Bool { !laws.isEmpty }

    /// How much wider Pearson's statistic is than for independent observations; at least 1.
    var scale: Double { max(laws[.pearson]?.ratio ?? 1, 1) }

    /// ln of the chance of results at least as strong as these together.
    func lnPValue(_ results: [TestResult]) -> Double {
        Self.combined(results.map { lnTail($0) })
    }

    /// The same for a memory of windows, which correlation between windows widens.
    func lnMemoryPValue(_ results: [TestResult]) -> Double {
        // With dependent windows only the smooth test knows how much its parts are widened.
        let smooth = results.filter { $0.test == .smooth }
        let isWidened = persistence != nil || laws[.smooth] != nil
        guard isWidened, let result = smooth.first, !result.components.isEmpty else {
            return Self.combined(results.map { lnTail($0) })
        }
        let law = laws[.smooth]
        let count = law?.sampleCount ?? .infinity
        var (sum, freedom) = (0.0, count)
        for (j, part) in result.components.enumerated() {
            var variance = 1.0
            if let variances = law?.variances, j < variances.count { variance = variances[j] }
            if let persistence, j < persistence.factors.count, persistence.factors[j] > 1 {
                variance *= persistence.factors[j]
                freedom = min(freedom, persistence.runCount)
            }
            sum += part * part / variance
        }
        let dof = Double(result.components.count)
        return FisherF.lnUpper(sum / dof, dof, min(freedom, 1e6))
    }

    private func lnTail(_ result: TestResult) -> Double {
        guard let law = laws[result.test] else { return result.lnPValue }
        let parts = result.components
        guard !law.variances.isEmpty, parts.count <= law.variances.count, !parts.isEmpty else {
            return FisherF.lnUpper(result.ratio / law.ratio, law.dof, law.dof * law.sampleCount)
        }
        let sum = zip(parts, law.variances).reduce(0) { $0 + $1.0 * $1.0 / $1.1 }
        return FisherF.lnUpper(sum / Double(parts.count), law.partsDof, law.sampleCount)
    }

    /// The harmonic mean of the tails, which keeps the rate of false alarms whether the tests are
    /// independent or say the same, where counting the smallest as often as there are tests would
    /// lose power.
    ///
    /// Source: D. Wilson, PNAS 116 (2019) 1195.
    private static func combined(_ lnTails: [Double]) -> Double {
        guard let smallest = lnTails.min() else { return 0 }
        guard smallest.isFinite else { return smallest }
        let inverse = lnTails.reduce(0) { $0 + exp(smallest - $1) }
        return min(smallest + log(Double(lnTails.count) / inverse), 0)
    }
}

extension Dispersion.Law {
    /// Takes the laws of the parts of a statistic from those of the reference's windows.
    fileprivate mutating func measure(_ windows: [[Double]]) {
        let partCount = windows.map(\.count).min() ?? 0
        guard partCount > 0 else { return }
        let count = Double(windows.count)
        variances = (0..<partCount).map { j in
            max(windows.reduce(0) { $0 + $1[j] * $1[j] } / count, 1)
        }
        let sums = windows.map { parts in
            zip(parts, variances).reduce(0) { $0 + $1.0 * $1.0 / $1.1 }
        }
        let mean = sums.reduce(0, +) / count
        let spread = sums.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
        partsDof = spread > 0 ? 2 * mean * mean / spread : Double(partCount)
        partsDof = min(max(partsDof, 0.5), Double(partCount))
    }
}

extension Dispersion.Persistence {
    /// nil where the means of runs of windows are no further apart than the windows make them.
    ///
    /// - Parameter variances: Of each part among single windows; empty where they are 1.
    fileprivate init?(_ windows: [[Double]], variances: [Double], runLength: Int) {
        let partCount = windows.map(\.count).min() ?? 0
        let runs = windows.count / runLength
        guard partCount > 0, runs >= 5 else { return nil }
        runCount = Double(runs)
        let ratios = (0..<partCount).map { j in
            let energy = (0..<runs).reduce(0) { sum, run in
                let own = windows[(run * runLength)..<((run + 1) * runLength)]
                let total = own.reduce(0) { $0 + $1[j] }
                return sum + total * total / Double(runLength)
            }
            return energy / Double(runs) / (j < variances.count ? variances[j] : 1)
        }
        let lnTails = ratios.map { ratio in
            variances.isEmpty
                ? ChiSquared.lnUpper(ratio * Double(runs), dof: Double(runs))
                : FisherF.lnUpper(ratio, Double(runs), Double(windows.count))
        }
        // Where single windows differ too much already, persistence is to be expected.
        let level = variances.isEmpty ? 0.01 : 0.2
        guard let smallest = lnTails.min(), smallest < log(level / Double(partCount)) else {
            return nil
        }
        factors = ratios.map { max($0, 1) }
    }
}
