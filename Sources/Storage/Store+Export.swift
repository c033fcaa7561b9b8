import Foundation
import GRDB
import Querying
import TimeSeries

extension Store {
    private static var seriesPerExport: Int { 512 }

    /// Visits the series that satisfy any of the selectors, with their samples of the closed range
    /// [from, through], in one snapshot and bounded memory. Series without any are left out. All
    /// series of one metric come together, metrics ascend by the bytes of their names.
    ///
    /// - Parameter body: Must not use the store.
    package func forEachSeries(
        matching selectors: [[LabelMatcher]], from: Timestamp, through: Timestamp,
        _ body: (Series) throws -> Void
    ) throws {
        var failure: (any Error)?
        do {
            try read("exporting") { db in
                let reader = try sampleReader(db)
                for ids in try exportOrder(selectors, in: db) {
                    let columns = try reader.columns(
                        of: ids, from: from.milliseconds, through: through.milliseconds)
                    for (id, column) in zip(ids, columns) where !column.timestamps.isEmpty {
                        let labels = try catalog.withLock { try $0.labelSet(of: id, in: db) }
                        guard let labels else { continue }
                        do {
                            try body(
                                Series(
                                    labels: labels, timestamps: column.timestamps,
                                    values: column.values))
                        } catch {
                            failure = error
                            throw error
                        }
                    }
                }
            }
        } catch {
            throw failure ?? error
        }
    }

    /// Ascending identifiers, in pieces, by metric.
    private func exportOrder(
        _ selectors: [[LabelMatcher]], in db: Database
    ) throws -> [[UInt32]] {
        var ids: Set<UInt32> = []
        for matchers in selectors {
            ids.formUnion(try MatcherResolution(db: db).series(matching: matchers))
        }
        var byMetric: [[UInt8]: [UInt32]] = [:]
        try catalog.withLock { catalog in
            for id in ids.sorted() {
                guard let labels = try catalog.labelSet(of: id, in: db) else { continue }
                byMetric[Array((labels.metricName ?? "").utf8), default: []].append(id)
            }
        }
        let metrics = byMetric.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        return metrics.flatMap { _, ids in
            stride(from: 0, to: ids.count, by: Self.seriesPerExport).map {
                Array(ids[$0..<min($0 + Self.seriesPerExport, ids.count)])
            }
        }
    }

    /// Copies the store as it is now into a new file, while others write and read.
    ///
    /// The copy appears under its name when it is complete.
    ///
    /// - Returns: Its size in bytes.
    /// - Throws: Where the file exists already or cannot be written.
    @discardableResult
    package func backUp(to path: String) throws(StorageError) -> Int {
        let partial = path + ".partial"
        let files = FileManager.default
        return try Self.wrapping("backing up to '\(path)'", path: path) {
            guard !files.fileExists(atPath: path) else {
                throw StorageError(
                    code: 0, activity: "backing up", message: "'\(path)' exists already")
            }
            try? files.removeItem(atPath: partial)
            do {
                let copy = try DatabaseQueue(path: partial)
                try database.backup(to: copy)
                // Without a log beside it the copy is one file.
                try copy.writeWithoutTransaction {
                    try $0.execute(sql: "PRAGMA journal_mode = DELETE")
                }
                try copy.close()
                let handle = try FileHandle(
                    forUpdating: URL(fileURLWithPath: partial))
                try handle.synchronize()
                try handle.close()
                try files.moveItem(atPath: partial, toPath: path)
            } catch {
                try? files.removeItem(atPath: partial)
                throw error
            }
            let attributes = try files.attributesOfItem(atPath: path)
            return (attributes[.size] as? NSNumber)?.intValue ?? 0
        }
    }
}
