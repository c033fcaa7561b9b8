/// Tabular cumulative sums of standardised deviations.
///
/// Source: D. Montgomery, *Introduction to Statistical Quality Control*, ch. 9.
package struct Cusum: Codable, Sendable, Equatable {
    package enum Direction: String, Codable, Sendable {
        case up
        case down
    }

    package let mean: Double
    package let deviation: Double
    /// Slack and limit, in standard deviations.
    package let slack: Double
    package let limit: Double
    package private(set) var up = 0.0
    package private(set) var down = 0.0

    /// - Parameters: Mean and standard deviation of the process in control.
    package init(mean: Double, deviation: Double, slack: Double = 0.5, limit: Double = 5) {
        self.mean = mean
        self.deviation = deviation
        self.slack = slack
        self.limit = limit
    }

    /// Takes the next value in; both sums restart after an alarm.
    package mutating func update(_ value: Double) -> Direction? {
        guard value.isFinite else { return nil }
        let distance = value - mean
        let z = distance == 0 ? 0 : distance / deviation
        up = max(0, up + z - slack)
        down = max(0, down - z - slack)
        guard up > limit || down > limit else { return nil }
        let direction: Direction = up > limit ? .up : .down
        up = 0
        down = 0
        return direction
    }
}
