import TimeSeries

/// What one scrape brought, whether it succeeded or not.
package struct ScrapeResult: Sendable {
    /// How the target is doing, for the Sources page.
    package struct Status: Sendable, Equatable {
        package var service: String
        package var instance: String
        /// Without user, password and query.
        package var url: String
        /// Name of the preset in force; empty where none is known yet.
        package var preset: String
        /// Found by its fingerprint rather than configured.
        package var isPresetRecognised: Bool
        package var interval: Duration
        package var isUp: Bool
        package var at: Timestamp
        package var durationSeconds: Double
        package var sampleCount: Int
        /// Why it is down, or what is odd about its page, with the remedy. No control characters.
        package var message: String?
        /// The limit for which the scrape was rejected; nil where it was not.
        package var limit: Target.Limits.Kind?
        /// Of the page, unpacked; -1 where it was over its limit.
        package var bodyByteCount = 0
    }

    /// Position in the list that the scraper was given.
    package let targetIndex: Int
    package let target: Target
    package let at: Timestamp
    /// In the order to store them: the page, stale markers of what vanished from it, the report
    /// series (`up`, …), the signals.
    package let batches: [SampleBatch]
    package let status: Status
    /// What the page said beside its numbers; nil where none was read.
    package var catalog: PageCatalog?

    package var isUp: Bool { status.isUp }
}
