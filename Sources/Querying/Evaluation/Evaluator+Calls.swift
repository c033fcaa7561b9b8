import TimeSeries

extension Evaluator {
    func evaluate(_ call: FunctionCall, on grid: StepGrid) throws(QueryError) -> Evaluated {
        let name = call.function.name
        if let function = RangeFunction(rawValue: name) {
            return .vector(try evaluate(function, of: call.arguments[0], on: grid))
        }
        if let function = valueFunction(named: name) {
            return .vector(try mapped(call.arguments[0], on: grid, function))
        }
        if let function = calendarFunction(named: name) {
            return .vector(try calendar(function, call, on: grid))
        }
        switch name {
        case "time": return .scalar(times(grid))
        case "pi", "start", "end", "range", "step":
            let value = constant(named: name)
            return .scalar(Array(repeating: value, count: grid.count))
        case "max_of", "min_of": return .scalar(try extreme(call, on: grid))
        case "scalar": return .scalar(try onlyElement(call.arguments[0], on: grid))
        case "vector":
            let values = try scalar(call.arguments[0], on: grid)
            return .vector(Frame(labels: [LabelSet()], values: values, stepCount: grid.count))
        case "timestamp": return .vector(try timestamp(call.arguments[0], on: grid))
        case "absent", "absent_over_time": return .vector(try absent(call, on: grid))
        case "clamp", "clamp_min", "clamp_max": return .vector(try clamped(call, on: grid))
        case "round": return .vector(try rounded(call, on: grid))
        case "predict_linear", "quantile_over_time", "holt_winters",
            "double_exponential_smoothing":
            return .vector(try parameterisedRange(call, on: grid))
        case "sort", "sort_desc", "sort_by_label", "sort_by_label_desc":
            return .vector(try sorted(call, on: grid))
        case "label_replace": return .vector(try labelReplace(call, on: grid))
        case "label_join": return .vector(try labelJoin(call, on: grid))
        case "histogram_quantile", "histogram_fraction":
            return .vector(try histogram(call, on: grid))
        case "histogram_quantiles": return .vector(try histogramQuantiles(call, on: grid))
        case Function.info: return .vector(try info(call, on: grid))
        default:
            // Functions of native histograms pass over float samples, and there are no others.
            _ = try vector(call.arguments[0], on: grid)
            return .vector(Frame(stepCount: grid.count))
        }
    }

    // MARK: Values

    /// Times and durations in seconds.
    private func constant(named name: String) -> Double {
        switch name {
        case "start": Double(queryTimes.start) / 1000
        case "end": Double(queryTimes.end) / 1000
        case "range": Double(queryTimes.end - queryTimes.start) / 1000
        case "step": Double(queryTimes.step) / 1000
        default: .pi
        }
    }

    private func extreme(_ call: FunctionCall, on grid: StepGrid) throws(QueryError) -> [Double] {
        let first = try scalar(call.arguments[0], on: grid)
        let second = try scalar(call.arguments[1], on: grid)
        let choose = call.function.name == "max_of" ? larger : smaller
        return zip(first, second).map { choose($0, $1) }
    }

    private func times(_ grid: StepGrid) -> [Double] {
        (0..<grid.count).map { Double(grid.time($0)) / 1000 }
    }

    private func mapped(
        _ argument: Node, on grid: StepGrid, _ function: (Double) -> Double
    ) throws(QueryError) -> Frame {
        var frame = try vector(argument, on: grid)
        frame.map(function)
        try frame.dropNames(.merge)
        return frame
    }

    private func calendar(
        _ function: (Double) -> Double, _ call: FunctionCall, on grid: StepGrid
    ) throws(QueryError) -> Frame {
        if let argument = call.arguments.first { return try mapped(argument, on: grid, function) }
        return Frame(
            labels: [LabelSet()], values: times(grid).map(function), stepCount: grid.count)
    }

    private func timestamp(_ argument: Node, on grid: StepGrid) throws(QueryError) -> Frame {
        var frame: Frame
        if case .selector(var selector) = argument.unwrapped {
            // Prometheus passes over the offset of a selector with @ here, and only here.
            if selector.shift.at != nil { selector.shift.offset = nil }
            frame = try newest(selector, on: grid, wantsTimes: true)
        } else {
            frame = try vector(argument, on: grid)
            frame.mapSteps { step, _ in Double(grid.time(step)) / 1000 }
        }
        try frame.dropNames(.merge)
        return frame
    }

    private func clamped(_ call: FunctionCall, on grid: StepGrid) throws(QueryError) -> Frame {
        var frame = try vector(call.arguments[0], on: grid)
        let first = try scalar(call.arguments[1], on: grid)
        switch call.function.name {
        case "clamp_min": frame.mapSteps { larger(first[$0], $1) }
        case "clamp_max": frame.mapSteps { smaller(first[$0], $1) }
        default:
            let maxima = try scalar(call.arguments[2], on: grid)
            frame.mapSteps { step, value in
                maxima[step] < first[step]
                    ? .absent : larger(first[step], smaller(maxima[step], value))
            }
        }
        try frame.dropNames(.merge)
        return frame
    }

    /// Ties round up.
    private func rounded(_ call: FunctionCall, on grid: StepGrid) throws(QueryError) -> Frame {
        var frame = try vector(call.arguments[0], on: grid)
        let units =
            call.arguments.count > 1
            ? try scalar(call.arguments[1], on: grid) : Array(repeating: 1, count: grid.count)
        frame.mapSteps { step, value in
            // The inverse loses less: 0.1 is no binary fraction, 10 is.
            let inverse = 1 / units[step]
            return (value * inverse + 0.5).rounded(.down) / inverse
        }
        try frame.dropNames(.merge)
        return frame
    }

