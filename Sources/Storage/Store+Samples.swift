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
            .sortedByLabels()
    }

    /// As above, in the order in which the store came to know the series.
    package func unorderedSeries(
        matching matchers: [LabelMatcher], from: Timestamp, through: Timestamp
    ) throws -> [Series] {
        try unorderedSeries(matching: matchers, from: from, through: through, isRemembered: true)
    }

    /// - Parameter isRemembered: Whether what is read stays in memory for the next who asks.
    package func unorderedSeries(
        matching matchers: [LabelMatcher], from: Timestamp, through: Timestamp, isRemembered: Bool
    ) throws -> [Series] {
        if through < from { return [] }
        let own = try ownSeries(
            matching: matchers, from: from, through: through, isRemembered: isRemembered)
        guard let underlay else { return own }
        return try own + underlay.series(matching: matchers, from: from, through: through)
    }

    private func ownSeries(
        matching matchers: [LabelMatcher], from: Timestamp, through: Timestamp, isRemembered: Bool
    ) throws -> [Series] {
        try read("reading \(Self.description(of: matchers))") { db in
            let resolution = MatcherResolution(db: db)
            let wanted = try resolution.series(matching: matchers)
            let realised = try realisedSeries(
                matching: matchers, from: from, through: through, in: db)
            if wanted.isEmpty { return realised }
            let related = isRemembered ? try resolution.series(ofMetricIn: matchers) : []
            let (labels, columns) = try labelsAndColumns(
                of: wanted, among: related, from: from.milliseconds,
                through: through.milliseconds, in: db, isRemembered: isRemembered)
            var result: [Series] = []
            result.reserveCapacity(wanted.count + realised.count)
            for (labels, column) in zip(labels, columns) where !column.timestamps.isEmpty {
                guard let labels else { continue }
                result.append(
                    Series(labels: labels, timestamps: column.timestamps, values: column.values))
            }
            result += realised
            return result
        }
    }

    /// Labels of many series that nobody asked for before are read while their samples are.
    private func labelsAndColumns(
        of wanted: [UInt32], among related: [UInt32], from: Int64, through: Int64,
        in db: Database, isRemembered: Bool
    ) throws -> ([LabelSet?], [SampleReader.Column]) {
        var reader = try sampleReader(db, isRemembered: isRemembered)
        let labels = { @Sendable [self] db in
            try catalog.withLock {
                try $0.labelSets(of: wanted, in: db, isRemembered: isRemembered)
            }
        }
        let isWorthAThread = catalog.withLock {
            $0.lacks(Self.leastLabelsOfThread, of: wanted)
        }
        guard isWorthAThread else {
            let columns = try reader.columns(
                of: wanted, among: related, from: from, through: through)
            return (try labels(db), columns)
        }
        reader.second = nil
        let (columns, found) = try secondReader.read(labels) {
            try reader.columns(of: wanted, among: related, from: from, through: through)
        }
        return (try found ?? labels(db), columns)
    }

    private static let leastLabelsOfThread = 2000

    /// Every known series that satisfies the matchers, whether or not it has samples now.
    package func labelSets(matching matchers: [LabelMatcher]) throws -> [LabelSet] {
        try labelSets(of: SeriesSelection(selectors: [matchers]))
    }

    func sampleReader(_ db: Database, isRemembered: Bool = true) throws -> SampleReader {
        SampleReader(
            db: db, layouts: try catalog.withLock { try $0.allLayouts(in: db) },
            cache: isRemembered ? journalCache : nil, second: secondReader, counter: readChunks)
    }

    /// The store for who asks for nothing twice: what is read does not stay in memory.
    package var withoutMemory: some SeriesSource & Sendable { FleetingReads(store: self) }

    /// Blocks, rows of the journal and roll-ups that queries have read and decoded so far.
    package var readChunkCount: Int { readChunks.count }

    private static func description(of matchers: [LabelMatcher]) -> String {
        "{" + matchers.map { "\($0.name)\($0.operation)'\($0.value)'" }.joined(separator: ", ")
            + "}"
    }
}

private struct FleetingReads: SeriesSource, Sendable {
    let store: Store

    func series(
        matching matchers: [LabelMatcher], from: Timestamp, through: Timestamp
    ) throws -> [Series] {
        try unorderedSeries(matching: matchers, from: from, through: through)
            .sortedByLabels()
    }

    func unorderedSeries(
        matching matchers: [LabelMatcher], from: Timestamp, through: Timestamp
    ) throws -> [Series] {
        try store.unorderedSeries(
            matching: matchers, from: from, through: through, isRemembered: false)
    }
}
