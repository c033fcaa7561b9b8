import Detection
import Querying
import Storage
import TimeSeries

/// The windows gathered for the first reference of a distribution.
struct ReferenceLearning: Codable {
    private struct Window: Codable {
        var counts: [String: Double]
        var from: Timestamp
        var through: Timestamp
        /// How many of the monitor's windows it holds.
        var size = 1
    }

    /// More windows than this are merged in pairs, so that a long learning stays small.
    private static let maximumWindowCount = 256

    let since: Timestamp
    private var windows: [Window] = []
    /// How many windows are merged into one.
    private var mergedCount = 1

    init(since: Timestamp) {
        self.since = since
    }

    /// Takes a closed window; one without observations is left out.
    mutating func insert(_ counts: [String: Double], from: Timestamp, through: Timestamp) {
        guard counts.values.contains(where: { $0 > 0 }) else { return }
        let window = Window(counts: counts, from: from, through: through)
        if let last = windows.last, last.size < mergedCount {
            windows[windows.count - 1] = Self.merged(last, window)
        } else {
            windows.append(window)
        }
        guard windows.count > Self.maximumWindowCount else { return }
        mergedCount *= 2
        windows = stride(from: 0, to: windows.count, by: 2).map { i in
            i + 1 < windows.count ? Self.merged(windows[i], windows[i + 1]) : windows[i]
        }
    }

    var total: [String: Double] {
        windows.reduce(into: [:]) { $0.merge($1.counts, uniquingKeysWith: +) }
    }

    /// The reference, when it has learned for long enough and has seen enough.
    func baseline(
        _ key: DistributionKey, through: Timestamp, options: DriftOptions
    ) -> BaselineRecord? {
        let total = self.total
        let count = total.values.reduce(0, +)
        guard through - since >= options.learning, count >= Double(options.minimumCount) else {
            return nil
        }
        let bins = DistributionReader.sortedBins(total.keys, of: key.feature)
        return BaselineRecord(
            service: key.service, model: key.model, version: key.version,
            feature: key.feature.rawValue, origin: .learned,
            createdMilliseconds: through.milliseconds, fromMilliseconds: since.milliseconds,
            throughMilliseconds: through.milliseconds, bins: bins,
            counts: bins.map { total[$0] ?? 0 },
            windows: windows.map { window in bins.map { window.counts[$0] ?? 0 } },
            windowMilliseconds: windows.map {
                $0.from.midpoint(to: $0.through).milliseconds
            })
    }

    /// How far it is, for people.
    func note(seen count: Double, now: Timestamp, options: DriftOptions) -> String {
        let passed = Duration.seconds((now - since).inSeconds.rounded(.down))
        guard passed >= options.learning else {
            return "learning the reference, \(passed.prometheusDescription) of "
                + options.learning.prometheusDescription
        }
        return "learning the reference, n = \(formatted(count)) of \(options.minimumCount) needed"
    }

    private static func merged(_ a: Window, _ b: Window) -> Window {
        Window(
            counts: a.counts.merging(b.counts, uniquingKeysWith: +), from: a.from,
            through: b.through, size: a.size + b.size)
    }
}

extension Timestamp {
    /// Half-way to a later instant. Windows are placed in the season by their middle, so that
    /// windows of different lengths agree.
    func midpoint(to end: Timestamp) -> Timestamp {
        self + .milliseconds((end - self).milliseconds / 2)
    }
}
