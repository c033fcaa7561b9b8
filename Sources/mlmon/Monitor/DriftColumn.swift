import Detection
import Querying
import Storage
import TimeSeries

/// One distribution under watch: its reference while it is learned, then its detector.
struct DriftColumn: Codable {
    /// Windows gathered for the first reference.
    private struct Learning: Codable {
        var since: Timestamp
        var windows: [[String: Double]] = []
    }

    /// More windows than this are merged in pairs, so that a long learning stays small.
    private static let maximumWindowCount = 256

    private var learning: Learning?
    private var detectorState: DriftState?
    private var baselineID: Int64?
    /// Of the window that is running.
    private(set) var running: [String: Double] = [:]
    private(set) var record: DriftWindowRecord?
    /// When its counters last had a sample.
    private(set) var lastSeen: Timestamp?
    /// The service is down, or the version is no longer served.
    private(set) var isAbsent = false

    enum CodingKeys: String, CodingKey {
        case learning, detectorState, baselineID, running, record, lastSeen, isAbsent
    }

    /// Rebuilt from the baseline and the state.
    private var detector: DriftDetector?

    mutating func observe(_ increases: [String: Double], at now: Timestamp) {
        running.merge(increases, uniquingKeysWith: +)
        lastSeen = now
        isAbsent = false
    }

    /// Ends the verdict on a distribution whose counters have no samples any more.
    mutating func noteAbsence(longerThan limit: Duration, at now: Timestamp) {
        guard let lastSeen, now - lastSeen > limit else { return }
        isAbsent = true
        record?.state = .insufficient
        record?.note = "no predictions since \(lastSeen.aligned(to: .seconds(1)))"
    }

    /// Takes over a reference when it is another one than before; nil begins to learn.
    mutating func use(
        _ baseline: BaselineRecord?, options: DriftOptions, feature: DistributionKey.Feature
    ) {
        guard let baseline else {
            if baselineID != nil {
                baselineID = nil
                detector = nil
                detectorState = nil
                record = nil
            }
            return
        }
        if baselineID == baseline.id, detector != nil { return }
        if baselineID != baseline.id {
            detectorState = nil
            record = nil
        }
        baselineID = baseline.id
        learning = nil
        detector = DriftDetector(
            reference: DriftReference(
                kind: feature == .score ? .ordered : .categories, bins: baseline.bins,
                counts: baseline.counts, windows: baseline.windows),
            options: options, state: detectorState)
    }

    /// Closes the running window.
    ///
    /// - Returns: The reference, when this window completes it.
    mutating func close(
        _ key: DistributionKey, from: Timestamp, through: Timestamp, options: DriftOptions
    ) -> BaselineRecord? {
        let counts = running
        running = [:]
        if detector != nil {
            judge(key, counts, from: from, through: through)
            return nil
        }
        return learn(key, counts, from: from, through: through, options: options)
    }

    private mutating func judge(
        _ key: DistributionKey, _ counts: [String: Double], from: Timestamp, through: Timestamp
    ) {
        guard var detector else { return }
        let bins = DistributionReader.sortedBins(
            Set(detector.reference.bins).union(counts.keys), of: key.feature)
        let verdict = detector.judge(bins: bins, counts: bins.map { counts[$0] ?? 0 })
        let reference = Dictionary(
            zip(detector.reference.bins, detector.reference.counts), uniquingKeysWith: +)
        // Too little traffic to judge is no reason to end an episode.
        let state = detector.state.isDrifted ? .drifted : DriftWindowRecord.State(verdict.state)
        self.detector = detector
        detectorState = detector.state
        record = DriftWindowRecord(
            service: key.service, model: key.model, version: key.version,
            feature: key.feature.rawValue, state: state, fromMilliseconds: from.milliseconds,
            throughMilliseconds: through.milliseconds, bins: bins,
            referenceCounts: bins.map { reference[$0] ?? 0 },
            counts: bins.map { counts[$0] ?? 0 }, psi: verdict.psi,
            psiNullMean: verdict.psiNullMean, pValue: verdict.pValue, baselineID: baselineID,
            note: verdict.note)
    }

    private mutating func learn(
        _ key: DistributionKey, _ counts: [String: Double], from: Timestamp, through: Timestamp,
        options: DriftOptions
    ) -> BaselineRecord? {
        var current = learning ?? Learning(since: from)
        if !counts.isEmpty { current.windows.append(counts) }
        if current.windows.count > Self.maximumWindowCount {
            current.windows = stride(from: 0, to: current.windows.count, by: 2).map { i in
                let next = i + 1 < current.windows.count ? current.windows[i + 1] : [:]
                return current.windows[i].merging(next, uniquingKeysWith: +)
            }
        }
        learning = current
        let total = current.windows.reduce(into: [:]) { $0.merge($1, uniquingKeysWith: +) }
        let count = total.values.reduce(0, +)
        guard through - current.since >= options.learning, count >= Double(options.minimumCount)
        else { return nil }
        let bins = DistributionReader.sortedBins(total.keys, of: key.feature)
        return BaselineRecord(
            service: key.service, model: key.model, version: key.version,
            feature: key.feature.rawValue, origin: .learned,
            createdMilliseconds: through.milliseconds,
            fromMilliseconds: current.since.milliseconds,
            throughMilliseconds: through.milliseconds, bins: bins,
            counts: bins.map { total[$0] ?? 0 },
            windows: current.windows.map { window in bins.map { window[$0] ?? 0 } })
    }

    /// Shows how far the reference is, with the window that is running.
    mutating func describeLearning(
        _ key: DistributionKey, windowStart: Timestamp, now: Timestamp, options: DriftOptions
    ) {
        guard detector == nil else { return }
        if learning == nil, !running.isEmpty { learning = Learning(since: windowStart) }
        guard let learning else { return }
        let total = (learning.windows + [running]).reduce(into: [:]) {
            $0.merge($1, uniquingKeysWith: +)
        }
        let bins = DistributionReader.sortedBins(total.keys, of: key.feature)
        let passed = Duration.seconds((now - learning.since).inSeconds.rounded(.down))
        let note =
            passed < options.learning
            ? "learning the reference, \(passed.prometheusDescription) of \(options.learning.prometheusDescription)"
            : "learning the reference, n = \(formatted(total.values.reduce(0, +))) of "
                + "\(options.minimumCount) needed"
        record = DriftWindowRecord(
            service: key.service, model: key.model, version: key.version,
            feature: key.feature.rawValue, state: .learning,
            fromMilliseconds: learning.since.milliseconds, throughMilliseconds: now.milliseconds,
            bins: bins, referenceCounts: bins.map { total[$0] ?? 0 },
            counts: bins.map { running[$0] ?? 0 }, note: note)
    }
}

extension DriftWindowRecord.State {
    init(_ state: DriftVerdict.State) {
        switch state {
        case .learning: self = .learning
        case .insufficient: self = .insufficient
        case .stable: self = .stable
        case .drifted: self = .drifted
        }
    }

    /// As `mlmon_drift_state` writes it.
    var number: Double {
        switch self {
        case .learning: 0
        case .insufficient: 1
        case .stable: 2
        case .drifted: 3
        }
    }
}
