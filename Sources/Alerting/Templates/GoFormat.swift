import Foundation

/// Numbers and texts as Go's `fmt` prints them, which is what authors of rules expect.
enum GoFormat {
    /// `%v`: the fewest digits that tell the value apart.
    ///
    /// Go turns to exponents at 1e+06; whole numbers are printed whole here, as they read better.
    static func shortest(_ value: Double) -> String {
        guard value.isFinite else { return nonFinite(value) }
        if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
        return "\(value)"
    }

    /// `%.4g`.
    static func significant(_ value: Double) -> String {
        value.isFinite ? String(format: "%.4g", value) : nonFinite(value)
    }

    static func nonFinite(_ value: Double) -> String {
        value.isNaN ? "NaN" : value < 0 ? "-Inf" : "+Inf"
    }

    /// `fmt.Sprintf` with the verbs s, v, q, d, f, e, g, x, t and %%. A verb that does not suit its
    /// value is printed as Go does, `%!d(string=a)`, so that the text stays readable.
    static func printf(_ format: String, _ values: [TemplateValue]) -> String {
        var text = ""
        var rest = Array(format)[...]
        var remaining = values[...]
        while let character = rest.popFirst() {
            guard character == "%" else {
                text.append(character)
                continue
            }
            let verb = Verb(parsing: &rest)
            if verb.letter == "%" {
                text += "%"
            } else if let value = remaining.popFirst() {
                text += verb.formatted(value)
            } else {
                text += "%!\(verb.letter)(MISSING)"
            }
        }
        if !remaining.isEmpty {
            text += "%!(EXTRA \(remaining.map(\.text).joined(separator: ", ")))"
        }
        return text
    }
}

/// One `%…` of a format.
private struct Verb {
    private var flags = ""
    private var width = 0
    private var precision: Int?
    let letter: Character

    init(parsing rest: inout ArraySlice<Character>) {
        while let flag = rest.first, "+-# 0".contains(flag) {
            flags.append(flag)
            rest.removeFirst()
        }
        width = Self.number(&rest) ?? 0
        if rest.first == "." {
            rest.removeFirst()
            precision = Self.number(&rest) ?? 0
        }
        letter = rest.popFirst() ?? "!"
    }

    /// At most 64, so that a format cannot ask for megabytes of blanks.
    private static func number(_ rest: inout ArraySlice<Character>) -> Int? {
        let digits = rest.prefix { "0123456789".contains($0) }
        rest = rest.dropFirst(digits.count)
        return digits.isEmpty ? nil : min(Int(String(digits)) ?? 64, 64)
    }

    func formatted(_ value: TemplateValue) -> String {
        switch (letter, value) {
        case ("f", .number(let number)), ("F", .number(let number)), ("e", .number(let number)),
            ("E", .number(let number)), ("g", .number(let number)), ("G", .number(let number)):
            guard number.isFinite else { return padded(GoFormat.nonFinite(number)) }
            if letter == "g", precision == nil { return padded(GoFormat.shortest(number)) }
            let places = precision.map { ".\($0)" } ?? ""
            return String(
                format: "%\(flags)\(width > 0 ? "\(width)" : "")\(places)\(letter)", number)
        case ("d", .number(let number)):
            guard let whole = Int64(exactly: number) else { return mismatch(value) }
            return padded((flags.contains("+") && whole >= 0 ? "+" : "") + "\(whole)")
        case ("x", .number(let number)):
            guard let whole = Int64(exactly: number) else { return mismatch(value) }
            return padded(String(whole, radix: 16))
        case ("v", _), ("s", .string):
            return padded(precision.map { String(value.text.prefix($0)) } ?? value.text)
        case ("q", .string(let text)):
            return padded("\"\(text.replacingOccurrences(of: "\"", with: "\\\""))\"")
        default:
            return mismatch(value)
        }
    }

    private func mismatch(_ value: TemplateValue) -> String {
        switch value {
        case .number: "%!\(letter)(float64=\(value.text))"
        case .string: "%!\(letter)(string=\(value.text))"
        case .labels: "%!\(letter)(\(value.text))"
        }
    }

    private func padded(_ text: String) -> String {
        guard text.count < width else { return text }
        let blanks = String(
            repeating: flags.contains("0") && letter == "d" ? "0" : " ",
            count: width - text.count)
        return flags.contains("-") ? text + blanks : blanks + text
    }
}