    /// The value of the only element, NaN where there are none or several.
    private func onlyElement(_ argument: Node, on grid: StepGrid) throws(QueryError) -> [Double] {
        let frame = try vector(argument, on: grid)
        var values = Array(repeating: Double.nan, count: grid.count)
        for (step, count) in frame.elementCounts().enumerated() where count == 1 {
            for row in 0..<frame.rowCount {
                let value = frame.values[row * grid.count + step]
                if !value.isAbsent { values[step] = value }
            }
        }
        return values
    }

    /// 1 at the steps without elements, labelled by what the selector demands.
    private func absent(_ call: FunctionCall, on grid: StepGrid) throws(QueryError) -> Frame {
        let argument = call.arguments[0].unwrapped
        let frame =
            call.function.name == "absent"
            ? try vector(argument, on: grid) : try evaluate(.present, of: argument, on: grid)
        let values = frame.elementCounts().map { $0 == 0 ? 1 : Double.absent }
        return Frame(labels: [argument.demandedLabels], values: values, stepCount: grid.count)
    }

    // MARK: Ranges

    private func evaluate(
        _ function: RangeFunction, of argument: Node, on grid: StepGrid
    ) throws(QueryError) -> Frame {
        if let rolled = try rolledUp(function, of: argument, on: grid) { return rolled }
        let frame = try overWindows(argument, on: grid, keepsName: function.keepsName) {
            series, windows, cells in
            function.append(
                series.timestamps.span, series.values.span, windows, to: &cells)
        }
        if frame.rowCount > 0 { noteUnlessCounter(function, of: argument) }
        return frame
    }

    /// One row a series, whose cells the body appends.
    private func overWindows(
        _ argument: Node, on grid: StepGrid, keepsName: Bool,
        _ body: @Sendable (Series, Windows, inout [Double]) -> Void
    ) throws(QueryError) -> Frame {
        let windows = try self.windows(argument, on: grid)
        var frame = try rows(of: windows.series, on: grid) { series, cells in
            body(series, windows, &cells)
        }
        if !keepsName { try frame.dropNames(.refuse) }
        return frame
    }

    private func parameterisedRange(
        _ call: FunctionCall, on grid: StepGrid
    ) throws(QueryError) -> Frame {
        switch call.function.name {
        case "quantile_over_time":
            let parameters = try scalar(call.arguments[0], on: grid)
            noteUnlessQuantiles(parameters)
            return try overWindows(call.arguments[1], on: grid, keepsName: false) {
                series, windows, cells in
                appendQuantiles(parameters, series, windows, to: &cells)
            }
        case "predict_linear":
            let ahead = try scalar(call.arguments[1], on: grid)
            return try overWindows(call.arguments[0], on: grid, keepsName: false) {
                series, windows, cells in
                appendPredictions(ahead, grid, series, windows, to: &cells)
            }
        default:
            let smoothing = try factors(call.arguments[1], "smoothing", on: grid)
            let trend = try factors(call.arguments[2], "trend", on: grid)
            return try overWindows(call.arguments[0], on: grid, keepsName: false) {
                series, windows, cells in
                let values = series.values.span
                slide(over: series.timestamps.span, windows, to: &cells) { bounds in
                    smoothed(
                        values, bounds, smoothing: smoothing[bounds.step],
                        trend: trend[bounds.step])
                }
            }
        }
    }

    private func factors(
        _ node: Node, _ kind: String, on grid: StepGrid
    ) throws(QueryError) -> [Double] {
        let factors = try scalar(node, on: grid)
        for factor in factors where factor <= 0 || factor >= 1 {
            throw QueryError(
                .execution,
                "invalid \(kind) factor. Expected: 0 < \(kind.prefix(1))f < 1, got: "
                    + formatted(factor))
        }
        return factors
    }
}

private func appendQuantiles(
    _ parameters: [Double], _ series: Series, _ windows: Windows, to cells: inout [Double]
) {
    let values = series.values
    var window: [Double] = []
    slide(over: series.timestamps.span, windows, to: &cells) { bounds in
        window.removeAll(keepingCapacity: true)
        window.append(contentsOf: values[bounds.first..<bounds.end])
        return quantile(parameters[bounds.step], of: &window)
    }
}

/// The line through each window, continued from the step's own time.
private func appendPredictions(
    _ ahead: [Double], _ grid: StepGrid, _ series: Series, _ windows: Windows,
    to cells: inout [Double]
) {
    let timestamps = series.timestamps.span
    let values = series.values.span
    slide(over: timestamps, windows, to: &cells) { bounds in
        guard bounds.count >= 2 else { return .absent }
        let line = linearRegression(
            timestamps, values, bounds, origin: grid.time(bounds.step))
        return line.slope * ahead[bounds.step] + line.intercept
    }
}

extension Node {
    /// The labels that a selector's `=` matchers give, except names that are demanded twice.
    fileprivate var demandedLabels: LabelSet {
        let matchers: [LabelMatcher]
        switch self {
        case .selector(let selector), .range(let selector, _): matchers = selector.matchers
        default: return LabelSet()
        }
        var names: Set<String> = [LabelSet.metricNameLabel]
        var labels: [(name: String, value: String)] = []
        for matcher in matchers where matcher.name != LabelSet.metricNameLabel {
            if matcher.operation == .equal, names.insert(matcher.name).inserted {
                labels.append((matcher.name, matcher.value))
            } else {
                labels.append((matcher.name, ""))
            }
        }
        return LabelSet(labels)
    }
}
