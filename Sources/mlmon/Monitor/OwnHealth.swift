import Logging
import Scraping
import Storage
import Synchronization
import TimeSeries

/// What the collector counts of itself, and who is told when a limit rejects scrapes.
final class OwnHealth: Sendable {
    private struct Counts {
        var scrapes = 0
        var failures = 0
        var samples = 0
        var bytes = 0
        var seconds = 0.0
        var rejections: [Rejection: Int] = [:]
        /// The limit that each target is over now.
        var overLimit: [Int: Target.Limits.Kind] = [:]
        var table: SeriesTable?
    }

    private struct Rejection: Hashable {
        var limit: Target.Limits.Kind
        var service: String
        var instance: String
    }

    let work = WorkMeter()
    private let counts = Mutex(Counts())
    private let logger: Logger

    init(logger: Logger) {
        self.logger = logger
    }

    func note(_ result: ScrapeResult) {
        let status = result.status
        let isNews = counts.withLock { counts in
            counts.scrapes += 1
            counts.samples += status.sampleCount
            counts.bytes += max(status.bodyByteCount, 0)
            counts.seconds += status.durationSeconds
            if !status.isUp { counts.failures += 1 }
            let before = counts.overLimit.removeValue(forKey: result.targetIndex)
            guard let limit = status.limit else { return false }
            counts.overLimit[result.targetIndex] = limit
            let rejection = Rejection(
                limit: limit, service: status.service, instance: status.instance)
            counts.rejections[rejection, default: 0] += 1
            return before != limit
        }
        if isNews {
            logger.warning(
                "scrape rejected: \(status.message ?? "over a limit")",
                metadata: [
                    "service": "\(status.service)", "instance": "\(status.instance)",
                    "limit": "\(status.limit?.key ?? "")",
                ])
        }
    }

    var metrics: [OwnMetric] {
        let counts = counts.withLock { $0 }
        let rejections = counts.rejections.map { rejection, count in
            (
                labels: [
                    "limit": rejection.limit.rawValue, "service": rejection.service,
                    "instance": rejection.instance,
                ], value: Double(count)
            )
        }
        return [
            OwnMetric(.counter, "mlmon_scrapes", "Scrapes.", Double(counts.scrapes)),
            OwnMetric(
                .counter, "mlmon_scrapes_failed", "Scrapes that gave up 0.",
                Double(counts.failures)),
            OwnMetric(
                .counter, "mlmon_scrapes_rejected", "Scrapes rejected for a limit, all targets.",
                Target.Limits.Kind.allCases.map { limit in
                    let sum = counts.rejections.filter { $0.key.limit == limit }.values
                    return (["limit": limit.rawValue], Double(sum.reduce(0, +)))
                }),
            OwnMetric(
                .counter, "mlmon_target_scrapes_rejected", "Scrapes rejected for a limit.",
                rejections.sorted { $0.labels.description < $1.labels.description }),
            OwnMetric(
                .counter, "mlmon_scraped_samples", "Samples on the pages.",
                Double(counts.samples)),
            OwnMetric(
                .counter, "mlmon_scraped_bytes", "Bytes of the pages, unpacked.",
                Double(counts.bytes)),
            OwnMetric(
                .counter, "mlmon_scrape_seconds", "Time that scrapes took.", counts.seconds),
            work.metric,
        ]
    }

    /// All that mlmon knows of itself, as series.
    ///
    /// - Throws: `StorageError` where the store cannot be read.
    func batch(_ store: Store, at now: Timestamp) throws -> SampleBatch {
        var samples: [(labels: LabelSet, value: Double)] = []
        for metric in metrics + (try store.statistics()).metrics {
            for (labels, value) in metric.samples {
                samples.append((LabelSet(metricName: metric.seriesName, labels), value))
            }
        }
        let labels = samples.map(\.labels)
        // The same table as long as the series are the same, which the store is quick with.
        let table = counts.withLock { counts in
            if let table = counts.table, table.labels.elementsEqual(labels) { return table }
            let table = SeriesTable(labels: labels)
            counts.table = table
            return table
        }
        return SampleBatch(at: now, table: table, values: samples.map(\.value))
    }
}
