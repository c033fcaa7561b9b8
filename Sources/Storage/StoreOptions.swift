/// Where the samples are kept, and for how long.
package struct StoreOptions: Sendable, Equatable {
    package var path: String
    /// Samples older than this are dropped.
    package var retention: Duration
    /// Five-minute roll-ups older than this are dropped; zero keeps none.
    package var fiveMinuteRetention = Duration.seconds(180 * 86_400)
    /// The same for roll-ups of an hour.
    package var hourRetention = Duration.seconds(3 * 365 * 86_400)
    /// Rows of the table `service_minutes` older than this are dropped; zero keeps none.
    package var serviceMinuteRetention = Duration.seconds(180 * 86_400)
    /// Of the database file; over it the oldest samples are dropped first. nil is no limit.
    package var maximumByteCount: Int?
    /// Opens an existing file beside the process that owns it, and never writes.
    package var isReadOnly: Bool
    /// Opens an existing file beside the process that owns it, to write baselines and other notes
    /// of people into it; never samples.
    package var isForNotes = false
    /// Of the write-ahead log. Where a reader that does not end keeps it from being emptied,
    /// samples wait in memory over this.
    package var logByteLimit = 256 << 20

    /// Whether this process is the one that writes samples; a file has one at a time.
    var isOwner: Bool { !isReadOnly && !isForNotes }

    /// From fine to coarse.
    var keptResolutions: [RollupResolution] {
        RollupResolution.allCases.filter { retention(of: $0) > .zero }
    }

    func retention(of resolution: RollupResolution) -> Duration {
        switch resolution {
        case .fiveMinutes: fiveMinuteRetention
        case .hour: hourRetention
        }
    }

    package init(
        path: String, retention: Duration = .seconds(30 * 86_400), maximumByteCount: Int? = nil,
        isReadOnly: Bool = false
    ) {
        self.path = path
        self.retention = retention
        self.maximumByteCount = maximumByteCount
        self.isReadOnly = isReadOnly
    }
}
