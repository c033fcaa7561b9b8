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

    /// Standardised movements of ordered bins, with sign: positive is toward higher bins, wider,
    /// skewed upward, heavier tails. About ±2 is chance.
    package struct Movement: Codable, Sendable, Equatable {
        package var location: Double
        package var spread: Double
        package var skew: Double
        package var tails: Double
    }

    package var state: State
    /// The window on which the state became `drifted`.
    package var isAlarm: Bool
    /// The evidence now: p below the wanted rate of false alarms, and an effect large enough. An
    /// episode, `state`, outlasts it until several windows are clean.
    package var isSignificant: Bool
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
    /// Whether variation among the reference's own windows was found and allowed for.
    package var isDispersionCorrected: Bool
    /// Whether the reference was taken as it is at the window's time of day and week.
    package var isSeasonCorrected = false
    /// Why there is no judgement, for people: `n = 12 of 50 needed`.
    package var note: String?

    /// Bins that PSI was computed over.
    package var binCount = 0

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
        var parts: [String] = []
        if let movement {
            for (name, z) in [
                ("location", movement.location), ("spread", movement.spread),
                ("skew", movement.skew), ("tails", movement.tails),
            ] where abs(z) >= 2.5 {
                parts.append("\(name) \(z > 0 ? "+" : "-")\(Self.tenths(abs(z))) sd")
            }
        }
        parts += largestChanges.prefix(isSignificant ? 3 : 1).map { change in
            "\(change.bin) \(Self.tenths(100 * change.referenceShare)) -> "
                + "\(Self.tenths(100 * change.share)) %"
        }
        if isSeasonCorrected { parts.append("season allowed for") }
        if isDispersionCorrected { parts.append("extra variance allowed for") }
        return parts.joined(separator: "; ")
    }

    /// A number with one digit after the point.
    private static func tenths(_ x: Double) -> String {
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
