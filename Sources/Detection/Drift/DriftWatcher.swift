import TimeSeries

/// The values of one window, as they come in.
///
/// Before there is a reference the values themselves are kept, afterwards only their counts.
package struct DriftSample: Sendable {
    package enum Kind: String, Codable, Sendable {
        case numeric
        case categorical
    }

    /// Beginning of the window, where it is known.
    package var time: Timestamp?
    /// Values that are not there.
    package var missingCount = 0.0
    fileprivate var numbers: [Double] = []
    fileprivate var categories: [BinKey: Double] = [:]
    fileprivate var hasText = false
    fileprivate var bins: QuantileBins?
    fileprivate var counts: [Double] = []

    package init() {}

    /// Takes a number; NaN is left out, infinities lie beyond the outermost bins.
    package mutating func insert(_ number: Double) {
        guard !number.isNaN else { return }
        if let bins { counts[bins.bin(of: number)] += 1 } else { numbers.append(number) }
    }

    /// Takes a category by the UTF-8 bytes of its name.
    package mutating func insert(category: some Sequence<UInt8>) {
        categories[BinKey(category), default: 0] += 1
        hasText = true
    }

    /// How many values are there, and how many are not.
    fileprivate var presence: [Double] {
        let present =
            bins != nil
            ? counts.reduce(0, +)
            : max(Double(numbers.count), categories.values.reduce(0, +))
        return [present, missingCount]
    }

    /// The name of a number that was inserted too, in case it turns out to be a category.
    package mutating func note(text: some Sequence<UInt8>) {
        categories[BinKey(text), default: 0] += 1
    }
}

/// Watches one stream of values: bins made from the windows of its reference, and the detector
/// over their counts.
package struct DriftWatcher: Sendable {
    /// Quantile bins of numbers.
    private static let binCount = 60
    /// Categories with a bin of their own; rarer ones share one.
    private static let categoryCount = 1000
    private static let other = "(other)"

    package let kind: DriftSample.Kind
    package private(set) var detector: DriftDetector
    /// Watches the share of missing values.
    private var missing: DriftDetector
    private let bins: QuantileBins?
    private let rare: Set<BinKey>

    /// Share of the significance that the test of missing values has beside that of the others.
    private static let missingSignificance = 0.1
    private static let missingBins = ["(present)", "(missing)"]

    /// - Parameters:
    ///   - samples: The windows of the reference, oldest first.
    ///   - kind: nil to take a stream for numeric where every value is a number.
    package init(_ samples: [DriftSample], kind: DriftSample.Kind?, options: DriftOptions) {
        let inferred = samples.contains(where: \.hasText) ? DriftSample.Kind.categorical : .numeric
        self.kind = kind ?? inferred
        let reference: DriftReference
        switch self.kind {
        case .numeric:
            let all = FiniteSample(numbers: samples.flatMap(\.numbers))
            let quantiles = QuantileBins(reference: all, binCount: Self.binCount)
            bins = quantiles
            rare = []
            let windows = samples.map { quantiles?.counts(of: $0.numbers) ?? [] }
            reference = DriftReference(
                kind: .ordered, bins: quantiles?.names ?? [], counts: Self.sum(windows),
                windows: windows)
        case .categorical:
            bins = nil
            var totals: [BinKey: Double] = [:]
            for sample in samples { totals.merge(sample.categories, uniquingKeysWith: +) }
            // The most frequent first; equals by their bytes, so that runs agree.
            let ranked = totals.sorted {
                $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key
            }
            let kept = ranked.prefix(Self.categoryCount).map(\.key)
            rare = Set(ranked.dropFirst(Self.categoryCount).map(\.key))
            let hasRare = ranked.count > Self.categoryCount
            let windows = samples.map { sample in
                let counts = kept.map { sample.categories[$0] ?? 0 }
                let all = sample.categories.values.reduce(0, +)
                return counts + (hasRare ? [all - counts.reduce(0, +)] : [])
            }
            reference = DriftReference(
                kind: .categories, bins: kept.map(\.name) + (hasRare ? [Self.other] : []),
                counts: Self.sum(windows), windows: windows)
        }
        var timed = reference
        let times = samples.compactMap(\.time)
        if times.count == samples.count { timed.windowTimes = times }
        detector = DriftDetector(reference: timed, options: options)
        var missingOptions = options
        missingOptions.significance *= Self.missingSignificance
        missingOptions.rule = nil
        let windows = samples.map(\.presence)
        missing = DriftDetector(
            reference: DriftReference(
                kind: .categories, bins: Self.missingBins, counts: Self.sum(windows),
                windows: windows, windowTimes: timed.windowTimes), options: missingOptions)
    }

    /// A window to fill, whose numbers are counted as they come.
    package var emptySample: DriftSample {
        var sample = DriftSample()
        sample.bins = bins
        sample.counts = [Double](repeating: 0, count: bins?.binCount ?? 0)
        return sample
    }

    /// Judges a closed window: its values, and how many are missing.
    package mutating func judge(_ sample: DriftSample) -> DriftVerdict {
        let values = judgeValues(sample)
        let presence = missing.judge(
            bins: Self.missingBins, counts: sample.presence, at: sample.time)
        guard presence.state == .drifted else { return values }
        return values.adding(
            presence, wasDrifted: values.state == .drifted && !values.isAlarm)
    }

    private mutating func judgeValues(_ sample: DriftSample) -> DriftVerdict {
        guard kind == .categorical else {
            return detector.judge(
                bins: detector.reference.bins, counts: sample.counts, at: sample.time)
        }
        var counts: [String: Double] = [:]
        var bins: [String] = []
        var values: [Double] = []
        for (key, count) in sample.categories {
            if rare.contains(key) {
                counts[Self.other, default: 0] += count
            } else {
                bins.append(key.name)
                values.append(count)
            }
        }
        for (bin, count) in counts {
            bins.append(bin)
            values.append(count)
        }
        return detector.judge(bins: bins, counts: values, at: sample.time)
    }

    private static func sum(_ windows: [[Double]]) -> [Double] {
        guard let first = windows.first else { return [] }
        return first.indices.map { i in windows.reduce(0) { $0 + $1[i] } }
    }
}

extension DriftVerdict {
    /// This verdict on values together with one on how many are missing, whose episode lasts.
    fileprivate func adding(_ presence: DriftVerdict, wasDrifted: Bool) -> DriftVerdict {
        var both = self
        both.state = .drifted
        both.note = nil
        both.isAlarm = (isAlarm || presence.isAlarm) && !wasDrifted
        both.isSignificant = isSignificant || presence.isSignificant
        both.isCritical = isCritical || presence.isCritical
        if (presence.lnPValue ?? 0) < (lnPValue ?? 0) {
            both.lnPValue = presence.lnPValue
            both.pValue = presence.pValue
        }
        let missing = presence.largestChanges.filter { $0.bin == "(missing)" }
        both.largestChanges = Array((missing + largestChanges).prefix(3))
        return both
    }
}
