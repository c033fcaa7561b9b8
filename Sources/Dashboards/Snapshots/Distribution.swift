import Storage
import TimeSeries

/// A window of predictions beside its baseline.
package struct Distribution: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        /// Bins are class names.
        case classes
        /// Bins are upper bounds, ascending.
        case score
    }

    package var model: String
    package var version: String
    package var feature: String
    package var kind: Kind
    package var state: DriftState
    package var from: Timestamp
    package var through: Timestamp
    package var bins: [String]
    /// Counts of the baseline and of the window, as long as `bins`.
    package var baseline: [Double]
    package var counts: [Double]
    package var psi: Double?
    package var psiNullMean: Double?
    package var pValue: Double?
    package var note: String?
    package var psiHistory: [Double?]
    /// What moved and how that was judged.
    package var detail: DriftDetail?

    package init(
        model: String, version: String, feature: String, kind: Kind, state: DriftState,
        from: Timestamp, through: Timestamp, bins: [String], baseline: [Double],
        counts: [Double], psi: Double? = nil, psiNullMean: Double? = nil, pValue: Double? = nil,
        note: String? = nil, psiHistory: [Double?] = []
    ) {
        self.model = model
        self.version = version
        self.feature = feature
        self.kind = kind
        self.state = state
        self.from = from
        self.through = through
        self.bins = bins
        self.baseline = Self.fitted(baseline, to: bins.count)
        self.counts = Self.fitted(counts, to: bins.count)
        self.psi = psi
        self.psiNullMean = psiNullMean
        self.pValue = pValue
        self.note = note
        self.psiHistory = psiHistory
    }

    /// Records come from a file: missing counts are 0 and surplus ones are left out.
    private static func fitted(_ values: [Double], to count: Int) -> [Double] {
        (0..<count).map { $0 < values.count && values[$0].isFinite ? max(0, values[$0]) : 0 }
    }

    package var baselineTotal: Double { baseline.reduce(0, +) }
    package var total: Double { counts.reduce(0, +) }

    /// Shares of the baseline, summing to 1, or all 0 without observations.
    package var baselineShares: [Double] { Self.shares(baseline) }
    package var shares: [Double] { Self.shares(counts) }

    /// Bins by how much their share changed against the baseline, the largest change first; those
    /// that changed by less than half a percent are left out.
    package var movers: [(bin: Int, change: Double)] {
        guard baselineTotal > 0, total > 0 else { return [] }
        return zip(baselineShares, shares).enumerated()
            .map { (bin: $0.offset, change: $0.element.1 - $0.element.0) }
            .filter { abs($0.change) >= 0.005 }
            .sorted { abs($0.change) > abs($1.change) }
    }

    private static func shares(_ counts: [Double]) -> [Double] {
        let total = counts.reduce(0, +)
        return counts.map { total > 0 ? $0 / total : 0 }
    }
}
