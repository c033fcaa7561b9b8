/// An instant: milliseconds since the Unix epoch, UTC, leap seconds ignored.
package struct Timestamp: Hashable, Comparable, Codable, Sendable {
    package var milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// Rounds to the nearest millisecond; saturates where 64 bits do not suffice; NaN is 0.
    package init(seconds: Double) {
        let scaled = (seconds * 1000).rounded()
        if scaled.isNaN {
            milliseconds = 0
        } else {
            milliseconds = Int64(exactly: scaled) ?? (scaled < 0 ? .min : .max)
        }
    }

    /// Seconds since the epoch.
    package var seconds: Double { Double(milliseconds) / 1000 }

    package static func < (a: Timestamp, b: Timestamp) -> Bool { a.milliseconds < b.milliseconds }

    /// Saturates at the ends of the range instead of trapping.
    package static func + (a: Timestamp, b: Duration) -> Timestamp {
        let (sum, overflow) = a.milliseconds.addingReportingOverflow(b.milliseconds)
        return Timestamp(milliseconds: overflow ? (b.milliseconds < 0 ? .min : .max) : sum)
    }

    package static func - (a: Timestamp, b: Duration) -> Timestamp {
        let (difference, overflow) = a.milliseconds.subtractingReportingOverflow(b.milliseconds)
        return Timestamp(milliseconds: overflow ? (b.milliseconds < 0 ? .max : .min) : difference)
    }

    package static func - (a: Timestamp, b: Timestamp) -> Duration {
        let (difference, overflow) = a.milliseconds.subtractingReportingOverflow(b.milliseconds)
        return .milliseconds(overflow ? (a < b ? Int64.min : .max) : difference)
    }

    /// The largest multiple of `step` since the epoch that is not after this instant.
    package func aligned(to step: Duration) -> Timestamp {
        let step = max(step.milliseconds, 1)
        let remainder = milliseconds % step
        return Timestamp(
            milliseconds: milliseconds - (remainder < 0 ? remainder + step : remainder))
    }
}

extension Duration {
    /// Whole milliseconds, rounded toward zero; saturates.
    package var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        if overflow { return seconds < 0 ? .min : .max }
        let (sum, overflows) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000_000_000)
        return overflows ? (seconds < 0 ? .min : .max) : sum
    }

    /// Seconds with a fraction.
    package var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
