/// What an anomaly detector says of one point.
package struct AnomalyVerdict: Codable, Sendable, Equatable {
    /// The point itself; nil for a missing one.
    package var value: Double?
    /// 0 usual … 1 extraordinary. At least 0.5 exactly where an alarm is raised, so once for each
    /// incident; below, it ranks points by how far from usual they are.
    package var score: Double
    /// 0 usual … 1 extraordinary: how far the point is on the way to the threshold and beyond. At
    /// least 0.5 exactly from an alarm to the end of its incident.
    package var severity: Double
    /// Where the point was expected, from the points before it; nil while warming up.
    package var lower: Double?
    package var upper: Double?
    /// Points so far as a share of those that a judgement needs, in 0...1.
    package var warmUp: Double
    /// The first point of an incident.
    package var isAlarm: Bool

    /// Too few points so far for a judgement: the score is 0.
    package var isWarmingUp: Bool { warmUp < 1 }

    /// A point that is not judged.
    static func unjudged(_ value: Double?, warmUp: Double) -> AnomalyVerdict {
        AnomalyVerdict(value: value, score: 0, severity: 0, warmUp: warmUp, isAlarm: false)
    }
}
