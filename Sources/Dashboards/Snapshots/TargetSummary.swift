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
    /// Without user, password and query.
    package var url: String
    package var isPresetRecognised: Bool
    package var sampleCount: Int
    /// Of the scrapes over the snapshot's grid, in seconds; empty where nobody asked.
    package var durations: [Double?] = []

    package init(
        instance: String, preset: String, isUp: Bool, lastScrape: Timestamp?,
        durationSeconds: Double? = nil, intervalSeconds: Double, message: String? = nil,
        url: String = "", isPresetRecognised: Bool = false, sampleCount: Int = 0
    ) {
        self.instance = instance
        self.preset = preset
        self.isUp = isUp
        self.lastScrape = lastScrape
        self.durationSeconds = durationSeconds
        self.intervalSeconds = intervalSeconds
        self.message = message
        self.url = url
        self.isPresetRecognised = isPresetRecognised
        self.sampleCount = sampleCount
    }
}
