/// One test's answer to the question whether a sample differs from the reference.
struct TestResult: Equatable {
    enum Test: Int, CaseIterable {
        case pearson
        case smooth
        case andersonDarling
        case ends
        case unseen
        case rare
    }

    var test: Test
    /// The statistic over its mean when nothing has changed; 1 is what to expect.
    var ratio: Double
    /// Degrees of freedom of the scaled chi-square with the statistic's mean and variance.
    var dof: Double
    /// ln of the upper tail, for independent observations.
    var lnPValue: Double
    /// Independent standard normal parts of the statistic, where it has such.
    var components: [Double] = []
}

extension TestResult {
    /// The result for a sample that is itself part of the reference, whose distance has the
    /// variance 1/n − 1/m instead of 1/n + 1/m.
    func asPart(_ n: Double, of m: Double) -> TestResult {
        var result = self
        guard m > n * 1.05 else { return result }
        let factor = (1 / n + 1 / m) / (1 / n - 1 / m)
        result.ratio *= factor
        for i in result.components.indices { result.components[i] *= factor.squareRoot() }
        return result
    }
}
