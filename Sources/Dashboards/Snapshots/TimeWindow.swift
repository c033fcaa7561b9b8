import TimeSeries

/// How far back the charts look.
package enum TimeWindow: Int, CaseIterable, Sendable, Comparable {
    case fiveMinutes = 300
    case fifteenMinutes = 900
    case hour = 3600
    case sixHours = 21_600
    case day = 86_400
    case week = 604_800

    package var duration: Duration { .seconds(rawValue) }

    package var label: String {
        switch self {
        case .fiveMinutes: "5m"
        case .fifteenMinutes: "15m"
        case .hour: "1h"
        case .sixHours: "6h"
        case .day: "24h"
        case .week: "7d"
        }
    }

    /// Distance of two points: a window has 60 to 120 of them.
    package var step: Duration {
        switch self {
        case .fiveMinutes: .seconds(5)
        case .fifteenMinutes: .seconds(10)
        case .hour: .seconds(30)
        case .sixHours: .seconds(180)
        case .day: .seconds(720)
        case .week: .seconds(5400)
        }
    }

    package var shorter: TimeWindow { Self.allCases.last { $0 < self } ?? self }
    package var longer: TimeWindow { Self.allCases.first { $0 > self } ?? self }

    package static func < (a: TimeWindow, b: TimeWindow) -> Bool { a.rawValue < b.rawValue }
}
