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
/// One alarm for each incident: afterwards the stream is silent for eight hours of points, at
/// least 10 and at most 100. A stream that alarms often has its threshold raised for some days.
struct AlarmPacing: Codable, Sendable, Equatable {
    private static let silenceSeconds = 8 * 3600.0
    private static let halfLifeSeconds = 12 * 86_400.0

    /// Alarms so far, older ones for less.
    private(set) var recentAlarmCount = 0.0
    /// Points still to come before another alarm may be raised.
    private var silentCount = 0
    private var latestMilliseconds: Int64?
    /// Mean distance of points; long gaps count for little.
    private var intervalSeconds = 0.0
    private var intervalCount = 0.0

    /// Takes note of the time of the next point.
    mutating func advance(to time: Timestamp) {
        defer { latestMilliseconds = time.milliseconds }
        if silentCount > 0 { silentCount -= 1 }
        guard let latestMilliseconds else { return }
        let elapsed = (time - Timestamp(milliseconds: latestMilliseconds)).inSeconds
        guard elapsed > 0 else { return }
        intervalCount += 1
        let usual = intervalCount == 1 ? elapsed : min(elapsed, 4 * intervalSeconds)
        intervalSeconds += max(0.02, 1 / intervalCount) * (usual - intervalSeconds)
        recentAlarmCount *= exp2(-elapsed / Self.halfLifeSeconds)
    }

    var isSilent: Bool { silentCount > 0 }

    mutating func noteAlarm() {
        recentAlarmCount += 1
        let points = Self.silenceSeconds / max(intervalSeconds, 1)
        silentCount = Int(min(max(points, 10), 100)) + 1
    }
}
