import TimeSeries

/// How the scrapes of one target go.
package struct TargetSummary: Equatable, Sendable {
    package var instance: String
    package var preset: String
    package var isUp: Bool
    package var lastScrape: Timestamp?
    package var durationSeconds: Double?
    package var intervalSeconds: Double
    package var message: String?

    package init(
        instance: String, preset: String, isUp: Bool, lastScrape: Timestamp?,
        durationSeconds: Double? = nil, intervalSeconds: Double, message: String? = nil
    ) {
        self.instance = instance
        self.preset = preset
        self.isUp = isUp
        self.lastScrape = lastScrape
        self.durationSeconds = durationSeconds
        self.intervalSeconds = intervalSeconds
        self.message = message
    }
}
