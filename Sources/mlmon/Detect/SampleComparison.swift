import Detection
import Foundation

/// Every statistic of two samples.
struct SampleComparison: Encodable {
    struct Row: Encodable {
        /// As `--method` takes it.
        var method: String
        var statistic: Double?
        var pValue: Double?

        enum CodingKeys: String, CodingKey {
            case method, statistic
            case pValue = "p_value"
        }
    }

    struct Interval: Encodable {
        var lower: Double
        var upper: Double
    }

    struct Rule: Encodable {
        var rule: String
        var value: Double?
        var alarm: Bool
        var falseAlarmsPerThousand: Double

        enum CodingKeys: String, CodingKey {
            case rule, value, alarm
            case falseAlarmsPerThousand = "false_alarms_per_1000"
        }
    }

    var kind: String
    var referenceCount: Int
    var currentCount: Int
    var referenceMissing: Int
    var currentMissing: Int
    var binCount = 0
    var rows: [Row] = []
    /// 95 % of the true PSI, less its mean without drift.
    var psiInterval: Interval?
    var fixedRules: [Rule] = []
    var warnings: [String] = []

    enum CodingKeys: String, CodingKey {
        case kind
        case referenceCount = "reference_n"
        case currentCount = "current_n"
        case referenceMissing = "reference_missing"
        case currentMissing = "current_missing"
        case binCount = "bins"
        case rows = "statistics"
        case psiInterval = "psi_interval"
        case fixedRules = "fixed_rules"
        case warnings
    }

    /// - Precondition: Neither sample is empty, and both are of one kind.
    init(_ reference: RecordedSample, _ current: RecordedSample) {
        let isNumeric = reference.numbers != nil
        kind = isNumeric ? "numeric" : "categorical"
        referenceCount = reference.count
        currentCount = current.count
        referenceMissing = reference.missingCount
        currentMissing = current.missingCount
        let counts: ([Double], [Double])
        if let a = reference.numbers, let b = current.numbers {
            let bins = QuantileBins(reference: a, binCount: 10)
            counts = (bins?.counts(of: a) ?? [], bins?.counts(of: b) ?? [])
            addNumeric(a, b)
        } else {
            let names = Set(reference.categories.keys).union(current.categories.keys).sorted()
            counts = (
                names.map { reference.categories[$0] ?? 0 },
                names.map { current.categories[$0] ?? 0 }
            )
        }
        binCount = PopulationStability.usedBinCount(reference: counts.0, current: counts.1)
        addBinned(counts.0, counts.1, isOrdered: isNumeric)
        let (m, n) = (counts.0.reduce(0, +), counts.1.reduce(0, +))
        if isNumeric, m == 0 || n == 0 {
            warnings.append(
                "the \(m == 0 ? "reference" : "current sample") has no finite value, and most "
                    + "statistics none either")
        } else if m < 10 * n {
            warnings.append(
                "the reference is small: \(Int(m)) for \(Int(n)); 10 times as many are better")
        }
        if min(m, n) < 50 { warnings.append("fewer than 50 values show large changes only") }
    }

    private mutating func add(_ method: String, _ statistic: Double?, p: Double? = nil) {
        rows.append(
            Row(
                method: method, statistic: statistic.flatMap { $0.isFinite ? $0 : nil },
                pValue: p.flatMap { $0.isFinite ? $0 : nil }))
    }

    private mutating func addNumeric(_ a: FiniteSample, _ b: FiniteSample) {
        if let test = KolmogorovSmirnov(reference: a, current: b) {
            add("ks", test.distance, p: test.pValue)
        }
        if let test = try? AndersonDarling([a, b]) {
            add("anderson-darling", test.standardised, p: test.tablePValue)
        }
        if let test = CramerVonMises(reference: a, current: b) {
            add("cramer-von-mises", test.statistic, p: test.pValue)
        }
        if let distance = Wasserstein(reference: a, current: b) {
            add("wasserstein", distance.distance)
            add("wasserstein-sd", distance.standardised)
            add("energy", distance.energyDistance)
        }
        if let tests = LocationTests(reference: a, current: b) {
            add("z", tests.zMean, p: tests.zMeanPValue)
            if let welch = tests.welch { add("welch", welch.t, p: welch.pValue) }
            add("mann-whitney", tests.mannWhitney.u, p: tests.mannWhitney.pValue)
            add("auc", tests.mannWhitney.auc)
            add("robust-z", tests.robustZ)
        }
    }

    private mutating func addBinned(_ p: [Double], _ q: [Double], isOrdered: Bool) {
        let (m, n) = (p.reduce(0, +), q.reduce(0, +))
        if let psi = PopulationStability.index(reference: p, current: q) {
            add(
                "psi", psi,
                p: exp(PopulationStability.lnPValue(index: psi, binCount: binCount, m: m, n: n)))
            let mean = PopulationStability.nullMean(binCount: binCount, m: m, n: n)
            add("psi-corrected", psi - mean)
            psiInterval = PopulationStability.interval(
                index: psi, binCount: binCount, m: m, n: n
            ).map { Interval(lower: $0.lowerBound, upper: $0.upperBound) }
        }
        add("psi-epsilon", PopulationStability.index(reference: p, current: q, rule: .epsilon))
        let table = HomogeneityTest([p, q])
        add("chi-square", table.statistic, p: table.pValue)
        add("g", table.likelihoodRatio, p: table.likelihoodRatioPValue)
        add("cramers-v", table.cramersV)
        if isOrdered, let smooth = SmoothTest(reference: p, current: q) {
            add("smooth", smooth.statistic, p: smooth.pValue)
        }
        if let divergence = Divergence(reference: p, current: q) {
            add("jensen-shannon", divergence.jensenShannon)
            add("jensen-shannon-distance", max(divergence.jensenShannon, 0).squareRoot())
            add("kullback-leibler", divergence.kullbackLeibler)
            add("hellinger", divergence.hellinger)
            add("total-variation", divergence.totalVariation)
            add("l-infinity", divergence.largestDifference)
        }
        var rates = FalseAlarmRates()
        fixedRules = FixedRule.all(
            reference: p, current: q, isOrdered: isOrdered, rates: &rates
        ).map { rule in
            Rule(
                rule: rule.criterion.description, value: rule.value, alarm: rule.isAlarm,
                falseAlarmsPerThousand: rule.falseAlarmsPerThousand)
        }
    }
}
