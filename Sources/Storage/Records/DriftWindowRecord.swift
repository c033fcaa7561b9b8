/// The newest closed window of one distribution beside its reference, and the verdict on it.
package struct DriftWindowRecord: Codable, Sendable, Equatable {
    package enum State: String, Codable, Sendable {
        /// The reference is still being collected.
        case learning
        /// Too few observations to judge.
        case insufficient
        case stable
        case drifted
    }

    package var service: String
    package var model: String
    package var version: String
    package var feature: String
    package var state: State
    package var fromMilliseconds: Int64
    package var throughMilliseconds: Int64
    /// Class names, or upper bounds in ascending order as PromQL writes `le`.
    package var bins: [String]
    package var referenceCounts: [Double]
    package var counts: [Double]
    /// Population stability index, Jeffreys' zero rule; nil while learning or insufficient.
    package var psi: Double?
    /// What PSI is on average when nothing has changed, at these sample sizes.
    package var psiNullMean: Double?
    package var pValue: Double?
    package var baselineID: Int64?
    /// Said on the screen: `learning the reference, 1m20s of 2m`, `n = 12 of 50 needed`.
    package var note: String?
    /// What moved and how that was judged; nil where nothing was.
    package var detail: DriftDetail?

    package init(
        service: String, model: String, version: String, feature: String, state: State,
        fromMilliseconds: Int64, throughMilliseconds: Int64, bins: [String],
        referenceCounts: [Double], counts: [Double], psi: Double? = nil,
        psiNullMean: Double? = nil, pValue: Double? = nil, baselineID: Int64? = nil,
        note: String? = nil
    ) {
        self.service = service
        self.model = model
        self.version = version
        self.feature = feature
        self.state = state
        self.fromMilliseconds = fromMilliseconds
        self.throughMilliseconds = throughMilliseconds
        self.bins = bins
        self.referenceCounts = referenceCounts
        self.counts = counts
        self.psi = psi
        self.psiNullMean = psiNullMean
        self.pValue = pValue
        self.baselineID = baselineID
        self.note = note
    }
}

extension DriftWindowRecord {
    /// The verdict in one text for people.
    package var text: String {
        note
            ?? detail?.text(
                psi: psi, psiNullMean: psiNullMean, pValue: pValue, at: throughMilliseconds) ?? ""
    }
}
