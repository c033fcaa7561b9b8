import TimeSeries

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
    /// Where somebody only looks whether it answers.
    package var probe: ProbeSummary?
    /// Watched for so short a time that a missing signal may still come.
    package var isYoung: Bool

    package init(
        name: String, health: Health, reason: String? = nil, targets: [TargetSummary] = [],
        now: Metrics = Metrics(), history: MetricHistory = MetricHistory(), psi: Double? = nil,
        drift: DriftState? = nil, psiHistory: [Double?] = [], versions: [VersionSummary] = [],
        probe: ProbeSummary? = nil, isYoung: Bool = false
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
        self.probe = probe
        self.isYoung = isYoung
    }

    package var upCount: Int { targets.count { $0.isUp } }

    /// Newest scrape of any target.
    package var lastScrape: Timestamp? { targets.compactMap(\.lastScrape).max() }

    package var hasSeveralModels: Bool { Set(versions.map(\.model)).count > 1 }
}
