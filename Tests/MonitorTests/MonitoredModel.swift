import Detection
import Foundation
import Storage
import TestSupport
import TimeSeries

@testable import mlmon

/// A store whose counters the test moves, and the drift monitor over it, on a clock of its own.
final class MonitoredModel {
    static let start = Timestamp(milliseconds: 1_700_000_000_000).aligned(to: .seconds(7 * 86_400))

    let folder: TemporaryDirectory
    let store: Store
    let window: Duration
    private(set) var now: Timestamp
    private var totals: [LabelSet: Double] = [:]

    init(window: Duration = .seconds(3600)) throws {
        folder = try TemporaryDirectory()
        store = try Store(
            StoreOptions(path: folder.file("store.db"), retention: .seconds(90 * 86_400)))
        self.window = window
        now = Self.start
    }

    /// A monitor that has begun before the next window.
    func monitor(
        _ options: DriftOptions, files: [String: ReferenceFile] = [:]
    ) async throws -> DriftMonitor {
        let monitor = DriftMonitor(store: store, options: options, files: files)
        _ = try await monitor.advance(to: now + .seconds(3))
        return monitor
    }

    static func key(
        _ version: String = "1", feature: DistributionKey.Feature = .prediction
    ) -> DistributionKey {
        DistributionKey(service: "s", model: "m", version: version, feature: feature)
    }

    /// Adds to the counters what one window predicts, and moves the clock to its end.
    ///
    /// - Parameter scores: By upper bound, not cumulative.
    func serve(
        _ classes: [String: [String: Double]] = [:], scores: [String: [(String, Double)]] = [:]
    ) throws {
        var before: [(labels: LabelSet, value: Double)] = []
        var samples: [(labels: LabelSet, value: Double)] = []
        func add(_ name: String, _ version: String, _ label: (String, String), _ count: Double) {
            let labels = LabelSet([
                (LabelSet.metricNameLabel, name), ("service", "s"), ("model", "m"),
                ("version", version), label,
            ])
            before.append((labels, totals[labels] ?? 0))
            totals[labels, default: 0] += count
            samples.append((labels, totals[labels] ?? 0))
        }
        for (version, counts) in classes {
            for (name, count) in counts {
                add("mlmon_predictions_total", version, ("class", name), count)
            }
        }
        for (version, bins) in scores {
            var below = 0.0
            for (bound, count) in bins {
                below += count
                add("mlmon_prediction_score_bucket", version, ("le", bound), below)
            }
        }
        store.append([
            SampleBatch(at: now + .seconds(2), before), SampleBatch(at: now + window / 2, samples),
        ])
        try store.commit()
        now = now + window
    }

    /// Lets the counters stand for that many windows.
    func pass(_ count: Int) { now = now + window * count }

    /// Closes the window that ended now, and returns what is known of the distribution.
    func judged(
        by monitor: DriftMonitor, _ key: DistributionKey = key()
    ) async throws -> DriftWindowRecord? {
        _ = try await monitor.advance(to: now + .seconds(3))
        return try store.driftWindows().last {
            $0.version == key.version && $0.feature == key.feature.rawValue
        }
    }
}

extension SplitMix64 {
    /// Counts of `n` draws by the shares, which add up to 1.
    mutating func counts(_ shares: [Double], n: Int) -> [Double] {
        var counts = [Double](repeating: 0, count: shares.count)
        for _ in 0..<n {
            var rest = Double.random(in: 0..<1, using: &self)
            let i = shares.firstIndex { share in
                rest -= share
                return rest < 0
            }
            counts[i ?? shares.count - 1] += 1
        }
        return counts
    }

    mutating func classes(_ shares: [(String, Double)], n: Int = 400) -> [String: Double] {
        Dictionary(uniqueKeysWithValues: zip(shares.map(\.0), counts(shares.map(\.1), n: n)))
    }
}
