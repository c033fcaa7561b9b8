import Synchronization
import TimeSeries

/// Keeps a page from writing the series that mlmon writes itself.
///
/// A page's own `up` or `mlmon_requests_total` would be the same series as the report's or the
/// recorder's. It is stored as `exported_up`, the way a label conflict is resolved.
final class ReservedNames: Sendable {
    private struct Renaming {
        let page: SeriesTable
        /// The same object where nothing had to be renamed.
        let stored: SeriesTable
        /// Positions in the page's table, in the order of the stored one; empty where that is the
        /// same.
        let kept: [Int]
    }

    private static let names = Set(ReportSeries.pageNames + ReportSeries.probeNames + ["ALERTS"])
    private static let prefix = "mlmon_"

    /// For the table of the last page; steady pages are looked at once.
    private let last = Mutex<Renaming?>(nil)

    /// The batch with every reserved name replaced.
    func resolve(_ batch: SampleBatch) -> SampleBatch {
        let renaming = last.withLock { last in
            if let last, last.page === batch.table { return last }
            let renaming = Self.renaming(batch.table)
            last = renaming
            return renaming
        }
        if renaming.stored === batch.table { return batch }
        return SampleBatch(
            at: batch.at, table: renaming.stored, values: renaming.kept.map { batch.values[$0] },
            timestamps: batch.timestamps.map { times in renaming.kept.map { times[$0] } })
    }

    /// Of a series that is renamed into one the page has too, the first one stays.
    private static func renaming(_ table: SeriesTable) -> Renaming {
        let renamed = table.labels.map(renamed)
        if renamed.allSatisfy({ $0 == nil }) {
            return Renaming(page: table, stored: table, kept: [])
        }
        var seen: Set<LabelSet> = []
        var labels: [LabelSet] = []
        var kept: [Int] = []
        for index in table.labels.indices {
            let label = renamed[index] ?? table.labels[index]
            guard seen.insert(label).inserted else { continue }
            labels.append(label)
            kept.append(index)
        }
        return Renaming(page: table, stored: SeriesTable(labels: labels), kept: kept)
    }

    private static func renamed(_ labels: LabelSet) -> LabelSet? {
        guard let name = labels.metricName, names.contains(name) || name.hasPrefix(prefix) else {
            return nil
        }
        return labels.setting(LabelSet.metricNameLabel, to: "exported_\(name)")
    }
}
