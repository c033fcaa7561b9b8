import TimeSeries

/// Keeps or removes labels by name, on canonical bytes.
struct LabelProjection {
    /// The names one behind the other, and where each begins and the last ends.
    private let names: [UInt8]
    private let bounds: [Int]
    private let keeps: Bool

    static let metricName = Array(LabelSet.metricNameLabel.utf8)

    /// Only these labels.
    static func keeping(_ names: [String]) -> LabelProjection {
        LabelProjection(names, keeps: true)
    }

    /// All labels but these.
    static func without(_ names: [String]) -> LabelProjection {
        LabelProjection(names, keeps: false)
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
        self =
            matching.isOn
            ? .keeping(matching.labels) : .without(matching.labels + [LabelSet.metricNameLabel])
    }

    private init(_ names: [String], keeps: Bool) {
        var bytes: [UInt8] = []
        var bounds = [0]
        for name in names {
            bytes.append(contentsOf: name.utf8)
            bounds.append(bytes.count)
        }
        self.names = bytes
        self.bounds = bounds
        self.keeps = keeps
    }

    /// Replaces the buffer's content by what is left of the labels, in canonical form.
    func write(_ labels: LabelSet, to buffer: inout [UInt8]) {
        buffer.removeAll(keepingCapacity: true)
        if keeps, bounds.count == 1 { return }
        labels.canonicalBytes.withUnsafeBufferPointer { blob in
            names.withUnsafeBufferPointer { names in
                bounds.withUnsafeBufferPointer { bounds in
                    project(LabelBytes(blob), names, bounds, to: &buffer)
                }
            }
        }
    }

    private func project(
        _ labels: LabelBytes, _ names: UnsafeBufferPointer<UInt8>,
        _ bounds: UnsafeBufferPointer<Int>, to buffer: inout [UInt8]
    ) {
        labels.forEachLabel { name, value in
            var isNamed = false
            for index in 1..<bounds.count
            where labels.isEqual(name, names, bounds[index - 1]..<bounds[index]) {
                isNamed = true
            }
            if isNamed == keeps {
                labels.append(name.lowerBound..<value.upperBound + 1, to: &buffer)
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
