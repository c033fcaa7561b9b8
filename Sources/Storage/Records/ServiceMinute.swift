import TimeSeries

/// One minute of one model version of a service: a row of the table `service_minutes`.
///
/// nil is unknown, never 0.
package struct ServiceMinute: Sendable, Equatable {
    /// The beginning of the minute.
    package var time: Timestamp
    package var service: String
    package var model: String
    package var version: String
    /// Requests that were answered, and those of them that failed.
    package var requests: Double?
    package var errors: Double?
    package var latencyP50Seconds: Double?
    package var latencyP95Seconds: Double?
    package var latencyP99Seconds: Double?
    package var predictions: Double?
    package var psi: Double?
    package var driftPValue: Double?
    package var anomalyScore: Double?
    package var alertsFiring: Double?

    package init(time: Timestamp, service: String, model: String, version: String) {
        self.time = time
        self.service = service
        self.model = model
        self.version = version
    }
}
