import TimeSeries

/// Arithmetic or comparison of two vectors whose elements are paired by labels.
///
/// Labels are matched once a row. Rows of the "one" side that share a match group are allowed as
/// long as no step has elements of two of them.
struct JoinOperation {
    private let node: BinaryOperation
    private let matching: VectorMatching
    /// The side that may have several elements a match group; in one-to-one, the left.
    private let many: Frame
    private let one: Frame
    private let isSwapped: Bool
    private let projection: LabelProjection
    /// Rows of the "one" side by match group.
    private var groups = LabelIndex()
    private var oneRows: [[Int]] = []

    init(
        _ node: BinaryOperation, _ matching: VectorMatching, _ left: Frame, _ right: Frame
    ) {
        self.node = node
        self.matching = matching
        isSwapped = matching.cardinality == .oneToMany
        many = isSwapped ? right : left
        one = isSwapped ? left : right
        projection = LabelProjection(matching)
        var scratch: [UInt8] = []
        for row in 0..<one.rowCount where one.isOccupied(row) {
            projection.write(one.labels[row], to: &scratch)
            let group = groups.insert(bytes: scratch)
            if group == oneRows.count { oneRows.append([row]) } else { oneRows[group].append(row) }
        }
    }

    /// - Parameter charge: Told how many cells will be computed; throws where they are too many.
    func result(charge: (_ cellCount: Int) throws(QueryError) -> Void) throws(QueryError) -> Frame {
        try checkOneSide()
        let manyGroups = groupsOfManySide()
        for case let group? in manyGroups { try charge(oneRows[group].count * many.stepCount) }
        var rowCounts = Array(repeating: 0, count: oneRows.count)
        for case let group? in manyGroups { rowCounts[group] += 1 }
        var output = Frame(stepCount: many.stepCount)
        // Per group and step, which row of the many side was used.
        var taken: [Int: [Int]] = [:]
        for (row, group) in manyGroups.enumerated() {
            guard let group else { continue }
            for oneRow in oneRows[group] {
                if matching.cardinality == .oneToOne, rowCounts[group] > 1 {
                    try take(row, oneRow, group: group, in: &taken)
                }
                let cells = combined(row, oneRow)
                guard cells.contains(where: { !$0.isAbsent }) else { continue }
                output.labels.append(resultLabels(row, oneRow))
                output.values.append(contentsOf: cells)
            }
        }
        if matching.isFilling {
            try charge(many.values.count + one.values.count)
            fill(&output, manyGroups)
        }
        return try joined(output)
    }

    /// The match group of each row, nil where the other side has none.
    private func groupsOfManySide() -> [Int?] {
        var scratch: [UInt8] = []
        return many.labels.map { labels in
            projection.write(labels, to: &scratch)
            return groups.index(ofBytes: scratch)
        }
    }

    /// Several elements of one match group at one step, while the other side has any element.
    private func checkOneSide() throws(QueryError) {
        guard oneRows.contains(where: { $0.count > 1 }) else { return }
        let manyCounts = many.elementCounts()
        for (group, rows) in oneRows.enumerated() where rows.count > 1 {
            for step in 0..<one.stepCount where manyCounts[step] > 0 {
                let present = rows.filter { !one.values[$0 * one.stepCount + step].isAbsent }
                if present.count > 1 { throw duplicates(group, present) }
            }
        }
    }

    private func duplicates(_ group: Int, _ rows: [Int]) -> QueryError {
        let side = isSwapped ? "left" : "right"
        return QueryError(
            .execution,
            "found duplicate series for the match group \(groups.keys[group].braced) on the \(side) "
                + "hand-side of the operation: [\(one.labels[rows[1]].braced), "
                + "\(one.labels[rows[0]].braced)];many-to-many matching not allowed: "
                + "matching labels must be unique on one side",
            at: node.position.value)
    }

    private func combined(_ manyRow: Int, _ oneRow: Int) -> [Double] {
        let count = many.stepCount
        return (0..<count).map { step in
            combined(many.values[manyRow * count + step], one.values[oneRow * count + step])
        }
    }

    /// Absent where either is.
    private func combined(_ a: Double, _ b: Double) -> Double {
        if a.isAbsent || b.isAbsent { return .absent }
        let filters = node.operation.isComparison && !node.returnsBool
        let (left, right) = isSwapped ? (b, a) : (a, b)
        let value = node.operation.apply(left, right)
        return filters ? (value == 0 ? .absent : left) : value
    }

