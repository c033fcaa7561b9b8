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
    private let bins: QuantileBins?
    private let rare: Set<BinKey>

    /// - Parameters:
    ///   - samples: The windows of the reference, oldest first.
    ///   - kind: nil to take a stream for numeric where every value is a number.
    package init(_ samples: [DriftSample], kind: DriftSample.Kind?, options: DriftOptions) {
        let inferred = samples.contains(where: \.hasText) ? DriftSample.Kind.categorical : .numeric
        self.kind = kind ?? inferred
        let reference: DriftReference
        switch self.kind {
        case .numeric:
            let all = FiniteSample(samples.flatMap(\.numbers))
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
    }

    /// A window to fill, whose numbers are counted as they come.
    package var emptySample: DriftSample {
        var sample = DriftSample()
        sample.bins = bins
        sample.counts = [Double](repeating: 0, count: bins?.binCount ?? 0)
        return sample
    }

    /// Judges a closed window.
    package mutating func judge(_ sample: DriftSample) -> DriftVerdict {
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
