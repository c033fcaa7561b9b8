import TimeSeries

/// What is known about traffic at one instant; nil is unknown, which is not 0.
package struct Metrics: Equatable, Sendable {
    package var requestsPerSecond: Double?
    package var p50Seconds: Double?
    package var p90Seconds: Double?
    package var p99Seconds: Double?
    /// Mean latency, for servers that tell no quantiles.
    package var meanSeconds: Double?
    /// 0…1.
    package var errorRatio: Double?

    package init(
        requestsPerSecond: Double? = nil, p50Seconds: Double? = nil, p90Seconds: Double? = nil,
        p99Seconds: Double? = nil, meanSeconds: Double? = nil, errorRatio: Double? = nil
    ) {
        self.requestsPerSecond = requestsPerSecond
        self.p50Seconds = p50Seconds
        self.p90Seconds = p90Seconds
        self.p99Seconds = p99Seconds
        self.meanSeconds = meanSeconds
        self.errorRatio = errorRatio
    }
}

/// The same over the snapshot's grid, oldest first.
package struct MetricHistory: Equatable, Sendable {
    package var requestsPerSecond: [Double?] = []
    package var p50Seconds: [Double?] = []
    package var p90Seconds: [Double?] = []
    package var p99Seconds: [Double?] = []
    package var meanSeconds: [Double?] = []
    package var errorRatio: [Double?] = []

    package init() {}

    /// p99, or the mean where there is none.
    package var slowSeconds: [Double?] {
        p99Seconds.contains { $0 != nil } ? p99Seconds : meanSeconds
    }
}

/// One model version that a service runs.
package struct VersionSummary: Equatable, Sendable {
    package var model: String
    package var version: String
    /// Takes the smaller part of the traffic beside another version of its model.
    package var isCanary: Bool
    /// Of the service's requests, 0…1.
    package var share: Double?
    package var now: Metrics
    package var history: MetricHistory
    package var drift: DriftState?
    package var psi: Double?

    package init(
        model: String, version: String, isCanary: Bool = false, share: Double? = nil,
        now: Metrics = Metrics(), history: MetricHistory = MetricHistory(),
        drift: DriftState? = nil, psi: Double? = nil
    ) {
        self.model = model
        self.version = version
        self.isCanary = isCanary
        self.share = share
        self.now = now
        self.history = history
        self.drift = drift
        self.psi = psi
    }

    /// The version, or the model where it has none, or both where the service runs several models.
    package func label(amongSeveralModels: Bool) -> String {
        if version.isEmpty { return model.isEmpty ? "—" : model }
        return amongSeveralModels && !model.isEmpty ? "\(model) \(version)" : version
    }
}

package enum DriftState: Int, Equatable, Sendable {
    case learning, insufficient, stable, drifted
}

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

/// One row of the fleet.
package struct ServiceSummary: Equatable, Sendable {
    package var name: String
    package var health: Health
    /// Why it is down or stale.
    package var reason: String?
    package var targets: [TargetSummary]
    package var now: Metrics
    package var history: MetricHistory
    /// Highest PSI of its distributions, and their worst state.
    package var psi: Double?
    package var drift: DriftState?
    package var psiHistory: [Double?]
    /// Highest traffic first; empty where the service tells neither models nor versions.
    package var versions: [VersionSummary]

    package init(
        name: String, health: Health, reason: String? = nil, targets: [TargetSummary] = [],
        now: Metrics = Metrics(), history: MetricHistory = MetricHistory(), psi: Double? = nil,
        drift: DriftState? = nil, psiHistory: [Double?] = [], versions: [VersionSummary] = []
    ) {
        self.name = name
        self.health = health
        self.reason = reason
        self.targets = targets
        self.now = now
        self.history = history
        self.psi = psi
        self.drift = drift
        self.psiHistory = psiHistory
        self.versions = versions
    }

    package var upCount: Int { targets.count { $0.isUp } }

    /// Newest scrape of any target.
    package var lastScrape: Timestamp? { targets.compactMap(\.lastScrape).max() }

    package var hasSeveralModels: Bool { Set(versions.map(\.model)).count > 1 }
}
