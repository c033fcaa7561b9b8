import TimeSeries

/// The models and versions that a page speaks of, and which of them a series belongs to.
struct ModelIdentities {
    struct Identity: Hashable {
        var model: String?
        var version: String?
    }

    private let modelLabels: [String]
    private let versionLabels: [String]
    private let absentVersions: Set<String>
    private var served: Set<String> = []
    private var versions: [String: Set<String>] = [:]

    init(_ preset: Preset) {
        modelLabels = preset.modelLabels
        versionLabels = preset.versionLabels
        absentVersions = Set(preset.absentVersions)
    }

    /// Learns from a series that makes up a signal.
    ///
    /// - Parameter isServed: Whether the series shows that its model is served here.
    mutating func note(_ labels: LabelSet, isServed: Bool) {
        let written = written(labels)
        guard let model = written.model else { return }
        if isServed { served.insert(model) }
        if let version = written.version { versions[model, default: []].insert(version) }
    }

    /// Model and version of a series.
    ///
    /// A series whose version is absent belongs to the model's version if there is only one.
    ///
    /// - Parameter attributing: Whether a series without model belongs to the only model served.
    func identity(of labels: LabelSet, attributing: Bool) -> Identity {
        var identity = written(labels)
        if identity.model == nil, attributing, served.count == 1 {
            identity.model = served.first
        }
        if identity.version == nil, let model = identity.model, let known = versions[model],
            known.count == 1
        {
            identity.version = known.first
        }
        return identity
    }

    private func written(_ labels: LabelSet) -> Identity {
        let model = modelLabels.lazy.compactMap { labels[$0] }.first
        let version = versionLabels.lazy.compactMap { labels[$0] }
            .first { !absentVersions.contains($0) }
        return Identity(model: model, version: version)
    }
}
