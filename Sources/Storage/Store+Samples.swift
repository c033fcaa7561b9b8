import Foundation
import GRDB
import Querying
import TimeSeries

extension Store: SeriesSource {
    /// The series that satisfy every matcher, with their committed samples of the closed range
    /// [from, through]. Series without any are left out. Ascending by labels.
    ///
    /// - Throws: `StorageError`.
    package func series(
        matching matchers: [LabelMatcher], from: Timestamp, through: Timestamp
    ) throws -> [Series] {
        try unorderedSeries(matching: matchers, from: from, through: through)
            .sorted { $0.labels < $1.labels }
    }

    /// As above, in the order in which the store came to know the series.
    package func unorderedSeries(
        matching matchers: [LabelMatcher], from: Timestamp, through: Timestamp
    ) throws -> [Series] {
        if through < from { return [] }
        let own = try ownSeries(matching: matchers, from: from, through: through)
        guard let underlay else { return own }
        return try own + underlay.series(matching: matchers, from: from, through: through)
    }

    private func ownSeries(
        matching matchers: [LabelMatcher], from: Timestamp, through: Timestamp
    ) throws -> [Series] {
        try read("reading \(Self.description(of: matchers))") { db in
            let resolution = MatcherResolution(db: db)
            let wanted = try resolution.series(matching: matchers)
            let realised = try realisedSeries(
                matching: matchers, from: from, through: through, in: db)
            if wanted.isEmpty { return realised }
            let columns = try sampleReader(db).columns(
                of: wanted, among: resolution.series(ofMetricIn: matchers),
                from: from.milliseconds, through: through.milliseconds)
            let labels = try catalog.withLock { try $0.labelSets(of: wanted, in: db) }
            var result: [Series] = []
            result.reserveCapacity(wanted.count)
            for (labels, column) in zip(labels, columns) where !column.timestamps.isEmpty {
                guard let labels else { continue }
                result.append(
                    Series(labels: labels, timestamps: column.timestamps, values: column.values))
            }
            return result + realised
        }
    }

    /// Every known series that satisfies the matchers, whether or not it has samples now.
    package func labelSets(matching matchers: [LabelMatcher]) throws -> [LabelSet] {
        try labelSets(of: SeriesSelection(selectors: [matchers]))
    }

    /// The newest sample of each series that is not a stale marker; unknown series are left out.
    package func lastSamples(of labels: [LabelSet]) throws -> [LabelSet: Sample] {
        try read("reading the last samples of \(labels.count) series") { db in
            var lookup = SeriesLookup()
            var sets: [UInt32: LabelSet] = [:]
            for set in labels {
                if let id = try lookup.seriesID(of: set, in: db) { sets[id] = set }
            }
            return try lastSamples(of: sets, in: db)
        }
    }

    /// The same of every series that satisfies the matchers.
    ///
    /// - Parameter matchers: Those for equality should leave few series: they are looked up, the
    ///   others are tried on the labels of what is left.
    package func lastSamples(matching matchers: [LabelMatcher]) throws -> [LabelSet: Sample] {
        try read("reading the last samples of \(Self.description(of: matchers))") { db in
            let exact = matchers.filter { $0.operation == .equal && !$0.value.isEmpty }
            let ids = try MatcherResolution(db: db).series(
                matching: exact.isEmpty ? matchers : exact)
            let labels = try catalog.withLock { try $0.labelSets(of: ids, in: db) }
            let known = zip(ids, labels).compactMap { id, labels in
                labels.flatMap { labels in
                    matchers.allSatisfy { $0.matches(labels) } ? (id, labels) : nil
                }
            }
            return try lastSamples(of: Dictionary(uniqueKeysWithValues: known), in: db)
        }
    }

    private func lastSamples(
        of series: [UInt32: LabelSet], in db: Database
    ) throws -> [LabelSet: Sample] {
        let samples = try sampleReader(db).lastSamples(of: series.keys.sorted())
        return samples.reduce(into: [:]) { result, sample in
            if let labels = series[sample.key] { result[labels] = sample.value }
        }
    }

    func sampleReader(_ db: Database) throws -> SampleReader {
        SampleReader(
            db: db, layouts: try catalog.withLock { try $0.allLayouts(in: db) },
            cache: journalCache, second: secondReader, counter: readChunks)
    }

    /// Blocks, rows of the journal and roll-ups that queries have read and decoded so far.
    package var readChunkCount: Int { readChunks.count }

    private static func description(of matchers: [LabelMatcher]) -> String {
        "{" + matchers.map { "\($0.name)\($0.operation)'\($0.value)'" }.joined(separator: ", ")
            + "}"
    }
}
