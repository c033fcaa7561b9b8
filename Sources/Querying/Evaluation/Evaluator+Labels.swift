import TimeSeries

/// Functions that change, order or read labels; once a row, not once a step.
extension Evaluator {
    func labelReplace(_ call: FunctionCall, on grid: StepGrid) throws(QueryError) -> Frame {
        var frame = try vector(call.arguments[0], on: grid)
        let destination = try string(call.arguments[1])
        let replacement = try string(call.arguments[2])
        let origin = try string(call.arguments[3])
        let text = try string(call.arguments[4])
        try checkName(destination, call, "destination label")
        let pattern: Pattern
        do {
            pattern = try Pattern(text)
        } catch {
            throw QueryError(
                .execution,
                "invalid regular expression in label_replace(): \(text): "
                    + error.message, at: call.position.value)
        }
        for row in frame.labels.indices {
            let labels = frame.labels[row]
            let value = labels[origin] ?? ""
            if let expanded = pattern.expand(replacement, matching: value) {
                frame.labels[row] = labels.setting(destination, to: expanded)
            }
        }
        try frame.joinDuplicates(.merge)
        return frame
    }

    func labelJoin(_ call: FunctionCall, on grid: StepGrid) throws(QueryError) -> Frame {
        var frame = try vector(call.arguments[0], on: grid)
        let destination = try string(call.arguments[1])
        let separator = try string(call.arguments[2])
        var origins: [String] = []
        for argument in call.arguments.dropFirst(3) { origins.append(try string(argument)) }
        try checkName(destination, call, "destination label")
        for origin in origins { try checkName(origin, call, "source label") }
        for row in frame.labels.indices {
            let labels = frame.labels[row]
            let value = origins.map { labels[$0] ?? "" }.joined(separator: separator)
            frame.labels[row] = labels.setting(destination, to: value)
        }
        try frame.joinDuplicates(.merge)
        return frame
    }

    private func checkName(
        _ name: String, _ call: FunctionCall, _ role: String
    ) throws(QueryError) {
        guard !name.isEmpty else {
            throw QueryError(
                .execution, "invalid \(role) name in \(call.function.name)(): \(name)",
                at: call.position.value)
        }
    }

    /// Orders the elements of an instant; a range has no order.
    func sorted(_ call: FunctionCall, on grid: StepGrid) throws(QueryError) -> Frame {
        let frame = try ordered(grid.count == 1) { () throws(QueryError) in
            try vector(call.arguments[0], on: grid)
        }
        var names: [String] = []
        for argument in call.arguments.dropFirst() { names.append(try string(argument)) }
        guard grid.count == 1 else { return frame }
        let isDescending = call.function.name.hasSuffix("_desc")
        let rows = Array(0..<frame.rowCount)
        if call.function.name.hasPrefix("sort_by_label") {
            let keys = frame.labels.map { labels in names.map { labels[$0] ?? "" } }
            return frame.selecting(
                rows.sorted {
                    Self.precedes(
                        $0, $1, keys: keys, labels: frame.labels, isDescending: isDescending)
                })
        }
        return frame.selecting(
            orderedAsInsertionSort(rows) { a, b in
                let (x, y) = (frame.values[a], frame.values[b])
                return y.isNaN || (isDescending ? x > y : x < y)
            })
    }

    private static func precedes(
        _ a: Int, _ b: Int, keys: [[String]], labels: [LabelSet], isDescending: Bool
    ) -> Bool {
        for (x, y) in zip(keys[a], keys[b]) {
            let order = naturalOrder(Array(x.utf8), Array(y.utf8))
            if order != 0 { return isDescending ? order > 0 : order < 0 }
        }
        return isDescending ? labels[b] < labels[a] : labels[a] < labels[b]
    }

    /// Negative where the first comes first; runs of digits compare as numbers.
    static func naturalOrder(_ a: [UInt8], _ b: [UInt8]) -> Int {
        func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
        var i = 0
        var j = 0
        while i < a.count, j < b.count {
            if isDigit(a[i]), isDigit(b[j]) {
                let x = a[i...].prefix(while: isDigit)
                let y = b[j...].prefix(while: isDigit)
                let m = x.drop { $0 == 48 }
                let n = y.drop { $0 == 48 }
                if m.count != n.count { return m.count - n.count }
                if !m.elementsEqual(n) { return m.lexicographicallyPrecedes(n) ? -1 : 1 }
                i = x.endIndex
                j = y.endIndex
            } else {
                if a[i] != b[j] { return Int(a[i]) - Int(b[j]) }
                i += 1
                j += 1
            }
        }
        return (a.count - i) - (b.count - j)
    }
}
