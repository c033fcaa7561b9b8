import GRDB
import Querying
import TimeSeries

extension Store {
    private static let metricColumns = RealisedWindow.Metric.allCases.map { "\"\($0.rawValue)\"" }
        .joined(separator: ", ")

    /// Minutes whose windows are measured in one transaction.
    private static let measuredMinutes = 60

    /// Measures windows anew that predictions or labels have changed, in one transaction; the
    /// oldest first, and not all at once.
    ///
    /// - Parameters:
    ///   - length: Of the windows, which lie on a fixed grid.
    ///   - measure: One window for each model version that had predictions.
    /// - Returns: False where none was changed.
    package func measureChanged(
        length: Duration,
        _ measure: (
            _ service: String, _ from: Timestamp, _ through: Timestamp, [JudgedPrediction]
        ) -> [RealisedWindow]
    ) throws(StorageError) -> Bool {
        try write("measuring performance", isDurable: false) { db in
            guard
                let service = try String.fetchOne(
                    db, sql: "SELECT service FROM unmeasured ORDER BY minute LIMIT 1")
            else { return false }
            let minutes = try Int64.fetchAll(
                db,
                sql: "SELECT minute FROM unmeasured WHERE service = ? ORDER BY minute LIMIT ?",
                arguments: [service, Self.measuredMinutes])
            var measured: Set<Timestamp> = []
            for minute in minutes {
                let end = Timestamp(milliseconds: minute) + Self.unmeasuredMinute
                var from = Timestamp(milliseconds: minute).aligned(to: length)
                while from < end {
                    let through = from + length
                    if measured.insert(from).inserted {
                        let judged = try Self.judgedPredictions(
                            of: service, from: from, through: through, in: db)
                        try Self.replace(
                            measure(service, from, through, judged), of: service, from: from,
                            in: db)
                    }
                    from = through
                }
                try db.execute(
                    sql: "DELETE FROM unmeasured WHERE service = ? AND minute = ?",
                    arguments: [service, minute])
            }
            return true
        }
    }

    private static func replace(
        _ windows: [RealisedWindow], of service: String, from: Timestamp, in db: Database
    ) throws {
        try db.execute(
            sql: "DELETE FROM realised_window WHERE service = ? AND from_at = ?",
            arguments: [service, from.milliseconds])
        let marks = RealisedWindow.Metric.allCases.map { _ in "?" }.joined(separator: ", ")
        let insert = try db.cachedStatement(
            sql: """
                INSERT INTO realised_window (from_at, through_at, service, model, version,
                    predictions, labels, \(metricColumns))
                VALUES (?, ?, ?, ?, ?, ?, ?, \(marks))
                """)
        for window in windows {
            var arguments: [(any DatabaseValueConvertible)?] = [
                window.from.milliseconds, window.through.milliseconds, window.service,
                window.model, window.version, Double(window.predictionCount),
                Double(window.labelCount),
            ]
            for metric in RealisedWindow.Metric.allCases {
                arguments.append(window.metrics[metric])
            }
            try insert.execute(arguments: StatementArguments(arguments))
        }
    }

    /// The windows that end in (from, through], oldest first.
    package func realisedWindows(
        from: Timestamp = Timestamp(milliseconds: .min),
        through: Timestamp = Timestamp(milliseconds: .max)
    ) throws(StorageError) -> [RealisedWindow] {
        try read("reading realised performance") { db in
            try Self.realisedWindows(db, from: from, through: through)
        }
    }

    private static func realisedWindows(
        _ db: Database, from: Timestamp, through: Timestamp
    ) throws -> [RealisedWindow] {
        let rows = try Row.fetchCursor(
            try db.cachedStatement(
                sql: """
                    SELECT from_at, through_at, service, model, version, predictions, labels,
                        \(metricColumns)
                    FROM realised_window WHERE from_at < ? AND through_at > ? AND through_at <= ?
                    ORDER BY from_at, service, model, version
                    """),
            arguments: [through.milliseconds, from.milliseconds, through.milliseconds])
        var windows: [RealisedWindow] = []
        while let row = try rows.next() {
            var metrics: [RealisedWindow.Metric: Double] = [:]
            for (i, metric) in RealisedWindow.Metric.allCases.enumerated() {
                metrics[metric] = row[7 + i] as Double?
            }
            windows.append(
                RealisedWindow(
                    service: row[2], model: row[3], version: row[4],
                    from: Timestamp(milliseconds: row[0]),
                    through: Timestamp(milliseconds: row[1]),
                    predictionCount: Int(row[5] as Double), labelCount: Int(row[6] as Double),
                    metrics: metrics))
        }
        return windows
    }
}

