/// The share of predictions that were right, among those that have labels.
package struct LabelledShare: Sendable, Equatable {
    package var share: Double
    package var count: Double

    package init(share: Double, count: Double) {
        self.share = share
        self.count = count
    }

    /// How a window differs from earlier ones, and the chance of a fall this large or larger while
    /// nothing changed; where the earlier ones differ by more than chance, by so much more.
    ///
    /// - Returns: nil where the earlier ones are all empty.
    package static func change(
        of window: LabelledShare, against earlier: some Collection<LabelledShare>
    ) -> (difference: Double, pValue: Double)? {
        let total = earlier.reduce(0) { $0 + $1.count }
        guard total > 0, window.count > 0 else { return nil }
        let mean = earlier.reduce(0) { $0 + $1.share * $1.count } / total
        // Half an observation keeps a share of 1 from having no variance.
        let smooth = (mean * total + 0.5) / (total + 1)
        let variance = smooth * (1 - smooth)
        let squares = earlier.reduce(0) {
            $0 + ($1.share - mean) * ($1.share - mean) * $1.count / variance
        }
        let spread = earlier.count > 1 ? max(1, squares / Double(earlier.count - 1)) : 1
        let difference = window.share - mean
        let deviation = (spread * variance * (1 / window.count + 1 / total)).squareRoot()
        return (difference, Normal.upper(-difference / deviation))
    }
}
