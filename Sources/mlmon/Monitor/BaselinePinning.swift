import Detection
import Storage
import TimeSeries

/// Makes references from a span of the store.
struct BaselinePinning {
    /// Windows of a reference; longer spans are cut into this many longer ones.
    private static let maximumWindowCount: Int64 = 256

    let store: Store
    let options: DriftOptions

    /// References of every distribution that has observations in the span; not stored.
    ///
    /// - Parameter service: nil is all.
    func baselines(
        service: String?, origin: BaselineRecord.Origin, from: Timestamp, through: Timestamp,
        now: Timestamp
    ) throws -> [DistributionKey: BaselineRecord] {
        let windows = try self.windows(service: service, from: from, through: through)
        var baselines: [DistributionKey: BaselineRecord] = [:]
        for key in Set(windows.flatMap(\.counts.keys)) {
            let own = windows.filter { ($0.counts[key] ?? [:]).values.contains { $0 > 0 } }
            guard !own.isEmpty else { continue }
            let total = own.reduce(into: [:]) {
                $0.merge($1.counts[key] ?? [:], uniquingKeysWith: +)
            }
            let bins = DistributionReader.sortedBins(total.keys, of: key.feature)
            baselines[key] = BaselineRecord(
                service: key.service, model: key.model, version: key.version,
                feature: key.feature.rawValue, origin: origin,
                createdMilliseconds: now.milliseconds, fromMilliseconds: from.milliseconds,
                throughMilliseconds: through.milliseconds, bins: bins,
                counts: bins.map { total[$0] ?? 0 },
                windows: own.map { window in bins.map { window.counts[key]?[$0] ?? 0 } },
                windowMilliseconds: own.map(\.window.middle.milliseconds))
        }
        return baselines
    }

    /// Pins every matching distribution that has observations in the span.
    ///
    /// - Returns: What was pinned, with the numbers the store gave.
    func pin(
        service: String, model: String?, version: String?, from: Timestamp, through: Timestamp,
        now: Timestamp
    ) throws -> [BaselineRecord] {
        let found = try baselines(
            service: service, origin: .pinned, from: from, through: through, now: now)
        return try found.sorted { $0.key < $1.key }.compactMap { key, baseline in
            guard key.model == (model ?? key.model), key.version == (version ?? key.version) else {
                return nil
            }
            var baseline = baseline
            baseline.id = try store.insert(baseline)
            return baseline
        }
    }

    private func windows(
        service: String?, from: Timestamp, through: Timestamp
    ) throws -> [(window: DriftWindow, counts: [DistributionKey: [String: Double]])] {
        let reader = DistributionReader(source: store)
        let length = max(
            options.window,
            .milliseconds((through - from).milliseconds / Self.maximumWindowCount + 1))
        var totals = CounterTotals()
        var windows: [(window: DriftWindow, counts: [DistributionKey: [String: Double]])] = []
        var start = from
        while start < through {
            let end = min(start + length, through)
            windows.append(
                (
                    DriftWindow(from: start, through: end),
                    try reader.increases(
                        from: start, through: end, totals: &totals, service: service)
                ))
            start = end
        }
        return windows
    }
}
