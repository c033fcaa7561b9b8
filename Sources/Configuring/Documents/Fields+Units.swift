import Querying
import TimeSeries
import Yams

extension Fields {
    /// A duration as Prometheus writes it: `15s`, `5m`, `1h30m`.
    func duration(_ key: String, in range: ClosedRange<Duration>) -> Duration? {
        guard let field = values[key], let text = context.string(field.node, of: field) else {
            return nil
        }
        let limits =
            "\(range.lowerBound.prometheusDescription)...\(range.upperBound.prometheusDescription)"
        guard let duration = Duration(parsingPrometheus: text) else {
            let closed = text.lowercased().filter { !$0.isWhitespace }
            let remedy =
                Duration(parsingPrometheus: closed) != nil && closed != "0"
                ? "; did you mean '\(closed)'?" : ", like 30s, 5m or 1h30m"
            report(
                "\(key) is \(context.shownValue(field.node)), expected a duration\(remedy)",
                at: field)
            return nil
        }
        guard range.contains(duration) else {
            report(
                "\(key) is \(context.shownValue(field.node)), expected \(limits)", at: field)
            return nil
        }
        return duration
    }

    /// A size in bytes: `10MB`, `10MiB`, or a whole number of bytes.
    func byteCount(_ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let field = values[key], let text = context.string(field.node, of: field) else {
            return nil
        }
        guard let count = Self.byteCount(parsing: text) else {
            let closed = text.filter { !$0.isWhitespace }
            let remedy =
                closed != text && Self.byteCount(parsing: closed) != nil
                ? "; did you mean '\(closed)'?" : ", like 10MB or 10MiB"
            report(
                "\(key) is \(context.shownValue(field.node)), expected a size\(remedy)", at: field)
            return nil
        }
        guard range.contains(count) else {
            report(
                "\(key) is \(context.shownValue(field.node)), expected "
                    + "\(Self.describing(range.lowerBound))...\(Self.describing(range.upperBound))",
                at: field)
            return nil
        }
        return count
    }

    private static let units: [(name: String, byteCount: Int)] = [
        ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40),
        ("KB", 1000), ("kB", 1000), ("MB", 1_000_000), ("GB", 1_000_000_000),
        ("TB", 1_000_000_000_000), ("B", 1), ("", 1),
    ]

    /// - Returns: nil where the text is no size, or larger than 2⁵⁰ bytes.
    static func byteCount(parsing text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits),
            let unit = units.first(where: { $0.name == text.dropFirst(digits.count) })
        else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: unit.byteCount)
        return overflow || product > 1 << 50 ? nil : product
    }

    private static func describing(_ count: Int) -> String {
        let unit = units.prefix(4).last { count >= $0.byteCount && count % $0.byteCount == 0 }
        return unit.map { "\(count / $0.byteCount)\($0.name)" } ?? "\(count)B"
    }
}
