import TimeSeries

extension Evaluator {
    func evaluate(_ node: Aggregation, on grid: StepGrid) throws(QueryError) -> Frame {
        let frame = try ordered(node.aggregator.needsOrder) { () throws(QueryError) in
            try vector(node.expression, on: grid)
        }
        var groups = Groups(of: frame, by: node.grouping)
        if needsOrder, !node.aggregator.needsOrder { groups.order(by: frame.labels) }
        try charge(rows: groups.labels.count, steps: grid.count)
        switch node.aggregator {
        case .sum: return groups.sums(frame)
        case .avg: return groups.means(frame)
        case .min: return groups.extremes(frame, isMaximum: false)
        case .max: return groups.extremes(frame, isMaximum: true)
        case .count: return groups.counts(frame)
        case .group: return groups.presence(frame)
        case .stddev: return groups.variances(frame, isDeviation: true)
        case .stdvar: return groups.variances(frame, isDeviation: false)
        default: return try parameterised(node, frame, groups, grid)
        }
    }

    private func parameterised(
        _ node: Aggregation, _ frame: Frame, _ groups: Groups, _ grid: StepGrid
    ) throws(QueryError) -> Frame {
        guard let parameter = node.parameter else {
            throw QueryError(.execution, "\(node.aggregator.rawValue) needs a parameter")
        }
        if node.aggregator == .countValues {
            let label = try string(parameter)
            guard !label.isEmpty else {
                throw QueryError(
                    .execution, "invalid label name \(quoted(label))", at: node.position.value)
            }
            let isKept = !node.grouping.takesAway(label)
            return try countValues(
                isKept ? label : nil, frame,
                Groups(of: frame, by: node.grouping.without(label)))
        }
        let parameters = try scalar(parameter, on: grid)
        switch node.aggregator {
        case .quantile:
            noteUnlessQuantiles(parameters)
            return groups.quantiles(frame, parameters)
        case .limitRatio:
            if parameters.contains(where: \.isNaN) { throw Self.parameterIsNaN(node) }
            return LimitRatio(ratios: parameters).selecting(from: frame)
        default:
            let counts = try elementCounts(parameters, node)
            return Ranking(aggregator: node.aggregator, counts: counts)
                .selecting(from: frame, groups)
        }
    }

    private static func parameterIsNaN(_ node: Aggregation) -> QueryError {
        QueryError(.execution, "Parameter value is NaN", at: node.position.value)
    }

    /// The k of each step.
    private func elementCounts(
        _ parameters: [Double], _ node: Aggregation
    ) throws(QueryError) -> [Int] {
        var counts: [Int] = []
        counts.reserveCapacity(parameters.count)
        for parameter in parameters {
            if parameter.isNaN { throw Self.parameterIsNaN(node) }
            guard abs(parameter) < 9.2e18 else {
                throw QueryError(
                    .execution,
                    "Scalar value \(formattedSample(parameter)) "
                        + "\(parameter < 0 ? "underflows" : "overflows") int64",
                    at: node.position.value)
            }
            counts.append(max(0, Int(parameter)))
        }
        return counts
    }

    /// How often each value occurs: one row a group and value, with the value in a label; only one
    /// a group where the grouping takes that label away again.
    private func countValues(
        _ label: String?, _ frame: Frame, _ groups: Groups
    ) throws(QueryError) -> Frame {
        var rows: [CountedValue: Int] = [:]
        var result = Frame(stepCount: frame.stepCount)
        for row in 0..<frame.rowCount {
            for step in 0..<frame.stepCount {
                let value = frame.values[row * frame.stepCount + step]
                if value.isAbsent { continue }
                let bits = value.isNaN ? Double.nan.bitPattern : value.bitPattern
                let key = CountedValue(
                    group: groups.ofRow[row], bits: label == nil ? 0 : bits)
                let target = rows[key] ?? result.rowCount
                if target == result.rowCount {
                    try charge(frame.stepCount)
                    rows[key] = target
                    let labels = groups.labels[key.group]
                    result.labels.append(
                        label.map { labels.setting($0, to: formatted(value)) } ?? labels)
                    result.values += Array(repeating: .absent, count: frame.stepCount)
                }
                let cell = target * frame.stepCount + step
                result.values[cell] = result.values[cell].isAbsent ? 1 : result.values[cell] + 1
            }
        }
        return result
    }
}

extension Grouping {
    /// As this, but blind to one more label.
    fileprivate func without(_ label: String) -> Grouping {
        switch self {
        case .by(let names): .by(names.filter { !$0.utf8.elementsEqual(label.utf8) })
        case .without(let names): .without(names + [label])
        }
    }

    /// Whether no result has the label, even where it was set just before.
    fileprivate func takesAway(_ label: String) -> Bool {
        guard case .without(let names) = self else { return false }
        return label == LabelSet.metricNameLabel
            || names.contains { $0.utf8.elementsEqual(label.utf8) }
    }
}

private struct CountedValue: Hashable {
    var group: Int
    var bits: UInt64
}

extension Aggregator {
    /// Whether which elements come first decides about the result.
    fileprivate var needsOrder: Bool {
        switch self {
        case .topk, .bottomk, .limitk, .countValues: true
        default: false
        }
    }
}

/// The groups of an aggregation: labels are looked at once a row, not once a step.
struct Groups {
    /// The group of each row.
    private(set) var ofRow: [Int]
    /// The labels of each group.
    private(set) var labels: [LabelSet]

    init(of frame: Frame, by grouping: Grouping) {
        if grouping == .by([]) {
            ofRow = Array(repeating: 0, count: frame.rowCount)
            labels = frame.rowCount == 0 ? [] : [LabelSet()]
            return
        }
        let projection = LabelProjection(grouping)
        let rows = frame.labels
        // Each part numbers its groups by itself; then every part's are numbered for all.
        let parts = inParts(of: rows.count, size: 8192) { part in
            var index = LabelIndex()
            var scratch: [UInt8] = []
            let ofRow = rows[part].map { labels in
                projection.write(labels, to: &scratch)
                return index.insert(bytes: scratch)
            }
            return (ofRow: ofRow, keys: index.keys)
        }
        guard parts.count > 1 else {
            ofRow = parts.first?.ofRow ?? []
            labels = parts.first?.keys ?? []
            return
        }
        var index = LabelIndex()
        ofRow = parts.flatMap { part in
            let numbers = part.keys.map { index.insert($0) }
            return part.ofRow.map { numbers[$0] }
        }
        labels = index.keys
    }

    /// Numbers the groups by the first of their members in the order of labels.
    mutating func order(by members: [LabelSet]) {
        guard labels.count > 1 else { return }
        var first = [LabelSet?](repeating: nil, count: labels.count)
        for (row, group) in ofRow.enumerated() {
            if let least = first[group], least < members[row] { continue }
            first[group] = members[row]
        }
        let order = labels.indices.sorted { a, b in
            guard let x = first[a], let y = first[b] else { return a < b }
            return x < y
        }
        var places = [Int](repeating: 0, count: labels.count)
        for (place, group) in order.enumerated() { places[group] = place }
        labels = order.map { labels[$0] }
        for row in ofRow.indices { ofRow[row] = places[ofRow[row]] }
    }

    /// The rows of each group.
    var rows: [[Int]] {
        var rows = Array(repeating: [Int](), count: labels.count)
        for (row, group) in ofRow.enumerated() { rows[group].append(row) }
        return rows
    }
}
