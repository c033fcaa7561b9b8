#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import TimeSeries

/// When a stream may raise its next alarm, and how much more that takes than the first.
///
/// One alarm for each incident: it lasts until the signal was under its threshold twice in a row,
/// and for eight hours of points, at least 10 and at most 100, no other begins. The more alarms a
/// stream raised lately, the larger its next one must be: where the sizes of what happens by chance
/// fall off exponentially, a threshold that grows with the logarithm of their number keeps the rate.
struct AlarmPacing: Codable, Sendable, Equatable {
    private static let silenceSeconds = 8 * 3600.0
    private static let halfLifeSeconds = 12 * 86_400.0
    private static let calmCount = 2
    private static let longestSilence = 100

    /// Mean distance of points; long gaps count for little. 0 before the second point.
    private(set) var intervalSeconds = 0.0
    /// An alarm was raised, and the signal was not calm since.
    private(set) var isInIncident = false
    /// Alarms so far, older ones for less.
    private var recentAlarmCount = 0.0
    /// Points still to come before another alarm may be raised.
    private var silentCount = 0
    private var calm = 0
    private var latestMilliseconds: Int64?
    private var intervalCount = 0.0

    init() {}

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        intervalSeconds = try container.decode(.intervalSeconds, in: StoredRange.size)
        isInIncident = try container.decode(Bool.self, forKey: .isInIncident)
        recentAlarmCount = try container.decode(.recentAlarmCount, in: StoredRange.size)
        silentCount = try container.decode(.silentCount, in: 0...(Self.longestSilence + 1))
        calm = try container.decode(.calm, in: StoredRange.count)
        latestMilliseconds = try container.decodeIfPresent(Int64.self, forKey: .latestMilliseconds)
        intervalCount = try container.decode(.intervalCount, in: StoredRange.size)
    }

    /// Takes note of the time of the next point.
    mutating func advance(to time: Timestamp) {
        defer { latestMilliseconds = time.milliseconds }
        if silentCount > 0 { silentCount -= 1 }
        guard let latestMilliseconds else { return }
        let elapsed = (Double(time.milliseconds) - Double(latestMilliseconds)) / 1000
        guard elapsed > 0 else { return }
        intervalCount += 1
        let usual = intervalCount == 1 ? elapsed : min(elapsed, 4 * intervalSeconds)
        intervalSeconds += max(0.02, 1 / intervalCount) * (usual - intervalSeconds)
        if recentAlarmCount > 0 { recentAlarmCount *= exp2(-elapsed / Self.halfLifeSeconds) }
    }

    /// How many times the threshold a first alarm would need.
    ///
    /// - Parameter fatigue: By how much the threshold grows when the number of alarms, and one, is
    ///   e times larger.
    func factor(fatigue: Double) -> Double { 1 + fatigue * log1p(recentAlarmCount) }

    /// - Parameter isBeyond: The point is beyond the threshold.
    /// - Returns: Whether that is an alarm.
    mutating func advance(isBeyond: Bool) -> Bool {
        if isInIncident {
            calm = isBeyond ? 0 : calm + 1
            isInIncident = calm < Self.calmCount
        }
        guard isBeyond, !isInIncident, silentCount == 0 else { return false }
        isInIncident = true
        calm = 0
        recentAlarmCount += 1
        let points = Self.silenceSeconds / max(intervalSeconds, 1)
        silentCount = min(max(Int(points), 10), Self.longestSilence) + 1
        return true
    }
}
