/// How windows of predictions are compared with their reference.
package struct DriftOptions: Sendable, Equatable {
    /// Length of a window.
    package var window: Duration
    /// How long the first reference is learned after a version appears.
    package var learning: Duration
    /// Fewer observations in a window than this are not judged.
    package var minimumCount: Int
    /// Chance that a clean window is called drifted.
    package var significance: Double
    /// Corrected PSI below this is never called drift, however significant.
    package var minimumEffect: Double
    /// Of distributions whose reference is not the learned one; the first that fits counts.
    package var references: [DriftReferenceRule] = []

    package init(
        window: Duration = .seconds(300), learning: Duration = .seconds(3600),
        minimumCount: Int = 50, significance: Double = 0.001, minimumEffect: Double = 0.01
    ) {
        self.window = window
        self.learning = learning
        self.minimumCount = minimumCount
        self.significance = significance
        self.minimumEffect = minimumEffect
    }
}
