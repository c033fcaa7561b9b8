/// Page-Hinkley test for a change of mean, after River.
package struct PageHinkley: Codable, Sendable, Equatable {
    package enum Mode: String, Codable, Sendable {
        case up
        case down
        case both
    }

    package let threshold: Double
    package let mode: Mode
    private let minimumCount: Int
    private let delta: Double
    private let alpha: Double
    private var count = 0
    private var mean = 0.0
    private var up = 0.0
    private var down = 0.0
    /// nil until the first value.
    private var smallestUp: Double?
    private var largestDown = -1.0

    /// - Parameters:
    ///   - delta: Change of the mean that is tolerated, in the signal's unit.
    ///   - alpha: Share of the sums kept from value to value.
    package init(
        threshold: Double = 50, mode: Mode = .both, minimumCount: Int = 30, delta: Double = 0.005,
        alpha: Double = 0.9999
    ) {
        self.threshold = threshold
        self.mode = mode
        self.minimumCount = minimumCount
        self.delta = delta
        self.alpha = alpha
    }

    /// Takes the next value in; after an alarm everything starts afresh.
    package mutating func update(_ value: Double) -> Bool {
        guard value.isFinite else { return false }
        count += 1
        mean += (value - mean) / Double(count)
        let deviation = value - mean
        up = alpha * up + deviation - delta
        down = alpha * down + deviation + delta
        let smallest = min(smallestUp ?? up, up)
        smallestUp = smallest
        largestDown = max(largestDown, down)
        guard count >= minimumCount else { return false }
        let isUp = mode != .down && up - smallest > threshold
        let isDown = mode != .up && largestDown - down > threshold
        guard isUp || isDown else { return false }
        self = PageHinkley(
            threshold: threshold, mode: mode, minimumCount: minimumCount, delta: delta,
            alpha: alpha)
        return true
    }
}
