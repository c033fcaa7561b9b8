import Querying
import TimeSeries

/// A source together with what recording rules gave earlier in the same evaluation, so that a rule
/// sees the results of those before it.
struct RecordedSource: SeriesSource {
    let base: any SeriesSource
    /// Of one instant, the present one.
    var recorded: [LabelSet: Sample] = [:]

    func unorderedSeries(
        matching matchers: [LabelMatcher], from: Timestamp, through: Timestamp
    ) throws -> [Series] {
        recorded.isEmpty
            ? try base.unorderedSeries(matching: matchers, from: from, through: through)
            : try series(matching: matchers, from: from, through: through)
    }

    func series(
        matching matchers: [LabelMatcher], from: Timestamp, through: Timestamp
    ) throws -> [Series] {
        var found = try base.series(matching: matchers, from: from, through: through)
        let added = recorded.filter { labels, sample in
            sample.at >= from && sample.at <= through
                && matchers.allSatisfy { $0.matches(labels) }
        }
        if added.isEmpty { return found }
        var remaining = added
        for index in found.indices {
            guard let sample = remaining.removeValue(forKey: found[index].labels) else { continue }
            let earlier = found[index].samples.filter { $0.at < sample.at }
            found[index] = Series(labels: found[index].labels, samples: earlier + [sample])
        }
        return found
            + remaining.sorted { $0.key < $1.key }.map {
                Series(labels: $0.key, samples: [$0.value])
            }
    }
}
