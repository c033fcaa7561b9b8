import TimeSeries

/// How a matcher compares: `=`, `!=`, `=~`, `!~`.
package enum MatchOperation: String, Hashable, Sendable, CaseIterable {
    case equal = "="
    case notEqual = "!="
    case matches = "=~"
    case notMatches = "!~"
}

/// A condition on one label of a series.
package struct LabelMatcher: Sendable {
    package let name: String
    package let operation: MatchOperation
    package let value: String

    private let nameBytes: [UInt8]
    private let valueBytes: [UInt8]
    private let pattern: Pattern?

    /// - Throws: `badData` where the operation is a regular expression and the value is none.
    package init(
        name: String, _ operation: MatchOperation, value: String
    ) throws(QueryError) {
        self.name = name
        self.operation = operation
        self.value = value
        nameBytes = Array(name.utf8)
        valueBytes = Array(value.utf8)
        switch operation {
        case .equal, .notEqual: pattern = nil
        case .matches, .notMatches: pattern = try Pattern(value)
        }
    }

    /// Equality of the metric's name.
    init(metricName: String) {
        name = LabelSet.metricNameLabel
        operation = .equal
        value = metricName
        nameBytes = Array(name.utf8)
        valueBytes = Array(metricName.utf8)
        pattern = nil
    }

    /// Whether a label with this value passes. A label that is absent has the value "".
    package func matches(_ value: String) -> Bool {
        var value = value
        return value.withUTF8 { matches(bytes: $0) }
    }

    package func matches(_ labels: LabelSet) -> Bool {
        labels.canonicalBytes.withUnsafeBufferPointer { blob in
            matches(bytes: LabelBytes(blob).value(of: nameBytes))
        }
    }

    /// Whether a series without the label passes.
    package var matchesEmpty: Bool { matches("") }

    /// The only values that can pass, where they can be listed: for `=`, and for a regular
    /// expression that is an alternation of literals. nil for the negative operations.
    package var candidateValues: [String]? {
        switch operation {
        case .equal: [value]
        case .matches: pattern?.literals
        case .notEqual, .notMatches: nil
        }
    }

    /// What every value that passes begins with; "" where nothing is known.
    package var requiredPrefix: String {
        switch operation {
        case .equal: value
        case .matches: pattern?.prefix ?? ""
        case .notEqual, .notMatches: ""
        }
    }

    private func matches(bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        switch operation {
        case .equal: bytes.elementsEqual(valueBytes)
        case .notEqual: !bytes.elementsEqual(valueBytes)
        case .matches: pattern?.matches(bytes) ?? false
        case .notMatches: !(pattern?.matches(bytes) ?? true)
        }
    }
}

extension LabelMatcher: Hashable {
    package static func == (a: LabelMatcher, b: LabelMatcher) -> Bool {
        a.operation == b.operation && a.nameBytes == b.nameBytes && a.valueBytes == b.valueBytes
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(operation)
        hasher.combine(nameBytes)
        hasher.combine(valueBytes)
    }
}

extension LabelMatcher: CustomStringConvertible {
    /// As PromQL writes it: `job=~"a|b"`.
    package var description: String {
        "\(quotedLabelName(name))\(operation.rawValue)\(quoted(value))"
    }
}
