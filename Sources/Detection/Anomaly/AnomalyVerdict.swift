/// What an anomaly detector says of one point.
package struct AnomalyVerdict: Codable, Sendable, Equatable {
    /// The point itself; nil for a missing one.
    package var value: Double?
    /// 0 usual … 1 extraordinary; 0.5 is the threshold.
    package var score: Double
    /// Where the point was expected, from the points before it; nil while warming up.
    package var lower: Double?
    package var upper: Double?
    /// Too few points so far for a judgement: the score is 0.
    package var isWarmingUp: Bool
    /// The first point of an incident.
    package var isAlarm: Bool
}
