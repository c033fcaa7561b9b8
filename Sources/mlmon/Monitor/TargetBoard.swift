import HTTP
import Scraping
import Storage
import Synchronization
import TimeSeries

/// The newest status of each target, on its way to the store.
final class TargetBoard: Sendable {
    private let changed = Mutex<[Int: TargetStatus]>([:])
    /// Of each target, in their order.
    private let timeouts = Mutex<[Duration]>([])

    /// Shows targets that the store does not know yet, before their first scrape.
    func announce(_ targets: [Target], known: [TargetStatus]) {
        timeouts.withLock { $0 = targets.map(\.timeout) }
        let known = Set(known.map { [$0.service, $0.instance] })
        changed.withLock { changed in
            for (index, target) in targets.enumerated()
            where !known.contains([target.service, target.instance]) {
                changed[index] = TargetStatus(
                    service: target.service, instance: target.instance,
                    url: HTTPRequest.redacted(target.url), preset: target.preset ?? "",
                    isPresetRecognised: false, intervalSeconds: target.interval.inSeconds,
                    timeoutSeconds: target.timeout.inSeconds, isUp: false,
                    lastScrapeMilliseconds: nil, lastDurationSeconds: nil,
                    sampleCount: 0, message: nil)
            }
        }
    }

    func note(_ result: ScrapeResult) {
        let status = result.status
        let index = result.targetIndex
        let timeout = timeouts.withLock { $0.indices.contains(index) ? $0[index] : nil }
        let record = TargetStatus(
            service: status.service, instance: status.instance, url: status.url,
            preset: status.preset, isPresetRecognised: status.isPresetRecognised,
            intervalSeconds: status.interval.inSeconds, timeoutSeconds: timeout?.inSeconds,
            isUp: status.isUp,
            lastScrapeMilliseconds: status.at.milliseconds,
            lastDurationSeconds: status.durationSeconds, sampleCount: status.sampleCount,
            message: status.message)
        changed.withLock { $0[index] = record }
    }

    /// What changed since the last call.
    func take() -> [TargetStatus] {
        changed.withLock { changed in
            defer { changed = [:] }
            return Array(changed.values)
        }
    }
}
