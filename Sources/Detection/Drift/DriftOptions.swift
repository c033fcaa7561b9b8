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
    /// Takes the place of `significance` where many distributions are watched.
    package var budget: AlarmBudget?
    /// A classic rule with a threshold of the user's, instead of the detector's tests.
    package var rule: FixedRule.Criterion?
    /// Drift is critical when the true PSI exceeds this, at the wanted significance.
    package var criticalEffect = 0.05
    /// Corrected PSI below this is never called drift, however significant.
    package var minimumEffect: Double
    /// Of distributions whose reference is not the learned one; the first that fits counts.
    package var references: [DriftReferenceRule] = []

    /// With the significance that keeps the budget of so many distributions.
    package func keepingBudget(distributionCount: Int) -> DriftOptions {
        guard let budget else { return self }
        var options = self
        options.significance = budget.significance(
            window: window, distributionCount: distributionCount)
        return options
    }

    package init(
        window: Duration = .seconds(300), learning: Duration = .seconds(3600),
        minimumCount: Int = 50, significance: Double = 0.001, minimumEffect: Double = 0.005,
        budget: AlarmBudget? = nil
    ) {
        self.window = window
        self.learning = learning
        self.minimumCount = minimumCount
        self.significance = significance
        self.minimumEffect = minimumEffect
        self.budget = budget
    }
}
