import HTTP
import TimeSeries

/// The time that scrapes are dated and scheduled by, given from outside.
package struct ScrapeClock: Sendable {
    package let now: @Sendable () -> Timestamp
    /// Returns after that time, or throws when the task is cancelled. Called by a task that lives on
    /// the thread of the client.
    package let sleep: @Sendable (Duration, HTTPClient) async throws -> Void

    package init(
        now: @escaping @Sendable () -> Timestamp,
        sleep: @escaping @Sendable (Duration, HTTPClient) async throws -> Void
    ) {
        self.now = now
        self.sleep = sleep
    }
}
