import Foundation
import GRDB
import Querying
import TimeSeries

/// What a reader remembers of labels, series and layouts.
///
/// Identifiers are never given twice and what they stand for never changes, so that the memory
/// holds for every snapshot, and for what another process writes.
struct SeriesCatalog {
    private var labels: [Int64: [UInt8]] = [:]
    private var sets: [UInt32: LabelSet] = [:]
    private var layouts: [Int64: Layout] = [:]
    private static let labelLimit = 100_000
    /// A millisecond's worth of reading, or two.
    private static let earlyLabelCount = 5000
    private static let setLimit = 250_000
    /// In series of all remembered layouts.
    private static let layoutSeriesLimit = 4_000_000
    private var layoutSeriesCount = 0
    private var assembly = LabelSetAssembly()

    /// The labels of a series, nil where it is unknown.
    mutating func labelSet(of series: UInt32, in db: Database) throws -> LabelSet? {
        if let set = sets[series] { return set }
        return try labelSets(of: [series], in: db)[0]
    }

    /// The labels of each series, in their order; what is not remembered is read by bucket.
    ///
    /// - Parameters:
    ///   - series: Ascending.
    ///   - isRemembered: Whether what was not remembered is from now on.
    mutating func labelSets(
        of series: [UInt32], in db: Database, isRemembered: Bool = true
    ) throws -> [LabelSet?] {
        var result = series.map { sets[$0] }
        let missing = series.indices.filter { result[$0] == nil }
        let scan = try SeriesBucketScan(in: db)
        try scan.forEach(of: missing.map { series[$0] }) { place, labels in
            let set = try labelSet(labels, in: db)
            result[missing[place]] = set
            if isRemembered { remember(set, of: series[missing[place]]) }
        }
        return result
    }

    /// Whether so many of the series or more are not remembered.
    func lacks(_ count: Int, of series: [UInt32]) -> Bool {
        guard series.count >= count else { return false }
        var unknown = 0
        for id in series where sets[id] == nil {
            unknown += 1
            if unknown >= count { return true }
        }
        return false
    }

    private mutating func remember(_ set: LabelSet, of series: UInt32) {
        if sets.count >= Self.setLimit { sets.removeAll(keepingCapacity: true) }
        sets[series] = set
    }

    private mutating func labelSet(
        _ ids: [Int64], in db: Database
    ) throws -> LabelSet {
        if labels.count > Self.labelLimit { labels.removeAll(keepingCapacity: true) }
        // Out of here while labels are looked up, which changes what is remembered.
        var assembly = LabelSetAssembly()
        swap(&assembly, &self.assembly)
        defer { swap(&assembly, &self.assembly) }
        return try assembly.labelSet(ids) { try text(of: $0, in: db) }
    }

    /// Name, separator, value, separator; then also in `labels`.
    private mutating func text(of label: Int64, in db: Database) throws -> [UInt8] {
        if let text = labels[label] { return text }
        let scan = try RowScan("SELECT name, value FROM label WHERE id = ?", in: db)
        try scan.start(label)
        guard try scan.next() else { throw Damage("label \(label) is missing") }
        let text = Self.text(name: scan.bytes(0), value: scan.bytes(1))
        labels[label] = text
        return text
    }

    private static func text(
        name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer
    ) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(name.count + value.count + 2)
        text.append(contentsOf: name)
        text.append(LabelSet.separator)
        text.append(contentsOf: value)
        text.append(LabelSet.separator)
        return text
    }

    /// Reads the labels ahead of the first question, the oldest where there are many.
    mutating func rememberLabels(in db: Database) throws {
        let scan = try RowScan("SELECT id, name, value FROM label ORDER BY id LIMIT ?", in: db)
        try scan.start(Int64(Self.earlyLabelCount))
        while try scan.next() {
            labels[scan.integer(0)] = Self.text(name: scan.bytes(1), value: scan.bytes(2))
        }
    }

    /// Every layout, with how far its journal rows are folded.
    mutating func allLayouts(in db: Database) throws -> [(layout: Layout, foldedThrough: Int64)] {
        let scan = try RowScan("SELECT id, folded_through FROM layout", in: db)
        try scan.start()
        var result: [(layout: Layout, foldedThrough: Int64)] = []
        while try scan.next() {
            if let layout = try layout(scan.integer(0), in: db) {
                result.append((layout, scan.integer(1)))
            }
        }
        return result
    }

    mutating func layout(_ id: Int64, in db: Database) throws -> Layout? {
        if let layout = layouts[id] { return layout }
        guard let layout = try Layout.fetch(id, in: db) else { return nil }
        if layoutSeriesCount + layout.series.count > Self.layoutSeriesLimit {
            layouts.removeAll()
            layoutSeriesCount = 0
        }
        layouts[id] = layout
        layoutSeriesCount += layout.series.count
        return layout
    }

    mutating func forget(layouts ids: [Int64]) {
        for id in ids {
            if let layout = layouts.removeValue(forKey: id) {
                layoutSeriesCount -= layout.series.count
            }
        }
    }
}
