import Alerting
import Detection
import Querying
import Storage
import TimeSeries

/// Estimates the performance of every model version from its scores, window by window, and writes
/// the estimates back as series; measures windows anew whose labels have arrived.
///
/// Keeps no state: what a window needs is in the store.
actor PerformanceMonitor {
    /// How long a scrape may take to be committed before a window that ends with it is closed.
    private static let settling = Duration.seconds(2)

    private let store: Store
    private let reader: ScoreWindowReader
    private let options: PerformanceOptions
    /// By path of the file.
    private let calibrations: [String: IsotonicCalibration]
    private var windowEnd: Timestamp?
    private var samples: [(labels: LabelSet, value: Double)] = []
    private var measured: [(labels: LabelSet, value: Double)] = []
    private var hasMeasured = false
    private var writer = SeriesWriter()

    /// - Parameter calibrations: Of the files that the options name, by path.
    init(
        store: Store, options: PerformanceOptions, calibrations: [String: IsotonicCalibration]
    ) {
        self.store = store
        reader = ScoreWindowReader(store: store)
        self.options = options
        self.calibrations = calibrations
    }

    /// Judges the newest window that has ended.
    ///
    /// - Returns: Its estimates, at `now`, again at each call; nil when there is nothing to write.
    func advance(to now: Timestamp) throws -> SampleBatch? {
        let end = (now - Self.settling).aligned(to: options.window)
        if windowEnd.map({ end > $0 }) ?? true {
            samples = try estimates(from: end - options.window, through: end)
            windowEnd = end
        }
        return writer.batch(of: samples + measured, at: now)
    }

    /// Measures what predictions and labels have changed.
    func measure(at now: Timestamp) throws {
        if !hasMeasured { try store.forgetWindows(ofOtherLengthThan: options.window) }
        let hasChanged = try RealisedMeasurement(store: store, options: options).run()
        guard hasChanged || !hasMeasured else { return }
        hasMeasured = true
        measured = try RealisedChange.samples(
            of: store.realisedWindows(from: now - RealisedChange.memory, through: now),
            minimumCount: options.minimumCount)
    }

    private func estimates(
        from: Timestamp, through: Timestamp
    ) throws -> [(labels: LabelSet, value: Double)] {
        let windows = try reader.windows(from: from, through: through)
        if windows.isEmpty { return [] }
        let references = try References(store)
        return windows.sorted { $0.key < $1.key }.flatMap { key, window in
            estimate(window, of: key, against: references[key])
        }
    }

    private func estimate(
        _ window: ScoreWindow, of key: ModelVersion, against reference: References.Reference?
    ) -> [(labels: LabelSet, value: Double)] {
        let bins = window.bins
        let counts = bins.map { window.counts[$0] ?? 0 }
        var samples: [(labels: LabelSet, value: Double)] = []
        func add(_ name: String, _ value: Double) {
            samples.append((key.labels(metric: "mlmon_estimated_" + name), value))
        }
        func add(_ name: String, _ estimate: MetricEstimate?) {
            guard let estimate else { return }
            add(name, estimate.value)
            add(name + "_lower", estimate.lower)
            add(name + "_upper", estimate.upper)
        }
        add("samples", counts.reduce(0, +))
        guard counts.reduce(0, +) >= Double(options.minimumCount),
            let histogram = ScoreHistogram(bins: bins, counts: counts, sum: window.sum)
        else { return samples }
        let service = options.service(key.service)
        let meaning = service.meaning(of: histogram, classCount: window.classes.count)
        let calibration = service.calibrationPath.flatMap { calibrations[$0] }
        let estimate = HistogramPerformance(histogram, meaning: meaning, calibration: calibration)
        add("accuracy", estimate.accuracy)
        add("f1", estimate.f1)
        add("roc_auc", estimate.rocAuc)
        if let reference, reference.bins == bins,
            let change = AccuracyChange(
                bins: bins, counts: counts, reference: reference.counts,
                windows: reference.windows, meaning: meaning, calibration: calibration)
        {
            add("accuracy_change", change.difference)
            add("accuracy_change_p_value", change.pValue)
        }
        return samples
    }
}

extension PerformanceOptions.Service {
    /// What the scores mean, of a service that counts so many classes.
    func meaning(
        of histogram: ScoreHistogram, classCount: Int
    ) -> HistogramPerformance.Meaning {
        switch scores {
        case .predicted: .predicted
        case .positive: .positive(threshold: threshold)
        case .automatic:
            histogram.isOfPredictedClass(amongst: classCount)
                ? .predicted : .positive(threshold: threshold)
        }
    }
}

/// The references of score histograms that are in force.
private struct References {
    struct Reference {
        var bins: [String]
        var counts: [Double]
        /// Counts of the reference's own windows, over the same bins.
        var windows: [[Double]]
    }

    private var all: [ModelVersion: Reference] = [:]

    init(_ store: Store) throws {
        var windows: [Int64: BaselineRecord] = [:]
        for baseline in try store.baselines() {
            if let id = baseline.id { windows[id] = baseline }
        }
        for record in try store.driftWindows()
        where record.feature == DistributionKey.Feature.score.rawValue && record.state != .learning
        {
            let baseline = record.baselineID.flatMap { windows[$0] }
            let key = ModelVersion(
                service: record.service, model: record.model, version: record.version)
            all[key] = Reference(
                bins: record.bins, counts: record.referenceCounts,
                windows: baseline.map { $0.bins == record.bins ? $0.windows : [] } ?? [])
        }
    }

    subscript(key: ModelVersion) -> Reference? { all[key] }
}
