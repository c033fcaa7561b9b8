import Detection

/// Judges windows that are drawn from the distribution of their reference, and counts the alarms.
struct Calibration {
    enum Kind: String, CaseIterable {
        /// 60 bins between quantiles of a continuous value.
        case continuous
        /// A value of 7 steps, as unequal as a binomial.
        case tied
        /// 0 and 1, 8 % of them 1.
        case binary
        /// 40 % zeros, the rest continuous.
        case zeroInflated = "zero-inflated"
        /// 20 categories by Zipf's law.
        case categories20 = "20 categories"
        case categories200 = "200 categories"

        var shares: [Double] {
            switch self {
            case .continuous: [Double](repeating: 1, count: 60)
            case .tied: [1, 6, 15, 20, 15, 6, 1]
            case .binary: [92, 8]
            case .zeroInflated: [24] + [Double](repeating: 1, count: 36)
            case .categories20: (1...20).map { 1 / Double($0) }
            case .categories200: (1...200).map { 1 / Double($0) }
            }
        }

        var kind: DriftReference.Kind {
            switch self {
            case .continuous, .tied, .binary, .zeroInflated: .ordered
            case .categories20, .categories200: .categories
            }
        }
    }

    struct Result {
        var windowCount: Int
        var alarmsPerThousand: Double
        /// Three standard errors.
        var error: Double
        var classicAlarmsPerThousand: Double
    }

    /// Windows that one reference judges, after which it is drawn anew: its own error is part of
    /// what is measured.
    private static let windowsPerReference = 50

    let kind: Kind
    let n: Double
    let m: Double
    let significance: Double
    private var random: SeededBits

    init(kind: Kind, n: Double, m: Double, significance: Double, seed: UInt64) {
        self.kind = kind
        self.n = n
        self.m = m
        self.significance = significance
        random = SeededBits(state: seed)
    }

    mutating func run(windowCount: Int) -> Result {
        let bins = kind.shares.indices.map(String.init)
        let classic = FixedRule.Criterion(.psiEpsilon, 0.2)
        var (judged, alarms, classicAlarms) = (0, 0.0, 0.0)
        while judged < windowCount {
            let reference = random.multinomial(m, shares: kind.shares)
            // The size of the effect is no part of the question.
            var detector = DriftDetector(
                reference: DriftReference(kind: kind.kind, bins: bins, counts: reference),
                options: DriftOptions(
                    minimumCount: min(50, Int(n)), significance: significance, minimumEffect: -1))
            for _ in 0..<min(Self.windowsPerReference, windowCount - judged) {
                let verdict = detector.judge(
                    bins: bins, counts: random.multinomial(n, shares: kind.shares))
                if verdict.isSignificant { alarms += 1 }
                let psi = FixedRule.value(
                    classic.statistic, verdict.classicReference, verdict.classicCounts)
                if let psi, psi > classic.threshold { classicAlarms += 1 }
                judged += 1
            }
        }
        let count = Double(judged)
        let rate = alarms / count
        return Result(
            windowCount: judged, alarmsPerThousand: 1000 * rate,
            error: 3000 * (rate * (1 - rate) / count).squareRoot(),
            classicAlarmsPerThousand: 1000 * classicAlarms / count)
    }
}
