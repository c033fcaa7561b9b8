import Synchronization
import TimeSeries

/// How many series all targets together brought lately, against the limit on that.
final class SeriesQuota: Sendable {
    private let count = Mutex(0)

    /// Counts the series of one target anew.
    ///
    /// - Returns: False, and nothing is changed, where there would be more than the limit and more
    ///   than before.
    func change(from old: Int, to new: Int, limit: Int) -> Bool {
        count.withLock { count in
            let next = count - old + new
            if new > old, next > limit { return false }
            count = next
            return true
        }
    }
}

/// The series that one target brought within the last hour.
///
/// A page that shows new series at each scrape would fill memory and index with what is never seen
/// again: over its limit the page is refused. Steady pages cost nothing; of the others, series that
/// vanished are remembered by their fingerprint.
struct RecentSeries {
    /// A series that vanished counts for so long.
    static let memory = Duration.seconds(3600)

    private let quota: SeriesQuota
    private var table: SeriesTable?
    /// When series vanished, by fingerprint.
    private var vanished: [UInt64: Timestamp] = [:]
    private var count = 0

    init(quota: SeriesQuota) {
        self.quota = quota
    }

    /// Takes the series of a page, or refuses them; then nothing is changed.
    mutating func admit(
        _ next: SeriesTable, at: Timestamp, limits: Target.Limits
    ) throws(ExpositionError) {
        if next === table { return }
        var vanished = vanished.filter { at - $0.value < Self.memory && $0.value <= at }
        if let table { for labels in table.labels { vanished[labels.fingerprint] = at } }
        for labels in next.labels { vanished[labels.fingerprint] = nil }
        let count = next.labels.count + vanished.count
        guard count <= limits.seriesCount || count <= self.count else {
            throw .overLimit(.series, count, limits.seriesCount)
        }
        guard quota.change(from: self.count, to: count, limit: limits.totalSeriesCount) else {
            throw .overLimit(.totalSeries, count, limits.totalSeriesCount)
        }
        (table, self.vanished, self.count) = (next, vanished, count)
    }
}

extension ExpositionError {
    fileprivate static func overLimit(
        _ limit: Target.Limits.Kind, _ count: Int, _ bound: Int
    ) -> ExpositionError {
        let whose = limit == .series ? "of this target" : "of all targets"
        return ExpositionError(
            line: 1, column: 1, token: "\(count) series",
            expected: "at most \(bound) series \(whose) in an hour (\(limit.key))",
            limit: limit)
    }
}
