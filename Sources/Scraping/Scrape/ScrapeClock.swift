import TimeSeries

/// The time that scrapes are dated and scheduled by, given from outside.
package struct ScrapeClock: Sendable {
    package let now: @Sendable () -> Timestamp
    /// Returns after that time, or throws when the task is cancelled.
    package let sleep: @Sendable (Duration) async throws -> Void

    package init(
        now: @escaping @Sendable () -> Timestamp,
        sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.now = now
        self.sleep = sleep
    }
}
