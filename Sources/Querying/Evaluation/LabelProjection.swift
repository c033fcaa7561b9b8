import TimeSeries

/// Keeps or removes labels by name, on canonical bytes.
struct LabelProjection {
    private let names: [[UInt8]]
    private let keeps: Bool

    static let metricName = Array(LabelSet.metricNameLabel.utf8)

    /// Only these labels.
    static func keeping(_ names: [String]) -> LabelProjection {
        LabelProjection(names: names.map { Array($0.utf8) }, keeps: true)
    }

    /// All labels but these.
    static func without(_ names: [String]) -> LabelProjection {
        LabelProjection(names: names.map { Array($0.utf8) }, keeps: false)
    }

    /// The labels by which an aggregation groups.
    init(_ grouping: Grouping) {
        switch grouping {
        case .by(let names): self = .keeping(names)
        case .without(let names): self = .without(names + [LabelSet.metricNameLabel])
        }
    }

    /// The labels by which a binary operation matches.
    init(_ matching: VectorMatching) {
        self = matching.isOn
            ? .keeping(matching.labels) : .without(matching.labels + [LabelSet.metricNameLabel])
    }

    private init(names: [[UInt8]], keeps: Bool) {
        self.names = names
        self.keeps = keeps
    }

    /// Replaces the buffer's content by what is left of the labels, in canonical form.
    func write(_ labels: LabelSet, to buffer: inout [UInt8]) {
        buffer.removeAll(keepingCapacity: true)
        if keeps, names.isEmpty { return }
        labels.canonicalBytes.withUnsafeBufferPointer { blob in
            let view = LabelBytes(blob)
            view.forEachLabel { name, value in
                let isNamed = names.contains { view.isEqual(name, $0) }
                if isNamed == keeps {
                    let end = min(value.upperBound + 1, blob.count)
                    buffer.append(contentsOf: blob[name.lowerBound..<end])
                }
            }
        }
    }

    /// The labels that are left. Allocates the result only.
    func apply(to labels: LabelSet, scratch: inout [UInt8]) -> LabelSet {
        write(labels, to: &scratch)
        if scratch.count == labels.canonicalBytes.count { return labels }
        return LabelSet(canonicalBytes: scratch.withUnsafeBufferPointer { Array($0) })
    }
}
