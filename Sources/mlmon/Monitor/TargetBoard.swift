import Scraping
import Storage
import Synchronization
import TimeSeries

/// The newest status of each target, on its way to the store.
final class TargetBoard: Sendable {
    private let changed = Mutex<[Int: TargetStatus]>([:])

    func note(_ result: ScrapeResult) {
        let status = result.status
        let record = TargetStatus(
            service: status.service, instance: status.instance, url: status.url,
            preset: status.preset, isPresetRecognised: status.isPresetRecognised,
            intervalSeconds: status.interval.inSeconds, isUp: status.isUp,
            lastScrapeMilliseconds: status.at.milliseconds,
            lastDurationSeconds: status.durationSeconds, sampleCount: status.sampleCount,
            message: status.message)
        changed.withLock { $0[result.targetIndex] = record }
    }

    /// What changed since the last call.
    func take() -> [TargetStatus] {
        changed.withLock { changed in
            defer { changed = [:] }
            return Array(changed.values)
        }
    }
}
