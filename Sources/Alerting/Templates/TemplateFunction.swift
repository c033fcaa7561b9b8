import Foundation
import TimeSeries

/// The functions of templates, named as in Prometheus and Go, with their results.
enum TemplateFunction: String, Sendable, CaseIterable {
    case humanize
    case humanize1024
    case humanizeDuration
    case humanizePercentage
    case humanizeTimestamp
    case index
    case print
    case printf
    case stripDomain
    case stripPort
    case title
    case toLower
    case toUpper

    var argumentCounts: ClosedRange<Int> {
        switch self {
        case .index: 2...2
        case .print: 0...16
        case .printf: 1...16
        default: 1...1
        }
    }

    /// - Precondition: As many values as `argumentCounts` allows.
    func applied(to values: [TemplateValue]) throws(TemplateError) -> TemplateValue {
        let first = values.first ?? .string("")
        switch self {
        case .humanize: return .string(Self.humanized(try first.number(for: self)))
        case .humanize1024: return .string(Self.humanizedBinary(try first.number(for: self)))
        case .humanizeDuration: return .string(Self.duration(try first.number(for: self)))
        case .humanizePercentage:
            return .string(GoFormat.significant(try first.number(for: self) * 100) + "%")
        case .humanizeTimestamp:
            let seconds = try first.number(for: self)
            guard seconds.isFinite else { return .string(GoFormat.significant(seconds)) }
            return .string(Timestamp(seconds: seconds).iso8601())
        case .index:
            guard case .labels(let labels) = first else {
                throw TemplateError("index: expected $labels first")
            }
            return .string(labels[values[1].text] ?? "")
        case .print: return .string(values.map(\.text).joined())
        case .printf: return .string(GoFormat.printf(first.text, Array(values.dropFirst())))
        case .stripDomain: return .string(Self.withoutDomain(first.text))
        case .stripPort: return .string(Self.withoutPort(first.text))
        case .title: return .string(Self.titled(first.text))
        case .toLower: return .string(first.text.lowercased())
        case .toUpper: return .string(first.text.uppercased())
        }
    }

    // MARK: Numbers for people, as Prometheus' template/template.go writes them

    private static func humanized(_ value: Double) -> String {
        guard value != 0, value.isFinite else { return GoFormat.significant(value) }
        if abs(value) >= 1 {
            return scaled(value, by: 1_000, through: ["k", "M", "G", "T", "P", "E", "Z", "Y"])
        }
        return enlarged(value)
    }

    private static func humanizedBinary(_ value: Double) -> String {
        guard abs(value) > 1, value.isFinite else { return GoFormat.significant(value) }
        return scaled(value, by: 1_024, through: ["ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"])
    }

    private static func scaled(
        _ value: Double, by factor: Double, through prefixes: [String]
    ) -> String {
        var value = value
        var prefix = ""
        for next in prefixes where abs(value) >= factor {
            prefix = next
            value /= factor
        }
        return GoFormat.significant(value) + prefix
    }

    private static func enlarged(_ value: Double) -> String {
        var value = value
        var prefix = ""
        for next in ["m", "u", "n", "p", "f", "a", "z", "y"] where abs(value) < 1 {
            prefix = next
            value *= 1_000
        }
        return GoFormat.significant(value) + prefix
    }

    private static func duration(_ value: Double) -> String {
        guard value != 0, value.isFinite else {
            return GoFormat.significant(value) + (value == 0 ? "s" : "")
        }
        if abs(value) < 1 { return enlarged(value) + "s" }
        let sign = value < 0 ? "-" : ""
        guard let whole = Int64(exactly: abs(value).rounded(.down)) else {
            return GoFormat.significant(value) + "s"
        }
        let (days, hours) = (whole / 86_400, whole / 3_600 % 24)
        let (minutes, seconds) = (whole / 60 % 60, whole % 60)
        if days != 0 { return "\(sign)\(days)d \(hours)h \(minutes)m \(seconds)s" }
        if hours != 0 { return "\(sign)\(hours)h \(minutes)m \(seconds)s" }
        if minutes != 0 { return "\(sign)\(minutes)m \(seconds)s" }
        return sign + GoFormat.significant(abs(value)) + "s"
    }

    // MARK: Texts

    private static func titled(_ text: String) -> String {
        var titled = ""
        var startsWord = true
        for character in text {
            titled += startsWord ? character.uppercased() : String(character)
            startsWord = !(character.isLetter || character.isNumber || "_'".contains(character))
        }
        return titled
    }

    /// `host:8000` → `host`, `[::1]:8000` → `::1`.
    private static func withoutPort(_ text: String) -> String {
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            return String(text[text.index(after: text.startIndex)..<end])
        }
        guard let colon = text.firstIndex(of: ":"), text.lastIndex(of: ":") == colon else {
            return text
        }
        return String(text[..<colon])
    }

    /// `gpu1.example.org:8000` → `gpu1:8000`; addresses stay.
    private static func withoutDomain(_ text: String) -> String {
        let host = withoutPort(text)
        if host.allSatisfy({ $0.isNumber || $0 == "." }) || host.contains(":") { return text }
        let port = host == text ? "" : String(text.dropFirst(host.count))
        return String(host.prefix { $0 != "." }) + port
    }
}
