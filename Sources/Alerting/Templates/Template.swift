import TimeSeries

/// A text with `{{ … }}` actions, as annotations and labels of rules hold: the part of Go's
/// template language that Prometheus rules use.
///
/// Known are `$labels.x`, `$value`, their forms `.Labels.x` and `.Value`, strings, numbers,
/// parentheses, pipes, comments, trim markers, and the functions of `TemplateFunction`.
package struct Template: Sendable, Equatable {
    enum Part: Sendable, Equatable {
        case text(String)
        case action(TemplateExpression)
    }

    /// The most bytes that a rendered text keeps.
    package static let maximumByteCount = 4_096

    let parts: [Part]

    /// - Throws: Where an action is malformed, or names an unknown function or variable.
    package init(parsing source: String) throws(TemplateError) {
        var parser = TemplateParser(source)
        parts = try parser.parts()
    }

    /// The text for one alert. Never fails: an action that cannot be evaluated leaves
    /// `<error expanding template: …>` in its place. Control characters other than line breaks
    /// and tabs are left out, since label values come from outside.
    package func rendered(labels: [String: String], value: Double) -> String {
        let context = TemplateContext(labels: labels, value: value)
        var text = ""
        for part in parts {
            switch part {
            case .text(let literal): text += literal
            case .action(let expression):
                do {
                    text += try expression.value(in: context).text
                } catch {
                    text += "<error expanding template: \(error.message)>"
                }
            }
        }
        return Self.bounded(text)
    }

    private static func bounded(_ text: String) -> String {
        var kept = String.UnicodeScalarView()
        var byteCount = 0
        for scalar in text.unicodeScalars where !isControl(scalar) {
            byteCount += UTF8.width(scalar)
            if byteCount > maximumByteCount { break }
            kept.append(scalar)
        }
        return String(kept)
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar != "\n" && scalar != "\t"
            && (scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value))
    }
}

/// A mistake in a template, or a reason why an action has no value.
package struct TemplateError: Error, Equatable, CustomStringConvertible {
    package let message: String

    package init(_ message: String) {
        self.message = message
    }

    package var description: String { message }
}

/// What the actions of a template can read.
struct TemplateContext {
    let labels: [String: String]
    let value: Double
}

/// A value between two functions of a pipe.
enum TemplateValue: Sendable, Equatable {
    case string(String)
    case number(Double)
    case labels([String: String])

    /// As Go's `fmt.Sprint` prints it.
    var text: String {
        switch self {
        case .string(let text): text
        case .number(let value): GoFormat.shortest(value)
        case .labels(let labels):
            "map["
                + labels.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)" }
                .joined(separator: " ") + "]"
        }
    }

    /// A number, also from a string that holds one.
    func number(for function: TemplateFunction) throws(TemplateError) -> Double {
        switch self {
        case .number(let value): return value
        case .string(let text):
            guard let value = Double(text) else {
                throw TemplateError("\(function.rawValue): '\(text)' is not a number")
            }
            return value
        case .labels: throw TemplateError("\(function.rawValue): labels are not a number")
        }
    }
}

/// One action, parsed.
indirect enum TemplateExpression: Sendable, Equatable {
    case literal(TemplateValue)
    case labels
    case value
    case field(TemplateExpression, name: String)
    case call(TemplateFunction, [TemplateExpression])

    func value(in context: TemplateContext) throws(TemplateError) -> TemplateValue {
        switch self {
        case .literal(let value): return value
        case .labels: return .labels(context.labels)
        case .value: return .number(context.value)
        case .field(let base, let name):
            guard case .labels(let labels) = try base.value(in: context) else {
                throw TemplateError("there is no field '\(name)' here")
            }
            return .string(labels[name] ?? "")
        case .call(let function, let arguments):
            var values: [TemplateValue] = []
            for argument in arguments { values.append(try argument.value(in: context)) }
            return try function.applied(to: values)
        }
    }
}
