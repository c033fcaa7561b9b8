/// A query of a panel, and how its series are called.
package struct PanelQuery: Sendable, Equatable {
    /// PromQL with `$__rate_interval`, `$__interval` and `$service` in it.
    package var text: String
    package var legend: LegendTemplate?
    /// In place of the panel's, for a column of a table.
    package var unit: PanelUnit?

    package init(_ text: String, legend: LegendTemplate? = nil, unit: PanelUnit? = nil) {
        self.text = text
        self.legend = legend
        self.unit = unit
    }

    private static let rateInterval = "$__rate_interval"
    private static let interval = "$__interval"
    private static let service = "$service"

    var namesService: Bool { text.contains(Self.service) }

    /// PromQL to be evaluated.
    ///
    /// - Parameters:
    ///   - rateSeconds: Long enough for four scrapes and one step.
    ///   - service: Stands inside of a PromQL string; nil where none is selected.
    func expression(rateSeconds: Int, stepSeconds: Int, service: String?) -> String {
        guard text.utf8.contains(UInt8(ascii: "$")) else { return text }
        let name = SignalQueries.quoted(service ?? "").dropFirst().dropLast()
        return Self.replacing(
            text,
            [
                (Self.rateInterval, "\(max(1, rateSeconds))s"),
                (Self.interval, "\(max(1, stepSeconds))s"), (Self.service, String(name)),
            ])
    }

    /// PromQL to be checked, in which every variable has a value of its own length, so that a
    /// mistake is found at the place where it stands in the text.
    package static func checkable(_ text: String) -> String {
        func duration(_ name: String) -> String {
            String(repeating: "0", count: name.utf8.count - 2) + "1m"
        }
        return replacing(
            text,
            [(rateInterval, duration(rateInterval)), (interval, duration(interval))])
    }

    private static func replacing(
        _ text: String, _ values: [(name: String, value: String)]
    ) -> String {
        var result = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[dollar...]
            if let found = values.first(where: { rest.hasPrefix($0.name) }) {
                result += found.value
                rest = rest.dropFirst(found.name.count)
            } else {
                result.append("$")
                rest = rest.dropFirst()
            }
        }
        return result + rest
    }
}

/// The name of a series with its labels in it: `{{service}} {{version}}`.
package struct LegendTemplate: Sendable, Equatable {
    enum Part: Sendable, Equatable {
        case text(String)
        case label(String)
    }

    let parts: [Part]

    /// - Throws: Where a brace is missing or what is inside is no label.
    package init(parsing source: String) throws(LegendError) {
        var parts: [Part] = []
        var rest = source[...]
        while let open = rest.firstRange(of: "{{") {
            if open.lowerBound > rest.startIndex {
                parts.append(.text(String(rest[..<open.lowerBound])))
            }
            rest = rest[open.upperBound...]
            guard let close = rest.firstRange(of: "}}") else {
                throw LegendError(message: "'{{' without '}}'")
            }
            let name = Self.trimmed(rest[..<close.lowerBound])
            guard Self.isLabel(name) else {
                throw LegendError(message: "'{{\(name)}}' is no label, like '{{service}}'")
            }
            parts.append(.label(name))
            rest = rest[close.upperBound...]
        }
        if !rest.isEmpty { parts.append(.text(String(rest))) }
        self.parts = parts
    }

    private static func trimmed(_ text: Substring) -> String {
        let start = text.drop { $0 == " " }
        return String(start.reversed().drop { $0 == " " }.reversed())
    }

    private static func isLabel(_ name: String) -> Bool {
        name.first.map { !$0.isNumber } ?? false
            && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    }

    /// - Parameter value: Of a label; nil where the series has none of that name.
    func rendered(_ value: (String) -> String?) -> String {
        var text = ""
        for part in parts {
            switch part {
            case .text(let literal): text += literal
            case .label(let name): text += value(name) ?? ""
            }
        }
        return Self.trimmed(text[...])
    }
}

/// Why a legend cannot be read.
package struct LegendError: Error, Equatable {
    package let message: String
}
