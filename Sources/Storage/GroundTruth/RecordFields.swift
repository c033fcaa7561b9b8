import TimeSeries

/// The named fields of a line of a prediction log or of labels, whatever its format was.
package struct RecordFields: Sendable {
    package enum Value: Sendable, Equatable {
        case text(String)
        case number(Double)
    }

    /// Why a line is no record.
    package struct Mistake: Error, Equatable, CustomStringConvertible {
        package let description: String
    }

    private static let maximumByteCount = 512

    /// Empty and missing fields are left out.
    private let values: [String: Value]

    package init(_ values: [String: Value]) {
        self.values = values.filter { $0.value != .text("") }
    }

    /// - Parameter service: Of lines that name none.
    package func prediction(service: String?) throws(Mistake) -> PredictionRecord {
        let id = try required("id")
        guard let service = try text("service") ?? service else {
            throw Mistake(description: "there is no 'service', expected a service's name")
        }
        guard let at = try timestamp() else {
            throw Mistake(description: "there is no 'timestamp', expected when it was predicted")
        }
        let prediction = try text("prediction")
        let score = try number("score")
        guard prediction != nil || score != nil else {
            throw Mistake(
                description: "there is neither 'prediction' nor 'score', expected one of them")
        }
        return PredictionRecord(
            id: id, service: service, at: at, model: try text("model") ?? "",
            version: try text("version") ?? "", prediction: prediction, score: score)
    }

    /// - Parameters:
    ///   - service: Of lines that name none; nil leaves them to every service.
    ///   - now: When labels without a time were told.
    package func label(service: String?, now: Timestamp) throws(Mistake) -> LabelRecord {
        LabelRecord(
            id: try required("id"), service: try text("service") ?? service ?? "",
            at: try timestamp() ?? now, label: try required("label"))
    }

    private func required(_ name: String) throws(Mistake) -> String {
        guard let text = try text(name) else {
            throw Mistake(description: "there is no '\(name)', expected one")
        }
        return text
    }

    private func text(_ name: String) throws(Mistake) -> String? {
        let text: String
        switch values[name] {
        case nil: return nil
        case .text(let value): text = value
        case .number(let value):
            text = value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
        }
        guard text.utf8.count <= Self.maximumByteCount else {
            throw Mistake(
                description: "'\(name)' has \(text.utf8.count) bytes, expected at most "
                    + "\(Self.maximumByteCount)")
        }
        return text
    }

    private func number(_ name: String) throws(Mistake) -> Double? {
        switch values[name] {
        case nil: return nil
        case .number(let value) where value.isFinite: return value
        case .text(let text):
            if let value = Double(text), value.isFinite { return value }
            throw Mistake(
                description: "'\(name)' is '\(Self.shown(text))', expected a number")
        case .number: throw Mistake(description: "'\(name)' is not finite, expected a number")
        }
    }

    /// RFC 3339, or seconds since the epoch; what would be after the year 5000 is milliseconds.
    private func timestamp() throws(Mistake) -> Timestamp? {
        let found: Timestamp?
        switch values["timestamp"] {
        case nil: return nil
        case .number(let value): found = Self.instant(value)
        case .text(let text):
            found = Double(text).map(Self.instant) ?? Timestamp(parsing: text)
            if found == nil {
                throw Mistake(
                    description: "'timestamp' is '\(Self.shown(text))', expected RFC 3339 or "
                        + "seconds since the epoch")
            }
        }
        guard let found, (0...Self.latest).contains(found.milliseconds) else {
            throw Mistake(
                description: "'timestamp' is no time, expected RFC 3339 or seconds since the epoch")
        }
        return found
    }

    /// The year 5138, in milliseconds.
    private static let latest: Int64 = 100_000_000_000_000

    private static func instant(_ value: Double) -> Timestamp? {
        guard value.isFinite else { return nil }
        return Timestamp(seconds: abs(value) > 1e11 ? value / 1000 : value)
    }

    private static func shown(_ text: String) -> String {
        let clean = String(String.UnicodeScalarView(text.unicodeScalars.filter { $0.value >= 32 }))
        return clean.count > 40 ? String(clean.prefix(40)) + "…" : clean
    }
}
