import Detection
import Storage
import TimeSeries

/// Finds what each distribution is compared with: the source that the configuration names for it.
struct DriftReferences {
    /// The same hour of earlier weeks, for every distribution that had predictions then.
    private struct Hour {
        var window: DriftWindow
        var references: [DistributionKey: DriftReference]
    }

    /// Windows into which an hour of a week is cut, to see how much they differ by themselves.
    private static let windowCountOfHour = 12
    private static let hour = Duration.seconds(3600)
    private static let week = Duration.seconds(7 * 86_400)

    private let store: Store
    private let options: DriftOptions
    private let files: [String: ReferenceFile]
    private var baselines: [DistributionKey: [BaselineRecord]] = [:]
    private var mark: BaselineMark?
    private var hour: Hour?
    /// Files as counts in the bins of a distribution.
    private var counted: [DistributionKey: (bins: [String], baseline: BaselineRecord)] = [:]
    /// Spans that were looked for in vain, not to be looked for every second.
    private var absent: Set<DistributionKey> = []

    /// - Parameter files: By the paths of the configuration.
    init(store: Store, options: DriftOptions, files: [String: ReferenceFile]) {
        self.store = store
        self.options = options
        self.files = files
    }

    /// Reads the references that are stored now, where they are not those that were read last.
    mutating func refresh() throws {
        let mark = try store.baselineMark()
        guard mark != self.mark else { return }
        self.mark = mark
        baselines = [:]
        for baseline in try store.baselines() {
            guard let feature = DistributionKey.Feature(rawValue: baseline.feature) else {
                continue
            }
            let key = DistributionKey(
                service: baseline.service, model: baseline.model, version: baseline.version,
                feature: feature)
            baselines[key, default: []].append(baseline)
        }
    }

    func source(_ key: DistributionKey) -> DriftReferenceSource {
        options.source(
            service: key.service, model: key.model, version: key.version,
            feature: key.feature.rawValue)
    }

    /// A reference that holds for all windows; one that changes with them is only found when a
    /// window closes.
    mutating func standing(
        for key: DistributionKey, bins: [String], now: Timestamp
    ) throws -> ColumnReference {
        let known = baselines[key] ?? []
        switch source(key) {
        case .learned:
            // A pinned one goes before a learned one, a newer before an older.
            let pinned = known.last { $0.origin == .pinned }
            return .fixed(pinned ?? known.last { $0.origin == .learned })
        case .span(let from, let through):
            let stored = known.last {
                $0.origin == .configured && $0.fromMilliseconds == from.milliseconds
                    && $0.throughMilliseconds == through.milliseconds
            }
            if let stored { return .fixed(stored) }
            return try span(key, from: from, through: through, now: now)
        case .file(let path):
            guard let file = files[path] else { return .missing("no reference file '\(path)'") }
            if key.feature == .score, bins.isEmpty { return .missing("no scores yet") }
            if let counted = counted[key], counted.bins == bins { return .fixed(counted.baseline) }
            var baseline = file.baseline(key, bins: bins, now: now)
            defer { counted[key] = (bins, baseline) }
            let stored = known.last {
                $0.origin == .file && $0.bins == baseline.bins && $0.counts == baseline.counts
            }
            if let stored { baseline = stored } else { baseline.id = try store.insert(baseline) }
            return .fixed(baseline)
        case .hourOfWeek, .version: return .missing("waiting for the first window to end")
        }
    }

    /// The reference of a window that ends now.
    ///
    /// - Parameter columns: All distributions, with their counts of this window.
    mutating func reference(
        for key: DistributionKey, _ window: DriftWindow,
        among columns: [DistributionKey: DriftColumn], bins: [String]
    ) throws -> ColumnReference {
        switch source(key) {
        case .learned, .span, .file:
            return try standing(for: key, bins: bins, now: window.through)
        case .version(let version):
            var other = key
            other.version = version
            guard let column = columns[other], !column.isAbsent, !column.running.isEmpty else {
                return .missing("version \(version), the reference, does not run")
            }
            let bins = DistributionReader.sortedBins(column.running.keys, of: key.feature)
            return .moving(
                DriftReference(
                    kind: key.feature.kind, bins: bins,
                    counts: bins.map { column.running[$0] ?? 0 }), isShared: false,
                source: "version \(version)")
        case .hourOfWeek(let weekCount):
            let hour = try hourOfWeek(window, weekCount: weekCount)
            guard let reference = hour.references[key] else {
                return .missing("no predictions at this hour of the last \(weekCount) weeks")
            }
            return .moving(
                reference, isShared: options.window < Self.hour,
                source: "the same hour of \(weekCount) weeks")
        }
    }

    private mutating func span(
        _ key: DistributionKey, from: Timestamp, through: Timestamp, now: Timestamp
    ) throws -> ColumnReference {
        let nothing = ColumnReference.missing(
            "no predictions between \(from) and \(through), the reference")
        guard !absent.contains(key) else { return nothing }
        let found = try BaselinePinning(store: store, options: options).baselines(
            service: key.service, origin: .configured, from: from, through: through, now: now)
        guard var baseline = found[key] ?? Self.anyVersion(of: key, found) else {
            absent.insert(key)
            return nothing
        }
        baseline.version = key.version
        baseline.id = try store.insert(baseline)
        baselines[key, default: []].append(baseline)
        return .fixed(baseline)
    }

    /// A version that was not served in the span is compared with the one that was.
    private static func anyVersion(
        of key: DistributionKey, _ found: [DistributionKey: BaselineRecord]
    ) -> BaselineRecord? {
        found.filter { $0.key.model == key.model && $0.key.feature == key.feature }
            .max { $0.value.counts.reduce(0, +) < $1.value.counts.reduce(0, +) }?.value
    }

    private mutating func hourOfWeek(_ window: DriftWindow, weekCount: Int) throws -> Hour {
        var span = window
        if options.window < Self.hour {
            span.from = window.middle.aligned(to: Self.hour)
            span.through = span.from + Self.hour
        }
        if let hour, hour.window.from == span.from { return hour }
        var options = self.options
        options.window = max(options.window, Self.hour / Self.windowCountOfHour)
        let pinning = BaselinePinning(store: store, options: options)
        var references: [DistributionKey: DriftReference] = [:]
        for back in 1...max(weekCount, 1) {
            let past = try pinning.baselines(
                service: nil, origin: .configured, from: span.from - Self.week * back,
                through: span.through - Self.week * back, now: window.through)
            for (key, baseline) in past {
                let reference = baseline.reference(key.feature)
                references[key] = references[key].map { $0.adding(reference) } ?? reference
            }
        }
        // Of one hour there is no season to be told.
        for key in references.keys { references[key]?.windowTimes = nil }
        let hour = Hour(window: span, references: references)
        self.hour = hour
        return hour
    }
}
