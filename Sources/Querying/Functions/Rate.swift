import TimeSeries

/// Which of `rate`, `increase` and `delta`.
struct Extrapolation {
    /// A fall of the values is a restart from 0, not a decrease.
    var isCounter: Bool
    /// Per second.
    var isRate: Bool
}

/// Appends one cell a window: the change over the window, extrapolated to its bounds.
///
/// The samples' own change is stretched to the window's ends where the first and last sample lie
/// within 1.1 average intervals of them, else by half an interval; a counter is never taken below
/// zero. A window with fewer than two samples gives nothing.
///
/// - Complexity: O(samples + windows + resets in windows): the places where a counter fell are
///   found once.
///
/// Source: https://prometheus.io/docs/prometheus/latest/querying/functions/#rate
func appendExtrapolated(
    _ kind: Extrapolation, _ timestamps: Span<Int64>, _ values: Span<Double>,
    _ windows: Windows, to cells: inout [Double]
) {
    let resets = kind.isCounter ? resetIndexes(values) : []
    let rangeSeconds = Double(windows.range) / 1000
    var firstReset = 0
    slide(over: timestamps, windows, to: &cells) { bounds in
        guard bounds.count >= 2 else { return .absent }
        let first = values[bounds.first]
        var change = values[bounds.end - 1] - first
        while firstReset < resets.count, resets[firstReset] <= bounds.first { firstReset += 1 }
        var reset = firstReset
        while reset < resets.count, resets[reset] < bounds.end {
            change += values[resets[reset] - 1]
            reset += 1
        }
        let firstTime = timestamps[bounds.first]
        let lastTime = timestamps[bounds.end - 1]
        let sampled = Double(lastTime - firstTime) / 1000
        let average = sampled / Double(bounds.count - 1)
        let threshold = average * 1.1
        var toStart = Double(firstTime - bounds.startTime) / 1000
        if toStart >= threshold { toStart = average / 2 }
        if kind.isCounter, change > 0, first >= 0 {
            toStart = min(toStart, sampled * (first / change))
        }
        var toEnd = Double(bounds.endTime - lastTime) / 1000
        if toEnd >= threshold { toEnd = average / 2 }
        var factor = (sampled + toStart + toEnd) / sampled
        if kind.isRate { factor /= rangeSeconds }
        return change * factor
    }
}

/// Where a value is lower than the one before.
private func resetIndexes(_ values: Span<Double>) -> [Int] {
    var resets: [Int] = []
    var index = 1
    while index < values.count {
        if values[index] < values[index - 1] { resets.append(index) }
        index += 1
    }
    return resets
}

/// The change between the last two samples; of a counter, per second.
///
/// - Returns: Absent with fewer than two samples.
func lastChange(
    isRate: Bool, _ timestamps: Span<Int64>, _ values: Span<Double>, _ bounds: WindowBounds
) -> Double {
    guard bounds.count >= 2 else { return .absent }
    let last = values[bounds.end - 1]
    let previous = values[bounds.end - 2]
    let elapsed = timestamps[bounds.end - 1] - timestamps[bounds.end - 2]
    guard elapsed != 0 else { return .absent }
    if !isRate { return last - previous }
    return (last < previous ? last : last - previous) / (Double(elapsed) / 1000)
}
