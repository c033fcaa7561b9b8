import Detection
import Storage
import TimeSeries

/// A span over which predictions are counted and then judged.
struct DriftWindow {
    var from: Timestamp
    var through: Timestamp

    var middle: Timestamp { from.midpoint(to: through) }
}

extension BaselineRecord {
    /// What the detector compares with.
    func reference(_ feature: DistributionKey.Feature) -> DriftReference {
        DriftReference(
            kind: feature.kind, bins: bins, counts: counts, windows: windows,
            windowTimes: windowMilliseconds.map { $0.map { Timestamp(milliseconds: $0) } })
    }
}

extension DriftWindowRecord {
    init(
        _ key: DistributionKey, _ state: State, _ window: DriftWindow, bins: [String],
        reference: [String: Double], counts: [String: Double], note: String? = nil
    ) {
        self.init(
            service: key.service, model: key.model, version: key.version,
            feature: key.feature.rawValue, state: state,
            fromMilliseconds: window.from.milliseconds,
            throughMilliseconds: window.through.milliseconds, bins: bins,
            referenceCounts: bins.map { reference[$0] ?? 0 },
            counts: bins.map { counts[$0] ?? 0 }, note: note)
    }

    /// - Parameters:
    ///   - isDrifted: An episode lasts: too little traffic to judge is no reason to end it.
    ///   - isCritical: So does its severity.
    init(
        _ key: DistributionKey, _ verdict: DriftVerdict, isDrifted: Bool, isCritical: Bool,
        _ window: DriftWindow, bins: [String], reference: DriftReference,
        counts: [String: Double], rates: inout FalseAlarmRates
    ) {
        self.init(
            key, isDrifted ? .drifted : State(verdict.state), window, bins: bins,
            reference: Dictionary(
                zip(reference.bins, reference.counts), uniquingKeysWith: +),
            counts: counts, note: verdict.note)
        psi = verdict.psi
        psiNullMean = verdict.psiNullMean
        pValue = verdict.pValue
        var detail = DriftDetail(verdict, rates: &rates)
        detail.isCritical = isCritical
        self.detail = detail
    }
}

extension DriftDetail {
    init(_ verdict: DriftVerdict, rates: inout FalseAlarmRates) {
        self.init()
        isSignificant = verdict.isSignificant
        isCritical = verdict.isCritical
        n = verdict.n
        m = verdict.m
        significance = verdict.significance
        guard verdict.psi != nil else { return }
        psiLower = verdict.psiInterval?.lowerBound
        psiUpper = verdict.psiInterval?.upperBound
        movement = verdict.movement?.words ?? []
        changes = verdict.largestChanges.map {
            Change(bin: $0.bin, referenceShare: $0.referenceShare, share: $0.share)
        }
        corrections = verdict.corrections
        guard verdict.isSignificant else { return }
        fixedRules = verdict.fixedRules(&rates).map {
            Rule(
                rule: $0.criterion.description, value: $0.value, isAlarm: $0.isAlarm,
                falseAlarmsPerThousand: $0.falseAlarmsPerThousand)
        }
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

}

extension DriftWindowRecord {
    /// As `mlmon_drift_state` writes it.
    var stateNumber: Double {
        switch state {
        case .learning: 0
        case .insufficient: 1
        case .stable: 2
        case .drifted: detail?.isCritical == true ? 4 : 3
        }
    }
}
