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
        /// Those of `changed` that came or went or have another message.
        var urgent: Set<Int> = []
        /// The other ones of `changed`, first come first taken.
        var waiting: [Int] = []

        mutating func note(_ status: TargetStatus, of index: Int) {
            let isNew = changed.updateValue(status, forKey: index) == nil
            if taken[index] != Health(status) {
                urgent.insert(index)
            } else if isNew {
                waiting.append(index)
            }
        }

        mutating func take() -> [TargetStatus] {
            let due = urgent.union(waiting.prefix(TargetBoard.refreshLimit))
            waiting.removeFirst(min(waiting.count, TargetBoard.refreshLimit))
            urgent = []
            return due.compactMap { index in
                let status = changed.removeValue(forKey: index)
                if let status { taken[index] = Health(status) }
                return status
            }
        }
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
                let status = TargetStatus(
                    service: target.service, instance: target.instance,
                    url: HTTPRequest.redacted(target.url), preset: target.preset ?? "",
                    isPresetRecognised: false, intervalSeconds: target.interval.inSeconds,
                    timeoutSeconds: target.timeout.inSeconds, isUp: false,
                    lastScrapeMilliseconds: nil, lastDurationSeconds: nil,
                    sampleCount: 0, message: nil)
                state.note(status, of: index)
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
        state.withLock { $0.note(record, of: index) }
    }

    /// The statuses that are worth writing down now: all that came or went or have another
    /// message, and of the others some of those that wait longest.
    func take() -> [TargetStatus] { state.withLock { $0.take() } }
}
