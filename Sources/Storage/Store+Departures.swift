import GRDB
import Querying
import TimeSeries

extension Store {
    /// Takes the targets that are not among these off the list, and ends their series with stale
    /// markers: all series of a service that has no target left, else those of the instance.
    ///
    /// Both in one transaction, so that whenever the process ends, each series ends once. A series
    /// that ended by itself is left as it is.
    ///
    /// - Parameters:
    ///   - now: When the series end; those with a later sample do so a millisecond after it.
    ///   - start: Series without a sample since then are over by themselves.
    ///   - metric: Its series are left as they are.
    /// - Complexity: Reads the newest row of each page, and blocks where they are newer; writes a row or two a page.
    package func removeTargets(
        except kept: [(service: String, instance: String)], endingSeriesAt now: Timestamp,
        heardSince start: Timestamp, sparing metric: String
    ) throws {
        let left = Dictionary(grouping: kept, by: \.service).mapValues { Set($0.map(\.instance)) }
        try write("removing targets", isDurable: false) { db in
            let departed = try Row.fetchAll(db, sql: "SELECT service, instance FROM target")
                .map { (service: $0[0] as String, instance: $0[1] as String) }
                .filter { left[$0.service]?.contains($0.instance) != true }
            if departed.isEmpty { return }
            var series: [UInt32] = []
            for (service, targets) in Dictionary(grouping: departed, by: \.service) {
                let isGone = left[service] == nil
                series += try Self.series(
                    ofService: service, instances: isGone ? nil : targets.map(\.instance), in: db)
            }
            let spared = try Self.series(with: LabelSet.metricNameLabel, metric, in: db)
            let layouts = try catalog.withLock { try $0.allLayouts(in: db) }
            try SeriesEnding(
                series.sortedAndUnique().subtracting(spared), layouts: layouts.map(\.layout),
                since: start, in: db
            ).write(at: now)
            let delete = try db.cachedStatement(
                sql: "DELETE FROM target WHERE service = ? AND instance = ?")
            for target in departed {
                try delete.execute(arguments: [target.service, target.instance])
            }
        }
    }

    /// - Parameter instances: nil for all.
    private static func series(
        ofService service: String, instances: [String]?, in db: Database
    ) throws -> [UInt32] {
        let all = try series(with: "service", service, in: db)
        guard let instances else { return all }
        let members = try instances.flatMap { try series(with: "instance", $0, in: db) }
        return all.intersection(members.sortedAndUnique())
    }

    private static func series(
        with label: String, _ value: String, in db: Database
    ) throws -> [UInt32] {
        // An empty value would select the series without the label.
        if value.isEmpty { return [] }
        let matcher = try LabelMatcher(name: label, .equal, value: value)
        return try MatcherResolution(db: db).series(matching: [matcher])
    }
}
