import Querying
import Storage
import Synchronization
import TimeSeries

/// What a store held before detectors and rules wrote to it, read ahead some hours at a time.
final class ReplaySource: SeriesSource, Sendable {
    /// Series that detectors write, by the beginnings of their names.
    private static let verdictPrefixes = [
        "mlmon_drift_", "mlmon_anomaly_", "mlmon_signal_value", "mlmon_expected_",
        "mlmon_estimated_", "mlmon_realised_accuracy_change",
    ]
    /// Read at a time; memory and speed of a replay are a matter of it.
    private static let ahead = Duration.seconds(6 * 3600)

    private struct Piece {
        var from: Timestamp
        var through: Timestamp
        var source: MemorySource
    }

    private let store: Store
    /// What recording rules write.
    private let recordedNames: Set<String>
    /// By the words of the matchers.
    private let pieces = Mutex<[String: Piece]>([:])

    init(_ store: Store, recordedNames: Set<String>) {
        self.store = store
        self.recordedNames = recordedNames
    }

    func series(
        matching matchers: [LabelMatcher], from: Timestamp, through: Timestamp
    ) throws -> [Series] {
        let key = matchers.map { "\($0.name)\($0.operation.rawValue)\($0.value)\u{0}" }.joined()
        if let piece = pieces.withLock({ $0[key] }), piece.from <= from, through <= piece.through {
            return piece.source.series(matching: matchers, from: from, through: through)
        }
        let end = through + Self.ahead
        let series = try store.series(matching: matchers, from: from, through: end).filter {
            isOriginal($0.labels.metricName ?? "")
        }
        let piece = Piece(from: from, through: end, source: MemorySource(series))
        pieces.withLock { $0[key] = piece }
        return piece.source.series(matching: matchers, from: from, through: through)
    }

    private func isOriginal(_ name: String) -> Bool {
        name != "ALERTS" && !recordedNames.contains(name)
            && !Self.verdictPrefixes.contains { name.hasPrefix($0) }
    }
}
