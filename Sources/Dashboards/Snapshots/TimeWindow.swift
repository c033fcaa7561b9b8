import TimeSeries

/// How far back the charts look.
package enum TimeWindow: Int, CaseIterable, Sendable, Comparable {
    case minute = 60
    case fiveMinutes = 300
    case fifteenMinutes = 900
    case hour = 3600
    case sixHours = 21_600
    case day = 86_400
    case week = 604_800

    package var duration: Duration { .seconds(rawValue) }

    package var label: String {
        switch self {
        case .minute: "1m"
        case .fiveMinutes: "5m"
        case .fifteenMinutes: "15m"
        case .hour: "1h"
        case .sixHours: "6h"
        case .day: "24h"
        case .week: "7d"
        }
    }

    /// Distance of two points: a window has 30 to 120 of them.
    package var step: Duration {
        switch self {
        case .minute: .seconds(2)
        case .fiveMinutes: .seconds(5)
        case .fifteenMinutes: .seconds(10)
        case .hour: .seconds(30)
        case .sixHours: .seconds(180)
        case .day: .seconds(720)
        case .week: .seconds(5400)
        }
    }

    /// What is looked at where nobody asked for something else.
    package static let usual = fifteenMinutes

    /// The smallest window that holds data of this age, at most the usual one, so that the first
    /// minutes are not lost in an empty picture.
    ///
    /// - Parameter age: nil is unknown and takes the usual one.
    package static func fitting(_ age: Duration?) -> TimeWindow {
        guard let age else { return usual }
        return allCases.first { $0 <= usual && $0.duration >= age } ?? usual
    }

    package var shorter: TimeWindow { Self.allCases.last { $0 < self } ?? self }
    package var longer: TimeWindow { Self.allCases.first { $0 > self } ?? self }

    package static func < (a: TimeWindow, b: TimeWindow) -> Bool { a.rawValue < b.rawValue }
}
