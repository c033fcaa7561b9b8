import TimeSeries

/// How commits went, and which of them must reach the disk before they return.
struct CommitLog {
    private(set) var committedSampleCount = 0
    private(set) var lastDuration = Duration.zero
    private(set) var commitCount = 0
    /// Of all commits together.
    private(set) var duration = Duration.zero
    private(set) var failureCount = 0
    /// Of the last commit; nil where it succeeded.
    private(set) var failure: StorageError?
    private var commitsSinceDurable = 0
    private var lastDurable: Timestamp?

    /// At two commits a second these are the promised 5 seconds.
    private static let commitsBetweenDurable = 10
    private static let longestWait = Duration.seconds(5)

    /// SQLite copies the log into the file when it has this many pages.
    static let checkpointPageCount = 4000
    /// The log is cut back to this size when it was longer.
    static let walByteLimit = 64 << 20

    /// - Parameter now: The newest sample of the commit.
    mutating func shouldBeDurable(at now: Timestamp) -> Bool {
        commitsSinceDurable += 1
        let isLate = lastDurable.map { now - $0 >= Self.longestWait || now < $0 } ?? true
        guard isLate || commitsSinceDurable >= Self.commitsBetweenDurable else { return false }
        commitsSinceDurable = 0
        lastDurable = now
        return true
    }

    mutating func finished(sampleCount: Int, duration: Duration) {
        committedSampleCount += sampleCount
        lastDuration = duration
        self.duration += duration
        commitCount += 1
        failure = nil
    }

    mutating func failed(_ failure: StorageError) {
        self.failure = failure
        failureCount += 1
    }
}
