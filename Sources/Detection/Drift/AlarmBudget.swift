/// How many false alarms are accepted in a time, over everything that is watched: `1/week`.
package struct AlarmBudget: Sendable, Equatable {
    package let count: Double
    package let period: Duration

    package static let weekly = AlarmBudget(1, per: .seconds(7 * 86_400))

    package init(_ count: Double, per period: Duration) {
        self.count = count
        self.period = period
    }

    private static let units: [(name: String, period: Duration)] = [
        ("hour", .seconds(3600)), ("day", .seconds(86_400)), ("week", .seconds(7 * 86_400)),
        ("month", .seconds(30 * 86_400)), ("year", .seconds(365 * 86_400)),
    ]

    /// Reads `1/week`, `0.5/day`; nil where the text is no budget or beyond 10⁻³…10⁴.
    package init?(parsing text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let count = Double(parts[0]), (1e-3...1e4).contains(count),
            let unit = Self.units.first(where: { $0.name == parts[1] })
        else { return nil }
        self.init(count, per: unit.period)
    }

    /// The chance of a false alarm that each test may have, so that all of them together keep the
    /// budget.
    ///
    /// - Parameters:
    ///   - window: One test is made of each distribution in this time.
    ///   - distributionCount: At least 1 is assumed.
    /// - Returns: In 10⁻¹²…0.5.
    package func significance(window: Duration, distributionCount: Int) -> Double {
        let windowCount = Self.seconds(period) / max(Self.seconds(window), 1e-3)
        return min(max(count / (windowCount * Double(max(distributionCount, 1))), 1e-12), 0.5)
    }

    private static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    }
}

extension AlarmBudget: CustomStringConvertible {
    package var description: String {
        let number = count == count.rounded() ? "\(Int(count))" : "\(count)"
        let unit = Self.units.first { $0.period == period }?.name ?? "\(period)"
        return "\(number)/\(unit)"
    }
}
