import TimeSeries

/// Where the reference of a monitored distribution comes from.
package enum DriftReferenceSource: Sendable, Equatable {
    /// The first windows after a version appears, unless one was pinned by hand.
    case learned
    /// The windows of a span of time.
    case span(from: Timestamp, through: Timestamp)
    /// The same hour of the week, as many weeks back.
    case hourOfWeek(weekCount: Int)
    /// The same window of another version of the model, which runs now.
    case version(String)
    /// A CSV file of values, or of bins and counts.
    case file(path: String)
}

/// Which distributions have their reference from where.
package struct DriftReferenceRule: Sendable, Equatable {
    /// nil fits any; so do the next three.
    package var service: String?
    package var model: String?
    package var version: String?
    package var feature: String?
    package var source: DriftReferenceSource

    package init(
        service: String? = nil, model: String? = nil, version: String? = nil,
        feature: String? = nil, source: DriftReferenceSource
    ) {
        self.service = service
        self.model = model
        self.version = version
        self.feature = feature
        self.source = source
    }

    /// A version is not compared with itself.
    func fits(service: String, model: String, version: String, feature: String) -> Bool {
        func isSame(_ wanted: String?, _ name: String) -> Bool {
            wanted.map { $0.utf8.elementsEqual(name.utf8) } ?? true
        }
        if case .version(let other) = source, isSame(other, version) { return false }
        return isSame(self.service, service) && isSame(self.model, model)
            && isSame(self.version, version) && isSame(self.feature, feature)
    }
}

extension DriftOptions {
    /// The source of the first rule that fits; learned where none does.
    package func source(
        service: String, model: String, version: String, feature: String
    ) -> DriftReferenceSource {
        references.first {
            $0.fits(service: service, model: model, version: version, feature: feature)
        }?.source ?? .learned
    }
}
