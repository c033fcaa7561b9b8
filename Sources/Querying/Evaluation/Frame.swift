import TimeSeries

extension Double {
    /// Stands in a frame's cell for "no element at this step". It has the bits of the stale
    /// marker, a signalling NaN that no arithmetic produces.
    static let absent = Double(bitPattern: 0x7ff0_0000_0000_0002)

    @inline(__always)
    var isAbsent: Bool { bitPattern == 0x7ff0_0000_0000_0002 }
}

/// An instant vector at every step of a grid: one row a series, one column a step.
///
/// No two rows have equal labels. The order of rows is that of the vector's elements.
struct Frame {
    var labels: [LabelSet]
    /// Row after row, `stepCount` cells each; `Double.absent` where there is no element.
    var values: [Double]
    let stepCount: Int

    init(labels: [LabelSet] = [], values: [Double] = [], stepCount: Int) {
        self.labels = labels
        self.values = values
        self.stepCount = stepCount
    }

    /// All cells absent.
    init(labels: [LabelSet], stepCount: Int) {
        self.init(
            labels: labels,
            values: Array(repeating: .absent, count: labels.count * stepCount),
            stepCount: stepCount)
    }

    var rowCount: Int { labels.count }

    @inline(__always)
    func cells(_ row: Int) -> Range<Int> { row * stepCount..<(row + 1) * stepCount }

    /// Replaces each element's value.
    @inline(__always)
    mutating func map(_ transform: (Double) -> Double) {
        for index in values.indices where !values[index].isAbsent {
            values[index] = transform(values[index])
        }
    }

    /// Replaces each element's value, given the step it belongs to; may remove it.
    @inline(__always)
    mutating func mapSteps(_ transform: (Int, Double) -> Double) {
        for row in 0..<rowCount {
            for step in 0..<stepCount {
                let index = row * stepCount + step
                if !values[index].isAbsent { values[index] = transform(step, values[index]) }
            }
        }
    }

    /// The same single column at each of more steps.
    func broadcast(to count: Int) -> Frame {
        var wide: [Double] = []
        wide.reserveCapacity(values.count * count)
        for value in values { wide.append(contentsOf: repeatElement(value, count: count)) }
        return Frame(labels: labels, values: wide, stepCount: count)
    }

    /// Whether any element of a row is present.
    func isOccupied(_ row: Int) -> Bool {
        for index in cells(row) where !values[index].isAbsent { return true }
        return false
    }

    /// Number of elements at each step.
    func elementCounts() -> [Int] {
        var counts = Array(repeating: 0, count: stepCount)
        for row in 0..<rowCount {
            for step in 0..<stepCount where !values[row * stepCount + step].isAbsent {
                counts[step] += 1
            }
        }
        return counts
    }
}

// MARK: - Labels

extension Frame {
    static let duplicateMessage = "vector cannot contain metrics with the same labelset"

    /// How rows that became equal are treated.
    enum DuplicatePolicy {
        /// Two are joined where no step has an element of both.
        case merge
        /// Two are an error, whenever they have elements.
        case refuse
    }

    /// Removes the metric's name from every row.
    mutating func dropNames(_ policy: DuplicatePolicy) throws(QueryError) {
        guard
            let first = labels.first?.canonicalBytes.withUnsafeBufferPointer({
                Array(LabelBytes($0).value(of: LabelProjection.metricName))
            })
        else { return }
        let projection = LabelProjection.without([LabelSet.metricNameLabel])
        let named = labels
        let parts = inParts(of: named.count, size: 4096) { rows in
            var scratch: [UInt8] = []
            var isUniform = true
            let bare = named[rows].map { labels in
                isUniform =
                    isUniform
                    && labels.canonicalBytes.withUnsafeBufferPointer {
                        LabelBytes($0).value(of: LabelProjection.metricName).elementsEqual(first)
                    }
                return projection.apply(to: labels, scratch: &scratch)
            }
            return (bare: bare, isUniform: isUniform)
        }
        labels = parts.flatMap(\.bare)
        // Rows that differed and had one name still differ without it.
        if !parts.allSatisfy(\.isUniform) { try joinDuplicates(policy) }
    }

    /// Restores that no two rows have equal labels.
    mutating func joinDuplicates(_ policy: DuplicatePolicy) throws(QueryError) {
        var index = LabelIndex(capacity: rowCount)
        let targets = labels.map { index.insert($0) }
        guard index.count < rowCount else { return }
        var joined = Frame(labels: index.keys, stepCount: stepCount)
        var isTaken = Array(repeating: false, count: index.count)
        for (row, target) in targets.enumerated() where isOccupied(row) {
            if policy == .refuse, isTaken[target] {
                throw QueryError(.execution, Self.duplicateMessage)
            }
            isTaken[target] = true
            for step in 0..<stepCount {
                let value = values[row * stepCount + step]
                if value.isAbsent { continue }
                let cell = target * stepCount + step
                guard joined.values[cell].isAbsent else {
                    throw QueryError(.execution, Self.duplicateMessage)
                }
                joined.values[cell] = value
            }
        }
        self = joined
    }

    /// The rows in another order, or some of them.
    func selecting(_ rows: [Int]) -> Frame {
        var result = Frame(stepCount: stepCount)
        result.labels.reserveCapacity(rows.count)
        result.values.reserveCapacity(rows.count * stepCount)
        for row in rows {
            result.labels.append(labels[row])
            result.values.append(contentsOf: values[cells(row)])
        }
        return result
    }
}
