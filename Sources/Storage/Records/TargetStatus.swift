import TimeSeries

/// How one target is doing, for the Sources page and for other processes.
package struct TargetStatus: Codable, Sendable, Equatable {
    package var service: String
    package var instance: String
    /// Without user, password and query: those may hold secrets.
    package var url: String
    /// The preset in force, and whether it was recognised rather than configured.
    package var preset: String
    package var isPresetRecognised: Bool
    package var intervalSeconds: Double
    /// nil in records of earlier versions.
    package var timeoutSeconds: Double?
    package var isUp: Bool
    package var lastScrapeMilliseconds: Int64?
    package var lastDurationSeconds: Double?
    package var sampleCount: Int
    /// Why it is down, or what is odd about its page, with the remedy. No control characters.
    package var message: String?

    package init(
        service: String, instance: String, url: String, preset: String, isPresetRecognised: Bool,
        intervalSeconds: Double, timeoutSeconds: Double? = nil, isUp: Bool,
        lastScrapeMilliseconds: Int64?,
        lastDurationSeconds: Double?, sampleCount: Int, message: String?
    ) {
        self.service = service
        self.instance = instance
        self.url = url
        self.preset = preset
        self.isPresetRecognised = isPresetRecognised
        self.intervalSeconds = intervalSeconds
        self.timeoutSeconds = timeoutSeconds
        self.isUp = isUp
        self.lastScrapeMilliseconds = lastScrapeMilliseconds
        self.lastDurationSeconds = lastDurationSeconds
        self.sampleCount = sampleCount
        self.message = message
    }
}
