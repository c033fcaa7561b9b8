import TimeSeries

/// The functions that make one value of a window's samples.
enum RangeFunction: String {
    case average = "avg_over_time"
    case sum = "sum_over_time"
    case minimum = "min_over_time"
    case maximum = "max_over_time"
    case count = "count_over_time"
    case last = "last_over_time"
    case first = "first_over_time"
    case present = "present_over_time"
    case standardDeviation = "stddev_over_time"
    case variance = "stdvar_over_time"
    case medianDeviation = "mad_over_time"
    case timeOfFirst = "ts_of_first_over_time"
    case timeOfLast = "ts_of_last_over_time"
    case timeOfMinimum = "ts_of_min_over_time"
    case timeOfMaximum = "ts_of_max_over_time"
    case changes, resets, deriv, rate, increase, delta, irate, idelta

    /// Whether the result is still the series itself, so that it keeps its name.
    var keepsName: Bool { self == .last || self == .first }

    /// Appends one cell a window.
    func append(
        _ timestamps: Span<Int64>, _ values: Span<Double>, _ windows: Windows,
        to cells: inout [Double]
    ) {
        switch self {
        case .rate, .increase, .delta:
            appendExtrapolated(
                Extrapolation(isCounter: self != .delta, isRate: self == .rate), timestamps,
                values, windows, to: &cells)
        case .minimum, .maximum:
            appendExtremes(
                timestamps, values, windows, isMaximum: self == .maximum,
                wantsTimes: false, to: &cells)
        case .timeOfMinimum, .timeOfMaximum:
            appendExtremes(
                timestamps, values, windows, isMaximum: self == .timeOfMaximum,
                wantsTimes: true, to: &cells)
        case .changes, .resets:
            appendEvents(
                timestamps, values, windows, onlyFalls: self == .resets, to: &cells)
        case .sum:
            var sums = SlidingSum()
            slide(over: timestamps, windows, to: &cells) { sums.sum(values, $0).total }
        case .average:
            var sums = SlidingSum()
            slide(over: timestamps, windows, to: &cells) { sums.mean(values, $0) }
        default:
            slide(over: timestamps, windows, to: &cells) { bounds in
                value(timestamps, values, bounds)
            }
        }
    }

    private func value(
        _ timestamps: Span<Int64>, _ values: Span<Double>, _ bounds: WindowBounds
    ) -> Double {
        switch self {
        case .count: return Double(bounds.count)
        case .last: return values[bounds.end - 1]
        case .first: return values[bounds.first]
        case .present: return 1
        case .timeOfFirst: return Double(timestamps[bounds.first]) / 1000
        case .timeOfLast: return Double(timestamps[bounds.end - 1]) / 1000
        case .standardDeviation: return variance(values, bounds).squareRoot()
        case .variance: return variance(values, bounds)
        case .medianDeviation: return medianDeviation(values, bounds)
        case .irate: return lastChange(isRate: true, timestamps, values, bounds)
        case .idelta: return lastChange(isRate: false, timestamps, values, bounds)
        case .deriv:
            guard bounds.count >= 2 else { return .absent }
            let origin = timestamps[bounds.first]
            return linearRegression(timestamps, values, bounds, origin: origin).slope
        default: return .absent
        }
    }

    private func variance(_ values: Span<Double>, _ bounds: WindowBounds) -> Double {
        var variance = WelfordVariance()
        for index in bounds.first..<bounds.end { variance.add(values[index]) }
        return variance.variance
    }

    /// Median of the distances from the median.
    private func medianDeviation(_ values: Span<Double>, _ bounds: WindowBounds) -> Double {
        var window: [Double] = []
        for index in bounds.first..<bounds.end { window.append(values[index]) }
        let median = quantile(0.5, of: &window)
        for index in window.indices { window[index] = abs(window[index] - median) }
        return quantile(0.5, of: &window)
    }
}

/// Appends each window's smallest or largest value, or when it was reached last.
///
/// A queue holds the indexes that can still become the extreme, from better to worse; each enters
/// and leaves once. NaN is worse than any number.
/// - Complexity: O(samples + windows).
private func appendExtremes(
    _ timestamps: Span<Int64>, _ values: Span<Double>, _ windows: Windows,
    isMaximum: Bool, wantsTimes: Bool, to cells: inout [Double]
) {
    var queue: [Int] = []
    var head = 0
    var entered = 0
    slide(over: timestamps, windows, to: &cells) { bounds in
        entered = max(entered, bounds.first)
        while entered < bounds.end {
            let value = values[entered]
            while queue.count > head, let worst = queue.last {
                let other = values[worst]
                let isBeaten =
                    other.isNaN
                    || (!value.isNaN && (isMaximum ? value > other : value < other))
                    || (wantsTimes && value == other)
                guard isBeaten else { break }
                queue.removeLast()
            }
            queue.append(entered)
            entered += 1
        }
        while head < queue.count, queue[head] < bounds.first { head += 1 }
        if head > 1024, head * 2 > queue.count {
            queue.removeSubrange(..<head)
            head = 0
        }
        let best = queue[head]
        return wantsTimes ? Double(timestamps[best]) / 1000 : values[best]
    }
}

/// Appends how often each window's values changed, or only how often they fell.
///
/// - Complexity: O(samples + windows).
private func appendEvents(
    _ timestamps: Span<Int64>, _ values: Span<Double>, _ windows: Windows,
    onlyFalls: Bool, to cells: inout [Double]
) {
    // How many events there are between the first sample and each other.
    var counts: [Int] = []
    counts.reserveCapacity(values.count)
    var count = 0
    for index in 0..<values.count {
        if index > 0 {
            let previous = values[index - 1]
            let current = values[index]
            let isEvent =
                onlyFalls
                ? current < previous : current != previous && !(current.isNaN && previous.isNaN)
            if isEvent { count += 1 }
        }
        counts.append(count)
    }
    slide(over: timestamps, windows, to: &cells) { bounds in
        Double(counts[bounds.end - 1] - counts[bounds.first])
    }
}
