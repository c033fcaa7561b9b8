import TimeSeries

/// Where selectors find their series: a store, or data at hand.
package protocol SeriesSource {
    /// The series that satisfy every matcher, with their samples of the closed range
    /// [from, through]; series without any may be left out. No two of one label set.
    func series(matching matchers: [LabelMatcher], from: Timestamp, through: Timestamp) throws
        -> [Series]

    /// As above, in whichever order is cheapest to give; the same order each time.
    func unorderedSeries(
        matching matchers: [LabelMatcher], from: Timestamp, through: Timestamp
    ) throws -> [Series]

    /// What else than samples it keeps.
    func rollupOffer() throws -> RollupOffer

    /// The same series in windows of one resolution that was offered, over (from, through].
    ///
    /// Where `from` or `through` is no multiple of the resolution, the window there is cut short.
    ///
    /// - Parameters:
    ///   - resolution: Milliseconds.
    ///   - statistics: Those to read; more may be given.
    func rollups(
        matching matchers: [LabelMatcher], resolution: Int64, statistics: [RollupStatistic],
        from: Timestamp, through: Timestamp
    ) throws -> [RolledSeries]
}

extension SeriesSource {
    package func unorderedSeries(
        matching matchers: [LabelMatcher], from: Timestamp, through: Timestamp
    ) throws -> [Series] {
        try series(matching: matchers, from: from, through: through)
    }
}

/// Series held in memory.
package struct MemorySource: SeriesSource, Sendable {
    private let all: [Series]

    package init(_ series: [Series]) {
        all = series
    }

    package func series(
        matching matchers: [LabelMatcher], from: Timestamp, through: Timestamp
    ) -> [Series] {
        all.compactMap { series in
            guard matchers.allSatisfy({ $0.matches(series.labels) }) else { return nil }
            return series.samples(from: from.milliseconds, through: through.milliseconds)
        }
    }
}

extension [Series] {
    /// Series that one thread puts in order at a time.
    private static var countOfPart: Int { 8192 }

    /// Ascending by labels. Large selections are put in order on every core.
    package func sortedByLabels() -> [Series] {
        let labels = map(\.labels)
        // Numbers are moved about, not series: three counted references each.
        var runs = inParts(of: count, size: Self.countOfPart) { part in
            labels.withUnsafeBufferPointer { labels in
                part.sorted { labels[$0] < labels[$1] }
            }
        }
        while runs.count > 1 {
            let pairs = runs
            runs = inParts(of: (pairs.count + 1) / 2, size: 1) { part in
                let first = pairs[2 * part.lowerBound]
                guard 2 * part.lowerBound + 1 < pairs.count else { return first }
                return labels.withUnsafeBufferPointer { labels in
                    merged(first, pairs[2 * part.lowerBound + 1]) { labels[$0] < labels[$1] }
                }
            }
        }
        return (runs.first ?? []).map { self[$0] }
    }
}

/// Two ascending lists as one; of equal elements those of the first come first.
private func merged(
    _ first: [Int], _ second: [Int], _ precedes: (Int, Int) -> Bool
) -> [Int] {
    var result: [Int] = []
    result.reserveCapacity(first.count + second.count)
    var (i, j) = (0, 0)
    while i < first.count, j < second.count {
        if precedes(second[j], first[i]) {
            result.append(second[j])
            j += 1
        } else {
            result.append(first[i])
            i += 1
        }
    }
    result += first[i...]
    result += second[j...]
    return result
}

extension Series {
    /// The samples of a closed range of time in milliseconds; nil where there are none.
    package func samples(from: Int64, through: Int64) -> Series? {
        let first = timestamps.partitioningIndex { $0 >= from }
        let end = timestamps.partitioningIndex { $0 > through }
        guard first < end else { return nil }
        if first == 0, end == timestamps.count { return self }
        return Series(
            labels: labels, timestamps: Array(timestamps[first..<end]),
            values: Array(values[first..<end]))
    }
}

extension Array {
    /// The first index whose element satisfies a predicate that is false and then true.
    package func partitioningIndex(where isSecond: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = low + (high - low) / 2
            if isSecond(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
