import Foundation
import GRDB
import Querying
import TimeSeries

/// Which series are asked for their labels.
package struct SeriesSelection: Sendable {
    /// Of each, every matcher must accept the series; no selector means any series.
    package var selectors: [[LabelMatcher]]
    /// Only series with samples at these times; nil is any series that is known.
    package var range: ClosedRange<Timestamp>?

    package init(selectors: [[LabelMatcher]] = [], range: ClosedRange<Timestamp>? = nil) {
        self.selectors = selectors
        self.range = range
    }
}

extension Store {
    /// The name of every label that one of the series has.
    package func labelNames(
        of selection: SeriesSelection = SeriesSelection()
    ) throws(StorageError) -> Set<String> {
        try read("reading names of labels") { db in
            let realised = try realisedLabelSets(of: selection, in: db)
            let known = try Data.fetchAll(db, sql: "SELECT DISTINCT name FROM label")
            let choice = try choice(selection, in: db)
            var names = Set(realised.lazy.flatMap { $0.pairs.map(\.name) })
            if choice.isSmall {
                names.formUnion(try choice.labels().map(\.name))
                return names
            }
            for name in known {
                if names.contains(Self.text(name)) { continue }
                let isFound =
                    try choice.isAll
                    || labelIDs(ofName: name, in: db).contains {
                        try choice.has(label: $0.id)
                    }
                if isFound { names.insert(Self.text(name)) }
            }
            return names
        }
    }

    /// Every value that a label has in one of the series.
    package func labelValues(
        of name: String, in selection: SeriesSelection = SeriesSelection()
    ) throws(StorageError) -> Set<String> {
        try read("reading values of label '\(name)'") { db in
            let realised = try realisedLabelSets(of: selection, in: db)
            let choice = try choice(selection, in: db)
            var values = Set(realised.lazy.compactMap { $0[name] })
            if choice.isSmall {
                for label in try choice.labels() where label.name == name {
                    values.insert(label.value)
                }
                return values
            }
            for (id, value) in try labelIDs(ofName: Data(name.utf8), in: db)
            where try choice.has(label: id) {
                values.insert(Self.text(value))
            }
            return values
        }
    }

    /// Every series of the selection, ascending by labels.
    package func labelSets(of selection: SeriesSelection) throws(StorageError) -> [LabelSet] {
        try read("reading labels of series") { db in
            let ids = try series(of: selection, in: db)
            let known = try catalog.withLock { try $0.labelSets(of: ids, in: db) }
            let realised = try realisedLabelSets(of: selection, in: db)
            return (known.compactMap { $0 } + realised).sorted()
        }
    }

    // MARK: Series

    private func choice(_ selection: SeriesSelection, in db: Database) throws -> SeriesChoice {
        SeriesChoice(
            series: try selectedSeries(selection, in: db),
            presence: try presence(in: selection.range, db), db: db)
    }

    /// nil is all there are.
    private func selectedSeries(
        _ selection: SeriesSelection, in db: Database
    ) throws -> [UInt32]? {
        if selection.selectors.isEmpty { return nil }
        let resolution = MatcherResolution(db: db)
        if selection.selectors.count == 1 {
            return try resolution.series(matching: selection.selectors[0])
        }
        // Selectors may all select the same.
        var found = SeriesBits()
        for matchers in selection.selectors {
            for id in try resolution.series(matching: matchers) { found.insert(id) }
        }
        return found.members
    }

    private func series(of selection: SeriesSelection, in db: Database) throws -> [UInt32] {
        let ids =
            try selectedSeries(selection, in: db)
            ?? MatcherResolution(db: db).series(matching: [])
        return try presence(in: selection.range, db)?.present(of: ids) ?? ids
    }

    /// nil where the time does not matter.
    private func presence(
        in range: ClosedRange<Timestamp>?, _ db: Database
    ) throws -> SeriesPresence? {
        guard let range else { return nil }
        return try SeriesPresence(
            db: db, layouts: catalog.withLock { try $0.allLayouts(in: db) },
            from: range.lowerBound.milliseconds, through: range.upperBound.milliseconds)
    }

    private func realisedLabelSets(
        of selection: SeriesSelection, in db: Database
    ) throws -> Set<LabelSet> {
        let selectors = selection.selectors.isEmpty ? [[]] : selection.selectors
        var found: Set<LabelSet> = []
        for matchers in selectors {
            if let range = selection.range {
                let series = try realisedSeries(
                    matching: matchers, from: range.lowerBound, through: range.upperBound, in: db)
                found.formUnion(series.lazy.map(\.labels))
            } else {
                found.formUnion(try realisedLabelSets(matching: matchers, in: db))
            }
        }
        return found
    }

    private func labelIDs(
        ofName name: Data, in db: Database
    ) throws -> [(id: Int64, value: Data)] {
        try Row.fetchAll(db, sql: "SELECT id, value FROM label WHERE name = ?", arguments: [name])
            .map { ($0[0], $0[1]) }
    }

    private static func text(_ blob: Data) -> String { String(decoding: blob, as: UTF8.self) }
}
