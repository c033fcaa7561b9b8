import Querying
import Storage
import TimeSeries

/// Keeps the table `service_minutes` up: what `mlmon report --step 1m` would say of each minute,
/// soon after it ended.
actor ServiceMinutes {
    private static let minute = Duration.seconds(60)
    /// How long the samples, verdicts and alerts of a minute may take to be committed.
    private static let settling = Duration.seconds(5)
    /// How far back minutes are made that were not when they ended.
    private static let longestCatchUp = Duration.seconds(86_400)
    /// Made in one round, unless there is nothing to say of them.
    private static let minutesPerRound = 60

    private let store: Store
    private let source: any SeriesSource & Sendable
    private var memory = ReportMemory()
    /// The beginning of the next minute to record.
    private var next: Timestamp?

    /// - Parameters:
    ///   - store: Where the table is.
    ///   - source: Where the series are read.
    init(store: Store, source: any SeriesSource & Sendable) {
        self.store = store
        self.source = source
    }

    /// Records the minutes that ended since the last call, an hour of them at most.
    func advance(to now: Timestamp) throws {
        let end = (now - Self.settling).aligned(to: Self.minute)
        var start = try max(next ?? first(before: end), end - Self.longestCatchUp)
        var rows: [ReportRow] = []
        // After the clock was set back there is nothing to do until it has caught up.
        while start < end, rows.isEmpty {
            let until = min(end, start + Self.minute * Self.minutesPerRound)
            let report = Report(
                source: source, start: start, end: until, step: Self.minute, service: nil)
            rows = try report.rows(from: start, to: until, &memory)
            try store.record(serviceMinutes: rows.map(\.serviceMinute))
            (start, next) = (until, until)
        }
        memory.forget(before: start - Self.longestCatchUp)
    }

    /// The minute after the newest one in the store; a day ago where there is none.
    private func first(before end: Timestamp) throws -> Timestamp {
        guard let newest = try store.newestServiceMinute() else {
            return end - Self.longestCatchUp
        }
        return newest + Self.minute
    }
}

extension ReportRow {
    fileprivate var serviceMinute: ServiceMinute {
        func known(_ value: Double?) -> Double? { value.flatMap { $0.isFinite ? $0 : nil } }
        var minute = ServiceMinute(time: time, service: service, model: model, version: version)
        minute.requests = known(requests)
        minute.errors = known(errors)
        minute.latencyP50Seconds = known(latencyP50)
        minute.latencyP95Seconds = known(latencyP95)
        minute.latencyP99Seconds = known(latencyP99)
        minute.predictions = known(predictions)
        minute.psi = known(psi)
        minute.driftPValue = known(driftPValue)
        minute.anomalyScore = known(anomalyScore)
        minute.alertsFiring = known(alertsFiring)
        return minute
    }
}