    /// Adds the elements that one side alone has, beside what stands for the other's.
    private func fill(_ output: inout Frame, _ manyGroups: [Int?]) {
        let (forMany, forOne) =
            isSwapped
            ? (matching.rightFill, matching.leftFill) : (matching.leftFill, matching.rightFill)
        var manyRows = Array(repeating: [Int](), count: oneRows.count)
        for (row, group) in manyGroups.enumerated() {
            if let group { manyRows[group].append(row) }
        }
        func append(_ cells: [Double], _ labels: LabelSet) {
            guard cells.contains(where: { !$0.isAbsent }) else { return }
            output.labels.append(labels)
            output.values.append(contentsOf: cells)
        }
        if let forOne {
            for (row, group) in manyGroups.enumerated() {
                let others = group.map { oneRows[$0] } ?? []
                let cells = lonely(many, row, unless: one, others).map {
                    combined($0, forOne.value)
                }
                append(cells, resultLabels(row, nil))
            }
        }
        guard let forMany else { return }
        for (group, rows) in oneRows.enumerated() {
            for row in rows {
                let cells = lonely(one, row, unless: many, manyRows[group]).map {
                    combined(forMany.value, $0)
                }
                var labels = groups.keys[group]
                for name in matching.included {
                    labels = labels.setting(name, to: one.labels[row][name])
                }
                append(cells, labels)
            }
        }
    }

    /// The row's elements where none of the other side's rows has one.
    private func lonely(
        _ frame: Frame, _ row: Int, unless other: Frame, _ rows: [Int]
    ) -> [Double] {
        let count = frame.stepCount
        return (0..<count).map { step in
            rows.allSatisfy { other.values[$0 * count + step].isAbsent }
                ? frame.values[row * count + step] : .absent
        }
    }

    /// Marks the group as used by this row, which at each step only one row of a side may do,
    /// even one whose elements a comparison then filters.
    private func take(
        _ manyRow: Int, _ oneRow: Int, group: Int, in taken: inout [Int: [Int]]
    ) throws(QueryError) {
        let count = many.stepCount
        var users = taken.removeValue(forKey: group) ?? Array(repeating: -1, count: count)
        for step in 0..<count
        where !many.values[manyRow * count + step].isAbsent
            && !one.values[oneRow * count + step].isAbsent
        {
            guard users[step] < 0 || users[step] == manyRow else {
                throw QueryError(
                    .execution,
                    "multiple matches for labels: many-to-one matching must be "
                        + "explicit (group_left/group_right)", at: node.position.value)
            }
            users[step] = manyRow
        }
        taken[group] = users
    }

    /// - Parameter oneRow: nil where the side has none, and no labels to copy.
    private func resultLabels(_ manyRow: Int, _ oneRow: Int?) -> LabelSet {
        var scratch: [UInt8] = []
        var labels = many.labels[manyRow]
        if matching.cardinality == .oneToOne {
            let kept: LabelProjection =
                matching.isOn ? .keeping(matching.labels) : .without(matching.labels)
            labels = kept.apply(to: labels, scratch: &scratch)
        }
        if node.dropsName {
            labels = LabelProjection.without([LabelSet.metricNameLabel])
                .apply(to: labels, scratch: &scratch)
        }
        guard let oneRow else { return labels }
        for name in matching.included {
            labels = labels.setting(name, to: one.labels[oneRow][name])
        }
        return labels
    }

    private func joined(_ output: Frame) throws(QueryError) -> Frame {
        var frame = output
        do {
            try frame.joinDuplicates(.merge)
        } catch {
            guard matching.cardinality != .oneToOne else { throw error }
            throw QueryError(
                .execution,
                "multiple matches for labels: grouping labels must ensure unique "
                    + "matches", at: node.position.value)
        }
        return frame
    }
}

extension LabelSet {
    /// As errors of Prometheus write it: `{__name__="up", service="x"}`.
    fileprivate var braced: String {
        "{"
            + pairs.map { "\(quotedLabelName($0.name))=\(quoted($0.value))" }.joined(
                separator: ", ")
            + "}"
    }
}
