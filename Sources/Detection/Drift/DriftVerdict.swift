/// What a detector says of one closed window.
package struct DriftVerdict: Codable, Sendable, Equatable {
    package enum State: String, Codable, Sendable {
        /// The reference is still being collected.
        case learning
        /// Too few observations to judge, or bins that cannot be compared; never an alarm.
        case insufficient
        case stable
        case drifted
    }

    /// How much one bin gained or lost.
    package struct BinChange: Codable, Sendable, Equatable {
        /// Class name or upper bound, as the reference has it; `unseen` for what it has not.
        package var bin: String
        package var referenceShare: Double
        package var share: Double
        /// Part of PSI; the parts add up to it.
        package var contribution: Double
    }

    /// A value that the reference has not and that comes again and again.
    package struct Newcomer: Codable, Sendable, Equatable {
        package var name: String
        package var count: Double
        /// Observations of any value since it appeared.
        package var n: Double

        init(_ strongest: Newcomers.Strongest) {
            (name, count, n) = (strongest.name, strongest.count, strongest.n)
        }
    }

    /// Standardised movements of ordered bins, with sign: positive is toward higher bins, wider,
    /// skewed upward, heavier tails. About ±2 is chance.
    package struct Movement: Codable, Sendable, Equatable {
        package var location: Double
        package var spread: Double
        package var skew: Double
        package var tails: Double
        /// Standard deviation of each that chance makes, in units of the scores' own.
        var error = 0.0

        /// About how many standard deviations values have moved: of ranks, times what makes it
        /// exact for a small shift of normal values, √π/√3.
        package var locationSize: Double { location * error * 1.0233 }
        /// About what the spread is multiplied by, exact for a small change of normal values.
        package var spreadRatio: Double { max(1 + spread * error * 0.8112, 0.01) }
    }

    package var state: State
    /// The window on which the state became `drifted`.
    package var isAlarm: Bool
    /// The evidence now: p below the wanted rate of false alarms, and an effect large enough. An
    /// episode, `state`, outlasts it until several windows are clean.
    package var isSignificant: Bool
    /// Evidence of this episode that the true PSI is large, not only more than nothing.
    package var isCritical = false
    /// Chance that a clean window is called drifted, as wanted when it was judged.
    package var significance = 0.0
    /// Population stability index of the window by Jeffreys' zero rule.
    package var psi: Double?
    /// What PSI is on average when nothing has changed, at these sample sizes.
    package var psiNullMean: Double?
    /// Chance of evidence at least as strong, in this window or in the memory of the latest ones,
    /// when nothing has changed; in 0...1.
    package var pValue: Double?
    /// Natural logarithm of `pValue`, which does not underflow.
    package var lnPValue: Double?
    /// Observations in the window, with those carried over from windows too small to judge.
    package var n: Double
    /// Observations in the reference.
    package var m: Double
    /// The three bins that moved most, the largest part of PSI first.
    package var largestChanges: [BinChange]
    /// Only for ordered bins.
    package var movement: Movement?
    /// Where it is part of the evidence.
    package var newcomer: Newcomer?
    /// Whether variation among the reference's own windows was found and allowed for.
    package var isDispersionCorrected: Bool
    /// Whether the reference was taken as it is at the window's time of day and week.
    package var isSeasonCorrected = false
    /// A rhythm that the reference is too short to hold, `day` or `week`; nil where it is long
    /// enough or its times are not known.
    package var unknownRhythm: String?
    /// Why there is no judgement, for people: `n = 12 of 50 needed`.
    package var note: String?

    /// Bins that PSI was computed over.
    package var binCount = 0
    /// Reference and window in the bins in which classic rules are stated: about ten, or as many
    /// as there are classes.
    package var classicReference: [Double] = []
    package var classicCounts: [Double] = []
    /// The value of the classic rule that judged, where one did.
    package var ruleValue: Double?

    /// What the usual thresholds would have said, and how often they are wrong at these sizes.
    package func fixedRules(_ rates: inout FalseAlarmRates) -> [FixedRule] {
        FixedRule.all(
            reference: classicReference, current: classicCounts, isOrdered: movement != nil,
            rates: &rates)
    }

    /// 95 % interval of the true PSI, as `PopulationStability.interval` defines it.
    package var psiInterval: ClosedRange<Double>? {
        guard let psi, let psiNullMean, binCount >= 2 else { return nil }
        // What matters is 1/m + 1/n, which the mean without drift tells.
        let unit = psiNullMean / Double(binCount - 1)
        return PopulationStability.interval(
            index: psi, binCount: binCount, m: 2 / unit, n: 2 / unit)
    }

    /// The reference is under ten times the window: its own error costs power.
    package var isReferenceSmall: Bool { m > 0 && m < 10 * n }

    /// PSI less what it is on average when nothing has changed; may be negative.
    package var psiCorrected: Double? {
        guard let psi, let psiNullMean else { return nil }
        return psi - psiNullMean
    }

    /// What there is to say in one line, for people.
    package var summary: String {
        if let note { return note }
        guard isSignificant || state == .drifted else { return "" }
        var parts = movement?.words ?? []
        if let newcomer {
            let share = Self.tenths(100 * newcomer.count / max(newcomer.n, 1))
            parts.append("new value '\(newcomer.name)', \(share) % since it appeared")
        }
        parts += largestChanges.prefix(isSignificant ? 3 : 1).map { change in
            "\(change.bin) \(Self.tenths(100 * change.referenceShare)) -> "
                + "\(Self.tenths(100 * change.share)) %"
        }
        return (parts + corrections).joined(separator: "; ")
    }

    /// What was allowed for, for people.
    package var corrections: [String] {
        (isSeasonCorrected ? ["season allowed for"] : [])
            + (isDispersionCorrected ? ["extra variance allowed for"] : [])
            + (unknownRhythm.map { ["reference too short to know a rhythm of the \($0)"] } ?? [])
    }

    /// A number with one digit after the point.
    fileprivate static func tenths(_ x: Double) -> String {
        let scaled = Int64((min(max(x, -1e12), 1e12) * 10).rounded())
        return "\(scaled / 10).\(abs(scaled % 10))"
    }

    init(_ state: State, n: Double, m: Double, note: String? = nil) {
        self.state = state
        isAlarm = false
        isSignificant = false
        self.n = n
        self.m = m
        largestChanges = []
        isDispersionCorrected = false
        self.note = note
    }

    /// The verdict while there is no reference yet.
    package static func learning(n: Double, note: String) -> DriftVerdict {
        DriftVerdict(.learning, n: n, m: 0, note: note)
    }
}

extension DriftVerdict.Movement {
    /// Those that chance does not explain, with their sizes: `location +0.31 sd`.
    package var words: [String] {
        var words: [String] = []
        if abs(location) >= 2.5 {
            words.append("location \(location > 0 ? "+" : "-")\(Self.hundredths(locationSize)) sd")
        }
        if abs(spread) >= 2.5 { words.append("spread x\(Self.hundredths(spreadRatio))") }
        if abs(skew) >= 2.5 { words.append("skew toward \(skew > 0 ? "high" : "low") values") }
        if abs(tails) >= 2.5 { words.append("tails \(tails > 0 ? "heavier" : "lighter")") }
        return words
    }

    /// A size with two digits after the point.
    private static func hundredths(_ x: Double) -> String {
        let scaled = Int64((min(abs(x), 1e9) * 100).rounded())
        let rest = scaled % 100
        return "\(scaled / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}
