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
    private struct Law: Sendable, Equatable {
        var ratio: Double
        var dof: Double
        var sampleCount: Double
        /// Variance of each independent part, at least 1.
        var variances: [Double] = []
        /// Correlation of each part with that of the window before, at least 0.
        var persistence: [Double] = []
    }

    private var laws: [TestResult.Test: Law] = [:]

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
            let partCount = own.map(\.components.count).min() ?? 0
            for j in 0..<partCount {
                let part = own.map { $0.components[j] }
                let energy = part.reduce(0) { $0 + $1 * $1 }
                let lagged = zip(part, part.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
                let correlation = energy > 0 ? lagged / energy : 0
                law.variances.append(max(energy / count, 1))
                law.persistence.append(
                    correlation > 2 / count.squareRoot() ? min(correlation, 0.95) : 0)
            }
            laws[test] = law
        }
    }

    var isCorrecting: Bool { !laws.isEmpty }

    /// How much wider Pearson's statistic is than for independent observations; at least 1.
    var scale: Double { max(laws[.pearson]?.ratio ?? 1, 1) }

    /// ln of the tail of the strongest result, counted as often as there were tests.
    func lnPValue(_ results: [TestResult]) -> Double {
        Self.strongest(results.map { lnTail($0, isMemory: false) })
    }

    /// The same for a memory of windows, which correlation between windows widens.
    func lnMemoryPValue(_ results: [TestResult]) -> Double {
        // With dependent windows only the smooth test knows how much its parts are widened.
        guard let law = laws[.smooth], !law.variances.isEmpty else {
            return Self.strongest(results.map { lnTail($0, isMemory: true) })
        }
        let smooth = results.filter { $0.test == .smooth }
        return Self.strongest(smooth.map { lnTail($0, isMemory: true) })
    }

    private static func strongest(_ tails: [Double]) -> Double {
        guard let smallest = tails.min() else { return 0 }
        return min(smallest + log(Double(tails.count)), 0)
    }

    private func lnTail(_ result: TestResult, isMemory: Bool) -> Double {
        guard let law = laws[result.test] else { return result.lnPValue }
        let parts = result.components
        guard !law.variances.isEmpty, parts.count <= law.variances.count, !parts.isEmpty else {
            return FisherF.lnUpper(result.ratio / law.ratio, law.dof, law.dof * law.sampleCount)
        }
        var sum = 0.0
        var sampleCount = law.sampleCount
        for (j, part) in parts.enumerated() {
            var variance = law.variances[j]
            if isMemory {
                let kept = law.persistence[j]
                let decay = (1 - WindowMemory.rate) * kept
                variance *= (1 + decay) / (1 - decay)
                sampleCount = min(sampleCount, law.sampleCount * (1 - kept) / (1 + kept))
            }
            sum += part * part / variance
        }
        let dof = Double(parts.count)
        return FisherF.lnUpper(sum / dof, dof, max(sampleCount, 2))
    }
}
