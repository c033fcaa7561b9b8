import TimeSeries

/// `info`: adds the labels of info series, such as `target_info`, to the series of their target.
extension Evaluator {
    /// What tells targets apart, on the series as on the info series.
    private static var identifyingLabels: [String] { ["instance", "job"] }

    func info(_ call: FunctionCall, on grid: StepGrid) throws(QueryError) -> Frame {
        let base = try vector(call.arguments[0], on: grid)
        let selector = call.infoSelector
        let dataMatchers = selector.matchers.filter { $0.name != LabelSet.metricNameLabel }
        let nameMatchers = call.infoNames
        // When its newest sample was taken says which of two versions of an info series counts.
        let times = try newest(selector, on: grid, wantsTimes: true)
        let candidates = Dictionary(grouping: times.labels.indices) { row in
            Self.identifyingLabels.map { times.labels[row][$0] ?? "" }
        }
        var result = Frame(stepCount: grid.count)
        for row in 0..<base.rowCount {
            let labels = base.labels[row]
            let isInfo =
                labels.metricName.map { name in nameMatchers.contains { $0.matches(name) } }
                ?? false
            let identity = Self.identifyingLabels.map { labels[$0] ?? "" }
            let rows = isInfo || identity == ["", ""] ? [] : candidates[identity] ?? []
            if isInfo || (rows.isEmpty && dataMatchers.allSatisfy(\.matchesEmpty)) {
                result.append(labels, base.values[base.cells(row)])
                continue
            }
            try enrich(base, row, with: rows, of: times, dataMatchers, to: &result)
        }
        try result.joinDuplicates(.merge)
        return result
    }

    /// One row for each set of labels that the series has at one step or more.
    private func enrich(
        _ base: Frame, _ row: Int, with rows: [Int], of times: Frame,
        _ dataMatchers: [LabelMatcher], to result: inout Frame
    ) throws(QueryError) {
        let isOptional = dataMatchers.allSatisfy(\.matchesEmpty)
        var known: [[Int]: LabelSet?] = [:]
        var cells: [LabelSet: [Double]] = [:]
        for (step, cell) in base.cells(row).enumerated() where !base.values[cell].isAbsent {
            let chosen = try newest(of: rows, in: times, at: step)
            let labels: LabelSet?
            if let before = known[chosen] {
                labels = before
            } else {
                let added = try Self.data(of: chosen.map { times.labels[$0] }, dataMatchers)
                    .filter { base.labels[row][$0.key] == nil }
                labels =
                    added.isEmpty && !isOptional
                    ? nil
                    : added.reduce(base.labels[row]) { $0.setting($1.key, to: $1.value) }
                known[chosen] = .some(labels)
            }
            guard let labels else { continue }
            cells[labels, default: Array(repeating: .absent, count: base.stepCount)][step] =
                base.values[cell]
        }
        for (labels, values) in cells.sorted(by: { $0.key < $1.key }) {
            result.append(labels, values[...])
        }
    }

    /// Of each name, the row whose newest sample is the newest.
    private func newest(
        of rows: [Int], in times: Frame, at step: Int
    ) throws(QueryError) -> [Int] {
        var best: [String: Int] = [:]
        for row in rows {
            let time = times.values[times.cells(row)][times.cells(row).lowerBound + step]
            if time.isAbsent { continue }
            let name = times.labels[row].metricName ?? ""
            guard let other = best[name] else {
                best[name] = row
                continue
            }
            let otherTime = times.values[times.cells(other).lowerBound + step]
            if time == otherTime {
                throw QueryError(
                    .execution,
                    "found duplicate series for info metric: existing \(times.labels[other]), "
                        + "new \(times.labels[row])")
            }
            if time > otherTime { best[name] = row }
        }
        return best.values.sorted()
    }

    /// What info series say beside their name and their identity; only what is asked for, where
    /// something is.
    private static func data(
        of series: [LabelSet], _ matchers: [LabelMatcher]
    ) throws(QueryError) -> [String: String] {
        let wanted = Set(matchers.map(\.name))
        var data: [String: String] = [:]
        for labels in series {
            for (name, value) in labels.pairs
            where name != LabelSet.metricNameLabel && (wanted.isEmpty || wanted.contains(name)) {
                if let other = data[name], other != value {
                    throw QueryError(.execution, "conflicting label: \(name)")
                }
                data[name] = value
            }
        }
        return data
    }
}

extension FunctionCall {
    private static let targetInfo = LabelMatcher(metricName: "target_info")

    /// The second argument of `info`; nil where it has none.
    private var infoMatchers: [LabelMatcher]? {
        guard arguments.count > 1, case .selector(let selector) = arguments[1] else { return nil }
        return selector.matchers
    }

    /// By their names: series that `info` leaves as they are, being info series themselves.
    fileprivate var infoNames: [LabelMatcher] {
        (infoMatchers ?? [Self.targetInfo]).filter { $0.name == LabelSet.metricNameLabel }
    }

    /// Which info series `info` reads: at the times of the first selector of its argument.
    var infoSelector: Selector {
        var matchers = infoMatchers ?? []
        if !matchers.contains(where: { $0.name == LabelSet.metricNameLabel }) {
            matchers.insert(Self.targetInfo, at: 0)
        }
        var shift: TimeShift?
        arguments[0].forEachSelector { if shift == nil { shift = $0.shift } }
        return Selector(matchers: matchers, shift: shift ?? TimeShift(), position: position)
    }
}

extension Frame {
    fileprivate mutating func append(_ row: LabelSet, _ cells: ArraySlice<Double>) {
        labels.append(row)
        values.append(contentsOf: cells)
    }
}
