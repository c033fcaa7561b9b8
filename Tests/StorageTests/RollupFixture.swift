import Querying
import TestSupport
import Testing
import TimeSeries

@testable import Storage

/// Series that look like those of a service, with what makes roll-ups hard: restarts, outages,
/// NaN, stale markers, distances that vary.
enum RollupFixture {
    /// A multiple of every resolution, 2026-01-01.
    static let start: Int64 = 1_767_225_600_000

    static func series(seed: Int, hours: Int64, every seconds: Int64 = 30) -> [Series] {
        var generator = SplitMix64(seed: seed)
        return ["a_total", "b", "plain", "h_bucket"].map { name in
            var series = Series(labels: LabelSet(metricName: name, ["le": "1"]))
            var value = 1000.0
            var time = start - 5000
            let end = start + hours * 3_600_000
            while time < end {
                time += seconds * 1000 + Int64.random(in: -2000...2000, using: &generator)
                if Double.random(in: 0..<1, using: &generator) < 0.0005 {
                    // An outage of up to forty minutes, sometimes with its marker.
                    if Bool.random(using: &generator) {
                        series.timestamps.append(time)
                        series.values.append(.staleMarker)
                    }
                    time += Int64.random(in: 60_000...2_400_000, using: &generator)
                }
                if name == "b" {
                    value = (Double.random(in: -50...50, using: &generator) * 100).rounded() / 100
                    if Double.random(in: 0..<1, using: &generator) < 0.001 { value = .nan }
                } else if Double.random(in: 0..<1, using: &generator) < 0.002 {
                    value = Double(Int.random(in: 0...3, using: &generator))
                } else {
                    value += Double(Int.random(in: 0...9, using: &generator))
                }
                series.timestamps.append(time)
                series.values.append(value)
            }
            return series
        }
    }

    /// The longest rise from one sample to the next.
    static let greatestRise = 9.0

    static func importAll(_ series: [Series], into store: Store) throws {
        _ = try store.importSamples { session in
            try session.add(
                labels: series.map(\.labels),
                series: series.indices.flatMap { index in
                    [UInt32](repeating: UInt32(index), count: series[index].values.count)
                },
                milliseconds: series.flatMap(\.timestamps), values: series.flatMap(\.values))
        }
    }

    static func range(
        _ text: String, over source: some SeriesSource, from: Int64, through: Int64, step: Int64
    ) throws -> [Series] {
        try QueryEngine().range(
            try QueryExpression(parsing: text), start: Timestamp(milliseconds: from),
            end: Timestamp(milliseconds: through), step: .milliseconds(step), over: source)
    }
}

/// What a store answers, with a note of whether roll-ups were read.
final class WatchedSource: SeriesSource {
    let store: Store
    private(set) var rolledResolutions: [Int64] = []
    private(set) var sampleReads = 0

    init(_ store: Store) {
        self.store = store
    }

    func series(
        matching matchers: [LabelMatcher], from: Timestamp, through: Timestamp
    ) throws -> [Series] {
        sampleReads += 1
        return try store.series(matching: matchers, from: from, through: through)
    }

    func rollupOffer() throws -> RollupOffer { try store.rollupOffer() }

    func rollups(
        matching matchers: [LabelMatcher], resolution: Int64, statistics: [RollupStatistic],
        from: Timestamp, through: Timestamp
    ) throws -> [RolledSeries] {
        rolledResolutions.append(resolution)
        return try store.rollups(
            matching: matchers, resolution: resolution, statistics: statistics, from: from,
            through: through)
    }
}
