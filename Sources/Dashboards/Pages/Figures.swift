import TimeSeries

#if canImport(Glibc)
    import Glibc
#endif

/// Numbers as the pages show them: three significant digits and a unit; `—` for unknown.
package enum Figures {
    package static let unknown = "—"

    /// Three significant digits without an exponent; meant for 0.001…999.
    package static func significant(_ value: Double) -> String {
        guard value.isFinite else { return unknown }
        if value == 0 { return "0" }
        let magnitude = abs(value)
        if magnitude < 0.0005 { return value < 0 ? "-0" : "~0" }
        // 0.9996 rounds to 1.00, which has a digit more before the point.
        let digits = Int(log10(magnitude * 1.0005).rounded(.down))
        return fixed(value, min(max(0, 2 - digits), 3))
    }

    /// Rounded half away from zero.
    package static func fixed(_ value: Double, _ decimals: Int) -> String {
        let scale = pow(10, Double(decimals))
        let scaled = (abs(value) * scale).rounded()
        guard scaled < 1e15 else { return unknown }
        let units = Int64(scaled)
        let divisor = Int64(scale)
        var text = value < 0 && units > 0 ? "-" : ""
        text += String(units / divisor)
        if decimals > 0 {
            let fraction = String(units % divisor)
            text += "." + String(repeating: "0", count: decimals - fraction.count) + fraction
        }
        return text
    }

    /// With k, M, G, T behind it where it is large.
    package static func count(_ value: Double?) -> String {
        guard let value, value.isFinite else { return unknown }
        for (limit, suffix) in [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")]
        where abs(value) >= limit * 0.9995 {
            return significant(value / limit) + suffix
        }
        return significant(value)
    }

    /// Observations: whole while they are few.
    package static func total(_ value: Double) -> String {
        value < 10_000 && value == value.rounded() ? fixed(value, 0) : count(value)
    }

    /// `4.13ms`, `268ms`, `2.80s`, `12m`.
    package static func seconds(_ value: Double?) -> String {
        guard let value, value.isFinite else { return unknown }
        let magnitude = abs(value)
        switch magnitude {
        case 0: return "0"
        case ..<0.000_999_5: return significant(value * 1e6) + "µs"
        case ..<0.999_5: return significant(value * 1e3) + "ms"
        case ..<599.5: return significant(value) + "s"
        default: return age(.seconds(value))
        }
    }

    /// A ratio as a percentage without its sign, for columns whose title holds it.
    package static func percent(_ ratio: Double?) -> String {
        guard let ratio, ratio.isFinite else { return unknown }
        let value = ratio * 100
        if value == 0 { return "0" }
        if value < 0.005 { return "<0.01" }
        return value < 9.995 ? fixed(value, 2) : value < 99.95 ? fixed(value, 1) : fixed(value, 0)
    }

    /// PSI and other numbers without a unit, two decimals.
    package static func index(_ value: Double?) -> String {
        guard let value, value.isFinite else { return unknown }
        return value >= 9.995 ? significant(value) : fixed(value, 2)
    }

    /// `<1e-9`, `0.003`, `0.42`.
    package static func probability(_ value: Double?) -> String {
        guard let value, value.isFinite else { return unknown }
        if value >= 0.1 { return fixed(value, 2) }
        if value >= 0.0005 { return fixed(value, 3) }
        guard value > 0 else { return "<1e-15" }
        let exponent = Int((log10(value)).rounded(.up))
        return exponent < -15 ? "<1e-15" : "<1e\(exponent)"
    }

    package static func bytes(_ value: Double?, trimming: Bool = false) -> String {
        guard let value, value.isFinite else { return unknown }
        for (limit, suffix) in [(40, "TiB"), (30, "GiB"), (20, "MiB"), (10, "KiB")] {
            let unit = Double(1 << limit)
            if abs(value) >= unit * 0.9995 {
                return (trimming ? trimmed(value / unit) : significant(value / unit)) + suffix
            }
        }
        return significant(value) + "B"
    }

    /// `4s`, `1m20s`, `16m`, `3h`, `2d`; negative ones are 0.
    package static func age(_ duration: Duration) -> String {
        let seconds = max(0, duration.milliseconds / 1000)
        switch seconds {
        case ..<60: return "\(seconds)s"
        case ..<600:
            return seconds % 60 == 0 ? "\(seconds / 60)m" : "\(seconds / 60)m\(seconds % 60)s"
        case ..<3600: return "\(seconds / 60)m"
        case ..<36_000:
            let minutes = seconds / 60 % 60
            return minutes == 0 ? "\(seconds / 3600)h" : "\(seconds / 3600)h\(minutes)m"
        case ..<172_800: return "\(seconds / 3600)h"
        default: return "\(seconds / 86_400)d"
        }
    }

    package static func text(_ value: Double?, _ unit: SignalLines.Unit) -> String {
        switch unit {
        case .seconds: seconds(value)
        case .perSecond: value == nil ? unknown : count(value) + "/s"
        case .ratio: value == nil ? unknown : percent(value) + "%"
        case .count: count(value)
        case .bytes: bytes(value)
        case .bytesPerSecond: value == nil ? unknown : bytes(value) + "/s"
        }
    }

    /// A tick of an axis: as short as it is exact.
    package static func tick(_ value: Double, _ unit: SignalLines.Unit) -> String {
        let text: String
        switch unit {
        case .seconds:
            switch value {
            case 0: return "0"
            case ..<0.000_999: return trimmed(value * 1e6) + "µs"
            case ..<0.999: return trimmed(value * 1e3) + "ms"
            default: return trimmed(value) + "s"
            }
        case .ratio: return trimmed(value * 100) + "%"
        case .bytes, .bytesPerSecond: return bytes(value, trimming: true)
        case .perSecond, .count:
            if value >= 1e6 {
                text = trimmed(value / 1e6) + "M"
            } else if value >= 1e3 {
                text = trimmed(value / 1e3) + "k"
            } else {
                text = trimmed(value)
            }
        }
        return text
    }

    private static func trimmed(_ value: Double) -> String {
        var text = significant(value)
        if text.contains(".") {
            while text.hasSuffix("0") { text.removeLast() }
            if text.hasSuffix(".") { text.removeLast() }
        }
        return text
    }

    /// `14:02:31`.
    package static func clock(_ time: Timestamp, seconds: Bool = true) -> String {
        let (hour, minute, second) = time.timeOfDay
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return two(hour) + ":" + two(minute) + (seconds ? ":" + two(second) : "")
    }
}
