import Detection
import Querying
import Storage
import TimeSeries

/// What a distribution is compared with.
enum ColumnReference {
    /// One reference for all windows; nil is still to be learned.
    case fixed(BaselineRecord?)
    /// The reference of the window that is closed now.
    case moving(DriftReference, isShared: Bool, source: String)
    /// There is none, and why.
    case missing(String)
}

/// One distribution under watch: its reference while it is learned, then its detector.
struct DriftColumn: Codable {
    private var learning: ReferenceLearning?
    private var detectorState: DriftState?
    private var movingState: MovingDriftDetector.State?
    private var baselineID: Int64?
    /// Of the window that is running.
    private(set) var running: [String: Double] = [:]
    /// Kept in the table of windows, not with the rest.
    private(set) var record: DriftWindowRecord? {
        didSet { isRecordStored = false }
    }
    /// That table holds it as it is.
    var isRecordStored = true
    /// When its counters last had a sample.
    private(set) var lastSeen: Timestamp?
    /// The service is down, or the version is no longer served.
    private(set) var isAbsent = false

    enum CodingKeys: String, CodingKey {
        case learning, detectorState, movingState, baselineID, running, lastSeen, isAbsent
    }

    /// Rebuilt from the baseline and the state.
    private var detector: DriftDetector?

    /// The bins of this window, or of the last one.
    func bins(_ key: DistributionKey) -> [String] {
        running.isEmpty
            ? record?.bins ?? [] : DistributionReader.sortedBins(running.keys, of: key.feature)
    }

    mutating func observe(_ increases: [String: Double], at now: Timestamp) {
        running.merge(increases, uniquingKeysWith: +)
        lastSeen = now
        isAbsent = false
    }

    /// Ends the verdict on a distribution whose counters have no samples any more.
    mutating func noteAbsence(longerThan limit: Duration, at now: Timestamp) {
        guard let lastSeen, now - lastSeen > limit else { return }
        isAbsent = true
        let note = "no predictions since \(lastSeen.aligned(to: .seconds(1)))"
        guard record?.note != note else { return }
        record?.state = .insufficient
        record?.note = note
    }

    /// Takes over the window that was stored before a restart.
    mutating func restore(_ record: DriftWindowRecord) {
        self.record = record
        isRecordStored = true
    }

    /// Takes over a reference when it is another one than before; one that is still to be learned
    /// begins anew.
    mutating func use(
        _ reference: ColumnReference, options: DriftOptions, feature: DistributionKey.Feature
    ) {
        guard case .fixed(let baseline) = reference else {
            forgetBaseline()
            learning = nil
            return
        }
        movingState = nil
        guard let baseline else { return forgetBaseline() }
        if baselineID == baseline.id, detector != nil { return }
        if baselineID != baseline.id {
            detectorState = nil
            record = nil
        }
        baselineID = baseline.id
        learning = nil
        detector = DriftDetector(
            reference: baseline.reference(feature), options: options, state: detectorState)
    }

    private mutating func forgetBaseline() {
        guard baselineID != nil else { return }
        baselineID = nil
        detector = nil
        detectorState = nil
        record = nil
    }

    /// Closes the running window.
    ///
    /// - Returns: The reference, when this window completes it.
    mutating func close(
        _ key: DistributionKey, _ window: DriftWindow, _ reference: ColumnReference,
        options: DriftOptions, rates: inout FalseAlarmRates
    ) -> BaselineRecord? {
        let counts = running
        running = [:]
        switch reference {
        case .fixed(let baseline?) where detector != nil:
            judge(key, counts, window, baseline, options: options, rates: &rates)
        case .fixed:
            var current = learning ?? ReferenceLearning(since: window.from)
            current.insert(counts, from: window.from, through: window.through)
            learning = current
            return current.baseline(key, through: window.through, options: options)
        case .moving(let own, let isShared, let source):
            judge(
                key, counts, window, own, isShared: isShared, source, options: options,
                rates: &rates)
        case .missing(let note):
            let bins = DistributionReader.sortedBins(counts.keys, of: key.feature)
            record = DriftWindowRecord(
                key, .insufficient, window, bins: bins, reference: [:], counts: counts, note: note)
        }
        return nil
    }

    private mutating func judge(
        _ key: DistributionKey, _ counts: [String: Double], _ window: DriftWindow,
        _ baseline: BaselineRecord, options: DriftOptions, rates: inout FalseAlarmRates
    ) {
        guard var detector else { return }
        detector.options = options
        let bins = DistributionReader.sortedBins(
            Set(detector.reference.bins).union(counts.keys), of: key.feature)
        // Of a bound that vanished there is no counter any more.
        let judged = key.feature == .score ? bins.filter { counts[$0] != nil } : bins
        let verdict = detector.judge(
            bins: judged, counts: judged.map { counts[$0] ?? 0 }, at: window.middle)
        self.detector = detector
        detectorState = detector.state
        var record = DriftWindowRecord(
            key, verdict, isDrifted: detector.state.isDrifted,
            isCritical: detector.state.isCritical, window, bins: bins,
            reference: detector.reference, counts: counts, rates: &rates)
        record.baselineID = baselineID
        record.detail?.referenceOrigin = baseline.origin.rawValue
        record.detail?.referenceMilliseconds = baseline.throughMilliseconds
        self.record = record
    }

    private mutating func judge(
        _ key: DistributionKey, _ counts: [String: Double], _ window: DriftWindow,
        _ own: DriftReference, isShared: Bool, _ source: String, options: DriftOptions,
        rates: inout FalseAlarmRates
    ) {
        var detector = MovingDriftDetector(
            kind: own.kind, isShared: isShared, options: options, state: movingState)
        let bins = DistributionReader.sortedBins(counts.keys, of: key.feature)
        let verdict = detector.judge(
            bins: bins, counts: bins.map { counts[$0] ?? 0 }, against: own)
        movingState = detector.state
        let all = DistributionReader.sortedBins(Set(own.bins).union(bins), of: key.feature)
        var record = DriftWindowRecord(
            key, verdict, isDrifted: detector.state.isDrifted,
            isCritical: detector.state.isCritical, window, bins: all, reference: own,
            counts: counts, rates: &rates)
        record.detail?.referenceOrigin = source
        self.record = record
    }

    /// Shows how far the reference is, with the window that is running.
    mutating func describeLearning(
        _ key: DistributionKey, windowStart: Timestamp, now: Timestamp, options: DriftOptions
    ) {
        guard detector == nil else { return }
        if learning == nil, !running.isEmpty { learning = ReferenceLearning(since: windowStart) }
        guard let learning else { return }
        let total = learning.total.merging(running, uniquingKeysWith: +)
        let bins = DistributionReader.sortedBins(total.keys, of: key.feature)
        record = DriftWindowRecord(
            key, .learning, DriftWindow(from: learning.since, through: now), bins: bins,
            reference: total, counts: running,
            note: learning.note(seen: total.values.reduce(0, +), now: now, options: options))
    }
}