// MARK: - As series

extension Store {
    private static let realisedPrefix = "mlmon_realised_"
    private static let coverageName = realisedPrefix + "label_coverage"
    private static let predictionsName = realisedPrefix + "predictions"
    private static let realisedNames =
        RealisedWindow.Metric.allCases.map { realisedPrefix + $0.rawValue }
        + [coverageName, predictionsName]
    /// So often the value of a window is given, from its end to that of the next; a stale marker
    /// follows where the next has none.
    private static let realisedStep = Duration.seconds(60)

    /// The windows as series that satisfy the matchers: computed when they are read, since labels
    /// that arrive late change windows that are long over.
    func realisedSeries(
        matching matchers: [LabelMatcher], from: Timestamp, through: Timestamp, in db: Database
    ) throws -> [Series] {
        let names = Self.realisedNames(matchers)
        if names.isEmpty { return [] }
        let longest = try Int64.fetchOne(
            try db.cachedStatement(sql: "SELECT max(through_at - from_at) FROM realised_window"))
        guard let longest else { return [] }
        let wanted = Set(names)
        let windows = try Self.realisedWindows(
            db, from: from - .milliseconds(longest), through: through)
        var columns: [LabelSet: Series] = [:]
        for window in windows {
            let length = window.through - window.from
            let last = min(window.through + length - .milliseconds(1), through)
            for (name, value) in Self.samples(of: window) where wanted.contains(name) {
                let labels = LabelSet([
                    (LabelSet.metricNameLabel, name), ("service", window.service),
                    ("model", window.model), ("version", window.version),
                ])
                guard matchers.allSatisfy({ $0.matches(labels) }) else { continue }
                var series = columns[labels] ?? Series(labels: labels)
                var at = window.through
                if at < from {
                    let steps =
                        ((from - at).milliseconds + Self.realisedStep.milliseconds - 1)
                        / Self.realisedStep.milliseconds
                    at = at + Self.realisedStep * Int(steps)
                }
                // The end of the window before, which this one continues.
                if series.timestamps.last == at.milliseconds {
                    series.timestamps.removeLast()
                    series.values.removeLast()
                }
                while at <= last {
                    series.timestamps.append(at.milliseconds)
                    series.values.append(value)
                    at = at + Self.realisedStep
                }
                let end = window.through + length
                if end >= from, end <= through {
                    series.timestamps.append(end.milliseconds)
                    series.values.append(.staleMarker)
                }
                columns[labels] = series
            }
        }
        return columns.values.filter { !$0.timestamps.isEmpty }.sorted { $0.labels < $1.labels }
    }

    /// The same in windows of a resolution, in milliseconds.
    func realisedRollups(
        matching matchers: [LabelMatcher], resolution: Int64, from: Int64, through: Int64,
        in db: Database
    ) throws -> [RolledSeries] {
        try realisedSeries(
            matching: matchers, from: Timestamp(milliseconds: from - resolution),
            through: Timestamp(milliseconds: through), in: db
        ).map { series in
            RolledSeries(
                labels: series.labels,
                rollup: Rollup(
                    timestamps: series.timestamps, values: series.values, resolution: resolution,
                    from: from, through: through))
        }
    }

    /// Whether matchers can select series that are computed when they are read, so that nothing
    /// that was read or written before tells what they are.
    package static func selectsComputedSeries(_ matchers: [LabelMatcher]) -> Bool {
        !realisedNames(matchers).isEmpty
    }

    private static func realisedNames(_ matchers: [LabelMatcher]) -> [String] {
        realisedNames.filter { name in
            matchers.allSatisfy { $0.name != LabelSet.metricNameLabel || $0.matches(name) }
        }
    }

    private static func samples(of window: RealisedWindow) -> [(String, Double)] {
        window.metrics.map { (realisedPrefix + $0.key.rawValue, $0.value) } + [
            (coverageName, window.coverage), (predictionsName, Double(window.predictionCount)),
        ]
    }

    /// The label sets of every realised series that satisfies the matchers.
    func realisedLabelSets(
        matching matchers: [LabelMatcher], in db: Database
    ) throws -> [LabelSet] {
        let rows = try Row.fetchAll(
            db, sql: "SELECT DISTINCT service, model, version FROM realised_window")
        return rows.flatMap { row in
            Self.realisedNames.map { name in
                LabelSet([
                    (LabelSet.metricNameLabel, name), ("service", row[0]), ("model", row[1]),
                    ("version", row[2]),
                ])
            }
        }.filter { labels in matchers.allSatisfy { $0.matches(labels) } }
    }
}
