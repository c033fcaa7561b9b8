import HTTP
import Scraping
import Storage
import Synchronization
import TimeSeries

/// The newest status of each target, on its way to the store.
final class TargetBoard: Sendable {
    private struct State {
        var changed: [Int: TargetStatus] = [:]
        var taken: [Int: Health] = [:]
    }

    /// What nobody should have to wait for.
    private struct Health: Equatable {
        let isUp: Bool
        let message: String?

        init(_ status: TargetStatus) {
            isUp = status.isUp
            message = status.message
        }
    }

    /// Of those that are as they were, taken at a time: writing them down costs more than storing
    /// the samples of a small page.
    private static let refreshLimit = 25

    private let state = Mutex(State())
    /// Of each target, in their order.
    private let timeouts = Mutex<[Duration]>([])

    /// Shows targets that the store does not know yet, before their first scrape.
    func announce(_ targets: [Target], known: [TargetStatus]) {
        timeouts.withLock { $0 = targets.map(\.timeout) }
        let known = Set(known.map { [$0.service, $0.instance] })
        state.withLock { state in
            for (index, target) in targets.enumerated()
            where !known.contains([target.service, target.instance]) {
                state.changed[index] = TargetStatus(
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
        state.withLock { $0.changed[index] = record }
    }

    /// The statuses that are worth writing down now: all that came or went or have another
    /// message, and of the others those that were scraped longest ago.
    func take() -> [TargetStatus] {
        state.withLock { state in
            let others = state.changed.filter { state.taken[$0] == Health($1) }.sorted {
                ($0.value.lastScrapeMilliseconds ?? 0) < ($1.value.lastScrapeMilliseconds ?? 0)
            }
            let later = Dictionary(
                uniqueKeysWithValues: others.dropFirst(Self.refreshLimit).map { $0 })
            let now = state.changed.filter { later[$0.key] == nil }
            state.taken.merge(now.mapValues(Health.init)) { $1 }
            state.changed = later
            return Array(now.values)
        }
    }
}
