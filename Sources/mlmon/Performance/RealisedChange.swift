import Detection
import Storage
import TimeSeries

/// How the newest window that has enough labels compares with those before it.
enum RealisedChange {
    /// Windows of so long count as what was before.
    static let memory = Duration.seconds(7 * 86_400)

    /// Fewer windows before it say nothing.
    private static let minimumWindowCount = 3

    /// - Parameter windows: Oldest first.
    static func samples(
        of windows: [RealisedWindow], minimumCount: Int
    ) -> [(labels: LabelSet, value: Double)] {
        let byVersion = Dictionary(grouping: windows) {
            ModelVersion(service: $0.service, model: $0.model, version: $0.version)
        }
        return byVersion.sorted { $0.key < $1.key }.flatMap { key, windows in
            let shares = windows.compactMap { window in
                window.metrics[.accuracy].map {
                    LabelledShare(share: $0, count: Double(window.labelCount))
                }
            }
            let judged = shares.filter { $0.count >= Double(minimumCount) }
            guard judged.count > minimumWindowCount, let newest = judged.last,
                let change = LabelledShare.change(of: newest, against: judged.dropLast())
            else { return [(labels: LabelSet, value: Double)]() }
            return [
                (key.labels(metric: "mlmon_realised_accuracy_change"), change.difference),
                (key.labels(metric: "mlmon_realised_accuracy_change_p_value"), change.pValue),
            ]
        }
    }
}
