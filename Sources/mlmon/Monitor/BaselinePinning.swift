import Detection
import Storage
import TimeSeries

/// Makes references from a span of the store.
struct BaselinePinning {
    /// Windows of a reference; longer spans are cut into this many longer ones.
    private static let maximumWindowCount: Int64 = 256

    let store: Store
    let options: DriftOptions

    /// Pins every matching distribution that has observations in the span.
    ///
    /// - Returns: What was pinned, with the numbers the store gave.
    func pin(
        service: String, model: String?, version: String?, from: Timestamp, through: Timestamp,
        now: Timestamp
    ) throws -> [BaselineRecord] {
        let windows = try self.windows(service: service, from: from, through: through)
        let keys = Set(windows.flatMap(\.keys)).filter {
            $0.model == (model ?? $0.model) && $0.version == (version ?? $0.version)
        }
        return try keys.sorted().compactMap { key in
            let total = windows.compactMap { $0[key] }
                .reduce(into: [:]) { $0.merge($1, uniquingKeysWith: +) }
            guard total.values.contains(where: { $0 > 0 }) else { return nil }
            let bins = DistributionReader.sortedBins(total.keys, of: key.feature)
            var baseline = BaselineRecord(
                service: key.service, model: key.model, version: key.version,
                feature: key.feature.rawValue, origin: .pinned,
                createdMilliseconds: now.milliseconds, fromMilliseconds: from.milliseconds,
                throughMilliseconds: through.milliseconds, bins: bins,
                counts: bins.map { total[$0] ?? 0 },
                windows: windows.compactMap { $0[key] }
                    .map { window in bins.map { window[$0] ?? 0 } })
            baseline.id = try store.insert(baseline)
            return baseline
        }
    }

    private func windows(
        service: String, from: Timestamp, through: Timestamp
    ) throws -> [[DistributionKey: [String: Double]]] {
        let reader = DistributionReader(store: store)
        let length = max(
            options.window,
            .milliseconds((through - from).milliseconds / Self.maximumWindowCount + 1))
        var totals: [UInt64: CounterTotal] = [:]
        var windows: [[DistributionKey: [String: Double]]] = []
        var start = from
        while start < through {
            let end = min(start + length, through)
            windows.append(
                try reader.increases(from: start, through: end, totals: &totals, service: service))
            start = end
        }
        return windows
    }
}
