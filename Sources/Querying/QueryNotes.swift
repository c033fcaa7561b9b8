import TimeSeries

/// What is odd about an expression or its data although it has a value, in the words of
/// Prometheus's annotations. To be used by one evaluation at a time.
package final class QueryNotes {
    package private(set) var warnings: [String] = []
    package private(set) var infos: [String] = []
    /// As many as Prometheus tells at most, of each kind.
    private static let limit = 10

    package init() {}

    func warn(_ text: String) { Self.add("PromQL warning: " + text, to: &warnings) }

    func inform(_ text: String) { Self.add("PromQL info: " + text, to: &infos) }

    private static func add(_ text: String, to texts: inout [String]) {
        if texts.count < limit, !texts.contains(text) { texts.append(text) }
    }
}

extension Evaluator {
    private static var counterSuffixes: [String] { ["_total", "_sum", "_count", "_bucket"] }

    /// A rate of what is named like a gauge.
    func noteUnlessCounter(_ function: RangeFunction, of argument: Node) {
        guard let notes, function == .rate || function == .increase,
            case .range(let selector, _) = argument.unwrapped,
            let name = selector.matchers.first(where: {
                $0.name == LabelSet.metricNameLabel && $0.operation == .equal
            })?.value,
            !Self.counterSuffixes.contains(where: name.hasSuffix)
        else { return }
        let position = selector.position.value
        notes.inform(
            "metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "
                + "\(quoted(name)) (\(position.line):\(position.column))")
    }

    func noteUnlessQuantiles(_ parameters: [Double]) {
        guard let notes, let wrong = parameters.first(where: { !(0...1).contains($0) }) else {
            return
        }
        notes.warn("quantile value should be between 0 and 1, got \(formatted(wrong))")
    }

    func noteFallingBuckets(_ labels: LabelSet, of call: FunctionCall) {
        guard let notes else { return }
        let position = call.position.value
        notes.inform(
            "input to \(call.function.name) needed to be fixed for monotonicity (see "
                + "https://prometheus.io/docs/prometheus/latest/querying/functions/"
                + "#histogram_quantile) for metric name \(quoted(labels.metricName ?? "")) "
                + "(\(position.line):\(position.column))")
    }

    func noteMalformedBucket(_ labels: LabelSet) {
        let bound = quoted(labels["le"] ?? "")
        notes?.warn(
            "bucket label \"le\" is missing or has a malformed value of \(bound) for metric name "
                + quoted(labels.metricName ?? ""))
    }
}
