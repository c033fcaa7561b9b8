#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import TimeSeries

/// Judges windows of counts against a reference.
///
/// Each window, and a memory of the latest ones, is put to several tests, each with its share of
/// the wanted rate of false alarms. Drift is what is significant *and* at least of the wanted effect.
/// `docs/detectors.md` says what that assumes and costs.
package struct DriftDetector: Sendable {
    /// Without its windows, which are not needed any more.
    package let reference: DriftReference
    package var options: DriftOptions
    /// To be stored after each window, and given back after a restart.
    package internal(set) var state: DriftState

    /// Shares of the wanted rate of false alarms. The memory has the most, since it repeats itself
    /// from window to window and so errs less often than it may.
    private static let windowShare = 0.35
    private static let newcomerShare = 0.05
    private var memoryShare: Double {
        1 - Self.windowShare - (reference.kind == .categories ? Self.newcomerShare : 0)
    }

    let tests: DriftTests
    private let dispersion: Dispersion
    private let season: Season?
    /// A rhythm that the reference is too short to hold.
    private let unknownRhythm: String?
    /// The reference is that of the next window only.
    private let isMoving: Bool
    /// References of successive windows share observations.
    private let isShared: Bool
    /// That one new value comes again and again means something.
    let countsNewcomers: Bool

    /// - Parameter state: What an earlier detector left; ignored when it is of another reference.
    /// - Complexity: O(bins³ + windows · bins).
    package init(
        reference: DriftReference, options: DriftOptions = DriftOptions(), state: DriftState? = nil
    ) {
        self.init(
            reference: reference, options: options, state: state, isMoving: false, isShared: false)
    }

    init(
        reference: DriftReference, options: DriftOptions, state: DriftState?, isMoving: Bool,
        isShared: Bool
    ) {
        self.isMoving = isMoving
        self.isShared = isShared
        var own = reference
        (own.windows, own.windowTimes) = ([], nil)
        self.reference = own
        unknownRhythm = reference.windowTimes.flatMap(Season.unknownRhythm)
        self.options = options
        let isOpen = reference.kind == .categories && !isMoving
        let counts = reference.counts + (isOpen ? [0] : [])
        let tests = DriftTests(kind: reference.kind, reference: counts)
        self.tests = tests
        let fingerprint = isMoving ? 0 : reference.fingerprint
        if let state, state.belongs(to: fingerprint, binCount: counts.count) {
            self.state = state
        } else {
            self.state = DriftState(fingerprint: fingerprint, binCount: counts.count)
        }
        let needed = Double(max(options.minimumCount, 1))
        let large = reference.windows.indices.filter {
            reference.windows[$0].reduce(0, +) >= needed
        }
        let windows = large.map { reference.windows[$0] + (isOpen ? [0] : []) }
        var season: Season?
        var references = windows.map { _ in [Double]?.none }
        if let times = reference.windowTimes, times.count == reference.windows.count {
            let times = large.map { times[$0] }
            season = Season(
                windows: windows, times: times, features: windows.map(tests.seasonFeatures))
            if let season {
                references = times.map { season.reference(for: season.design(at: $0)) }
            }
        }
        self.season = season
        countsNewcomers =
            reference.kind == .categories
            && !Newcomers.comeInBatches(counts: reference.counts, windows: reference.windows)
        dispersion = Dispersion(
            zip(windows, references).map { tests.partResults(for: $0, against: $1) })
    }

    /// The reference's own windows swing with the time of day or week.
    package var hasSeason: Bool { season != nil }

    /// How many times as far apart the reference's own windows are as chance makes them; 1 where
    /// that is not to be told from chance.
    package var extraVariance: Double { dispersion.scale }

    /// Judges the counts of one closed window.
    ///
    /// - Parameters:
    ///   - bins: Names of the classes, or upper bounds, of this window, in any order; classes the
    ///     reference has not are gathered as unseen. Bounds are all there, or none.
    ///   - counts: Observations in each (not cumulative), as long as `bins`.
    ///   - time: When the window began. Without it no season is allowed for.
    package mutating func judge(
        bins: [String], counts: [Double], at time: Timestamp? = nil
    ) -> DriftVerdict {
        precondition(bins.count == counts.count, "\(counts.count) counts for \(bins.count) bins")
        guard let aligned = aligned(bins, counts) else {
            return DriftVerdict(
                .insufficient, n: counts.reduce(0) { $0 + DriftReference.cleaned($1) }, m: tests.m,
                note: "the bucket bounds changed; pin a new baseline")
        }
        let newcomer = newcomer(bins, counts)
        if isMoving {
            return judge(aligned, .own(tests.reference, isShared: isShared), newcomer: newcomer)
        }
        return judge(
            aligned, .fixed(time.flatMap { season?.design(at: $0) }), newcomer: newcomer)
    }

    private mutating func judge(
        _ window: [Double], _ standard: DriftState.Standard, newcomer: Newcomers.Strongest?
    ) -> DriftVerdict {
        let pool = state.carry(window, standard, atMost: carriedWindowCount)
        let counts = pool.counts
        let n = counts.reduce(0, +)
        let needed = Double(max(options.minimumCount, 1))
        let own = reference(for: pool.standard)
        let m = isMoving ? own?.reduce(0, +) ?? 0 : tests.m
        guard m >= needed else {
            return DriftVerdict(
                .insufficient, n: n, m: m,
                note: "reference of \(whole(m)), \(options.minimumCount) needed")
        }
        guard n >= needed else {
            return DriftVerdict(
                .insufficient, n: n, m: m,
                note: "n = \(whole(n)) of \(options.minimumCount) needed")
        }
        state.pending = nil
        state.remember(counts, pool.standard)
        let lnWindow = dispersion.lnPValue(tests.results(for: counts, against: own))
        let memory = state.memory.counts
        let past = isMoving ? state.referenceMemory?.counts : seasonal(state.memoryDesign)
        let lnMemory = dispersion.lnMemoryPValue(
            tests.results(for: memory, against: past, isMemory: true))

        let lnSignificance = log(options.significance)
        let lnOfWindow = lnWindow - log(Self.windowShare)
        let lnOfMemory = lnMemory - log(memoryShare)
        let lnOfNewcomer = (newcomer?.lnPValue ?? 0) - log(Self.newcomerShare)
        let isWindowDrift =
            lnOfWindow < lnSignificance
            && tests.effect(of: counts, against: own) >= options.minimumEffect
        let isMemoryDrift =
            lnOfMemory < lnSignificance
            && tests.effect(of: memory, against: past) >= options.minimumEffect
        let isNewcomerDrift =
            lnOfNewcomer < lnSignificance && (newcomer?.effect ?? 0) >= options.minimumEffect
        var verdict = described(counts, against: own ?? tests.reference, n: n)
        verdict.m = m
        verdict.isSeasonCorrected = own != nil && !isMoving
        verdict.lnPValue = min(max(min(lnOfWindow, lnOfMemory, lnOfNewcomer), -1e6), 0)
        if isNewcomerDrift, let newcomer { verdict.newcomer = .init(newcomer) }
        verdict.pValue = verdict.lnPValue.map { exp($0) }
        let wasDrifted = state.isDrifted
        if let rule = options.rule {
            judge(&verdict, by: rule)
        } else {
            verdict.isSignificant = isWindowDrift || isMemoryDrift || isNewcomerDrift
            if verdict.isSignificant {
                let lnLarge = tests.lnChance(
                    of: counts, against: own, ifEffectIs: options.criticalEffect,
                    scale: dispersion.scale)
                state.startOrContinueEpisode(
                    lnWindow: isWindowDrift ? lnWindow : 0, isCritical: lnLarge < lnSignificance)
            }
            let isAwaiting = state.isAwaitingNewcomer(
                below: lnSignificance + log(Self.newcomerShare), m: tests.m)
            if wasDrifted, isNewcomerDrift {
                state.calm = nil
            } else if wasDrifted {
                // The memory goes on telling what it told: a window that looks calm is no evidence.
                if lnWindow > log(0.05) { verdict.isSignificant = false }
                if !isAwaiting {
                    resolveIfCalm(counts, pool.standard, lnWindow: lnWindow, lnMemory: lnMemory)
                }
            }
        }
        verdict.isAlarm = state.isDrifted && !wasDrifted
        verdict.state = state.isDrifted ? .drifted : .stable
        verdict.isCritical = state.isCritical
        return verdict
    }

    /// A classic rule knows neither memory nor hysteresis: it holds or it does not.
    private mutating func judge(_ verdict: inout DriftVerdict, by rule: FixedRule.Criterion) {
        verdict.ruleValue = FixedRule.value(
            rule.statistic, verdict.classicReference, verdict.classicCounts)
        verdict.isSignificant = verdict.ruleValue.map(rule.isBroken) ?? false
        if verdict.isSignificant {
            state.startOrContinueEpisode(lnWindow: 0)
        } else if state.isDrifted {
            state.endEpisode()
        }
    }

    /// Ends an episode when the latest windows look like the reference again.
    ///
    /// The memory of a big change outlasts it, so an episode that single windows have shown ends
    /// when several windows in a row, taken together, are clean; the memory then starts from them.
    /// One that only the memory has seen ends when the memory forgets it.
    private mutating func resolveIfCalm(
        _ counts: [Double], _ standard: DriftState.Standard, lnWindow: Double, lnMemory: Double
    ) {
        guard lnWindow > log(0.05) else {
            state.calm = nil
            return
        }
        state.addCalm(counts, standard)
        guard let calm = state.calm else { return }
        let isMemoryCalm = lnMemory > log(0.05)
        let isObvious = state.strongestLnPValue < log(1e-8)
        let needed = isMemoryCalm || isObvious ? 2 : 4
        guard calm.windowCount >= needed else { return }
        let lnCalm = dispersion.lnPValue(
            tests.results(for: calm.counts, against: reference(for: calm.standard)))
        if isMemoryCalm {
            state.endEpisode()
        } else if state.strongestLnPValue < 0, lnCalm > log(0.05) {
            state.endEpisode()
            state.restartMemory(from: calm)
        }
    }

    /// The reference at a place in the season; nil where no season is known.
    private func seasonal(_ design: Season.Design?) -> [Double]? {
        design.flatMap { season?.reference(for: $0) }
    }

    /// nil where it is the whole reference.
    private func reference(for standard: DriftState.Standard) -> [Double]? {
        switch standard {
        case .fixed(let design): seasonal(design)
        case .own(let counts, _): counts
        }
    }

    /// How many windows may be gathered before a judgement: those of a day.
    private var carriedWindowCount: Int {
        let seconds = max(options.window.components.seconds, 1)
        return Int(max(86_400 / seconds, 1))
    }

    private func described(
        _ counts: [Double], against reference: [Double], n: Double
    ) -> DriftVerdict {
        let m = reference.reduce(0, +)
        var verdict = DriftVerdict(.stable, n: n, m: tests.m)
        let used = PopulationStability.usedBinCount(reference: reference, current: counts)
        verdict.binCount = used
        verdict.significance = options.significance
        (verdict.classicReference, verdict.classicCounts) = tests.classic(
            counts, against: reference)
        verdict.psi = PopulationStability.index(reference: reference, current: counts)
        verdict.psiNullMean = PopulationStability.nullMean(binCount: used, m: m, n: n)
        let changes = counts.indices.filter { reference[$0] + counts[$0] > 0 }.map { i in
            let p = (reference[i] + 0.5) / (m + 0.5 * Double(used))
            let q = (counts[i] + 0.5) / (n + 0.5 * Double(used))
            return DriftVerdict.BinChange(
                bin: i < self.reference.bins.count ? self.reference.bins[i] : "unseen",
                referenceShare: reference[i] / m, share: counts[i] / n,
                contribution: (q - p) * log(q / p))
        }
        verdict.largestChanges = Array(
            changes.sorted { $0.contribution > $1.contribution }.prefix(3))
        if self.reference.kind == .ordered,
            let z = SmoothTest(reference: reference, current: counts)?.z
        {
            func component(_ j: Int) -> Double { j < z.count ? z[j] : 0 }
            verdict.movement = DriftVerdict.Movement(
                location: component(0), spread: component(1), skew: component(2),
                tails: component(3), error: (1 / n + 1 / m).squareRoot())
        }
        verdict.isDispersionCorrected = dispersion.isCorrecting
        verdict.unknownRhythm = unknownRhythm
        return verdict
    }
}

/// A count for people.
private func whole(_ count: Double) -> String {
    String(Int64(min(max(count, 0), 9e15)))
}
