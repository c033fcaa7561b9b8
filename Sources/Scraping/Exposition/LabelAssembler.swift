import TimeSeries

/// Collects the labels of one sample line and joins them with the target's.
///
/// Its buffers are kept from line to line, so that a series costs one allocation: its `LabelSet`.
struct LabelAssembler {
    private struct Entry {
        var name: Range<Int>
        var value: Range<Int>
    }

    private var scratch: [UInt8] = []
    private var entries: [Entry] = []
    private let targetLabels: [(name: [UInt8], value: [UInt8])]
    private static let metricName = Array(LabelSet.metricNameLabel.utf8)
    private static let bucketSuffix = Array("_bucket".utf8)
    private static let exportedPrefix = Array("exported_".utf8)

    init(targetLabels: LabelSet) {
        let bytes = targetLabels.canonicalBytes
        self.targetLabels = targetLabels.byteRanges.map {
            (Array(bytes[$0.name]), Array(bytes[$0.value]))
        }
    }

    mutating func reset() {
        scratch.removeAll(keepingCapacity: true)
        entries.removeAll(keepingCapacity: true)
    }

    // MARK: One label at a time

    /// Where the next text begins, for `text(from:)`.
    var mark: Int { scratch.count }

    mutating func append(_ byte: UInt8) { scratch.append(byte) }

    mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) { scratch.append(contentsOf: bytes) }

    func bytes(from mark: Int) -> ArraySlice<UInt8> { scratch[mark...] }

    /// Takes the text since the mark as the metric's name.
    mutating func setMetricName(from mark: Int) {
        let value = mark..<scratch.count
        scratch.append(contentsOf: Self.metricName)
        entries.append(Entry(name: value.upperBound..<scratch.count, value: value))
    }

    var metricName: ArraySlice<UInt8>? {
        entries.first { scratch[$0.name].elementsEqual(Self.metricName) }.map { scratch[$0.value] }
    }

    /// Takes the text from `mark` to `valueStart` as a label's name and the rest as its value.
    ///
    /// - Returns: False where the label is there already.
    mutating func addLabel(from mark: Int, valueStart: Int) -> Bool {
        let name = mark..<valueStart
        for entry in entries where scratch[entry.name] == scratch[name] { return false }
        canonicaliseBound(name: name, valueStart: valueStart)
        entries.append(Entry(name: name, value: valueStart..<scratch.count))
        return true
    }

    /// Rewrites `le` and `quantile` so that equal numbers are equal labels.
    private mutating func canonicaliseBound(name: Range<Int>, valueStart: Int) {
        let isBound =
            scratch[name].elementsEqual("le".utf8)
            && (metricName?.suffix(7).elementsEqual(Self.bucketSuffix) ?? false)
        guard isBound || scratch[name].elementsEqual("quantile".utf8),
            let number = DecimalNumber.parse(Array(scratch[valueStart...]))
        else { return }
        scratch.removeSubrange(valueStart...)
        scratch.append(contentsOf: DecimalNumber.canonical(number).utf8)
    }

    // MARK: The whole set

    /// The labels of the line and of the target.
    ///
    /// - Parameter metricName: Replaces the collected name; for series that are not stored.
    mutating func labelSet(metricName: ArraySlice<UInt8>? = nil) -> LabelSet {
        entries.removeAll { $0.value.isEmpty }
        renameConflicts()
        let own = entries.count
        for label in targetLabels {
            let start = scratch.count
            scratch.append(contentsOf: label.name)
            let middle = scratch.count
            scratch.append(contentsOf: label.value)
            entries.append(Entry(name: start..<middle, value: middle..<scratch.count))
        }
        defer { entries.removeSubrange(own...) }
        if let metricName { replaceMetricName(metricName) }
        return LabelSet(canonicalBytes: canonicalBytes(sorted(entries)))
    }

    /// Number of labels with a value, the target's included.
    var count: Int {
        entries.reduce(targetLabels.count) { $0 + ($1.value.isEmpty ? 0 : 1) }
    }

    private mutating func replaceMetricName(_ name: ArraySlice<UInt8>) {
        guard
            let index = entries.firstIndex(where: {
                scratch[$0.name].elementsEqual(Self.metricName)
            })
        else { return }
        let start = scratch.count
        scratch.append(contentsOf: name)
        entries[index].value = start..<scratch.count
    }

    /// A scraped label that the target has too becomes `exported_<name>`, as often as it needs.
    private mutating func renameConflicts() {
        for index in entries.indices {
            while targetLabels.contains(where: {
                scratch[entries[index].name].elementsEqual($0.name)
            }) {
                rename(index)
                while entries.indices.contains(where: {
                    $0 != index && scratch[entries[$0].name] == scratch[entries[index].name]
                }) { rename(index) }
            }
        }
    }

    private mutating func rename(_ index: Int) {
        let start = scratch.count
        scratch.append(contentsOf: Self.exportedPrefix)
        scratch.append(contentsOf: scratch[entries[index].name])
        entries[index].name = start..<scratch.count
    }

    private func sorted(_ entries: [Entry]) -> [Entry] {
        var sorted = entries
        for i in sorted.indices.dropFirst() {
            var j = i
            while j > 0, precedes(sorted[j].name, sorted[j - 1].name) {
                sorted.swapAt(j, j - 1)
                j -= 1
            }
        }
        return sorted
    }

    private func precedes(_ a: Range<Int>, _ b: Range<Int>) -> Bool {
        scratch.withUnsafeBufferPointer { bytes in
            let count = min(a.count, b.count)
            for k in 0..<count {
                let x = bytes[a.lowerBound + k], y = bytes[b.lowerBound + k]
                if x != y { return x < y }
            }
            return a.count < b.count
        }
    }

    private func canonicalBytes(_ entries: [Entry]) -> [UInt8] {
        let size = entries.reduce(0) { $0 + $1.name.count + $1.value.count + 2 }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size)
        for entry in entries {
            bytes.append(contentsOf: scratch[entry.name])
            bytes.append(LabelSet.separator)
            bytes.append(contentsOf: scratch[entry.value])
            bytes.append(LabelSet.separator)
        }
        return bytes
    }
}
