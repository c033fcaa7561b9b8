import Storage
import TimeSeries

/// Turns the newest records of drift into series, and ends those that have no verdict any more.
struct VerdictSeries {
    private var live: Set<LabelSet> = []
    private var table = SteadyTable()

    /// One sample a series of every verdict, and stale markers for those that were given before
    /// and are not among these.
    ///
    /// - Returns: nil when there is nothing to write.
    mutating func batch(
        of verdicts: [(key: DistributionKey, record: DriftWindowRecord)], at now: Timestamp
    ) -> SampleBatch? {
        var samples = verdicts.flatMap { Self.samples(of: $0.record, key: $0.key) }
        let current = Set(samples.map(\.labels))
        for ended in live.subtracting(current).sorted() { samples.append((ended, .staleMarker)) }
        live = current
        return table.batch(samples, at: now)
    }

    private static func samples(
        of record: DriftWindowRecord, key: DistributionKey
    ) -> [(labels: LabelSet, value: Double)] {
        var corrected: Double?
        if let psi = record.psi, let mean = record.psiNullMean { corrected = psi - mean }
        let values: [(String, Double?)] = [
            ("mlmon_drift_state", record.stateNumber),
            ("mlmon_drift_samples", record.counts.reduce(0, +)),
            ("mlmon_drift_psi", record.psi),
            ("mlmon_drift_psi_corrected", corrected),
            ("mlmon_drift_p_value", record.pValue),
        ]
        return values.compactMap { name, value in
            value.map {
                (LabelSet(key.labels + [(name: LabelSet.metricNameLabel, value: name)]), $0)
            }
        }
    }
}
