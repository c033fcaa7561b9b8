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
    mutating func note(_ written: Identity, isServed: Bool) {
        guard let model = written.model else { return }
        if isServed { served.insert(model) }
        if let version = written.version { versions[model, default: []].insert(version) }
    }

    /// Model and version of a series, with what its labels leave open.
    ///
    /// A series whose version is absent belongs to the model's version if there is only one.
    ///
    /// - Parameter attributing: Whether a series without model belongs to the only model served.
    func completed(_ written: Identity, attributing: Bool) -> Identity {
        var identity = written
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

    /// Model and version as the labels have them; the first label that is there wins.
    func written(_ labels: LabelSet) -> Identity {
        let ranges = labels.byteRanges
        let bytes = labels.canonicalBytes
        func value(_ name: String) -> String? {
            ranges.first { bytes[$0.name].elementsEqual(name.utf8) }
                .map { String(decoding: bytes[$0.value], as: UTF8.self) }
        }
        return Identity(
            model: modelLabels.lazy.compactMap(value).first,
            version: versionLabels.lazy.compactMap(value).first { !absentVersions.contains($0) })
    }
}
