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
