import TimeSeries

/// What is kept of one window of a series when its samples are rolled up.
package enum RollupStatistic: Int, CaseIterable, Sendable {
    /// Samples, stale markers aside.
    case count
    /// The newest value; a stale marker where the series ended with the window.
    case last
    /// What a counter gained: the sum of the rises from each sample to the next, a fall counted as
    /// a restart from 0. The rise onto the window's first sample is part of it.
    case increase
    /// Part of `increase`: the rise onto the first sample, where the sample before it was missed,
    /// that is, lies more than twice the usual distance back. Usually 0.
    case gap
    case sum
    case minimum
    case maximum
}

/// The windows of one series, at one resolution.
///
/// A window is left-open, (end − resolution, end], as the windows of PromQL are, and ends at a
/// multiple of the resolution; the first and last of an answer may be cut to the range asked for.
package struct Rollup: Sendable, Equatable {
    /// Milliseconds since the epoch, strictly ascending. Windows without samples are left out.
    package var ends: [Int64]
    /// By `RollupStatistic.rawValue`; as long as `ends`, or empty where it is not kept.
    package var columns: [[Double]]

    package init() {
        ends = []
        columns = Array(repeating: [], count: RollupStatistic.allCases.count)
    }

    package subscript(statistic: RollupStatistic) -> [Double] {
        get { columns[statistic.rawValue] }
        set { columns[statistic.rawValue] = newValue }
    }

    /// Whether there is no value of a statistic for windows that there are.
    package func lacks(_ statistic: RollupStatistic) -> Bool {
        self[statistic].count != ends.count
    }
}

/// A series rolled up.
package struct RolledSeries: Sendable {
    package var labels: LabelSet
    package var rollup: Rollup

    package init(labels: LabelSet, rollup: Rollup) {
        self.labels = labels
        self.rollup = rollup
    }
}

// MARK: Rolling up

extension Rollup {
    /// A sample counts as missed where the next one is this many usual distances away.
    private static let gapFactor = 2.0

    /// Rolls up samples, all statistics.
    ///
    /// - Parameters:
    ///   - timestamps: Milliseconds, strictly ascending; those at or before `from` only serve to
    ///     know the sample before the first window.
    ///   - resolution: Milliseconds, positive.
    ///   - from: Exclusive; where it is no multiple of the resolution, the first window is short.
    ///   - through: Inclusive; the end of the last window where it is no multiple.
    /// - Precondition: `from` and `through` are within 9·10^15 of 0.
    /// - Complexity: O(samples).
    package init(
        timestamps: [Int64], values: [Double], resolution: Int64, from: Int64, through: Int64
    ) {
        self.init()
        var window = OpenWindow()
        var end = Int64.min
        for index in timestamps.indices {
            let timestamp = timestamps[index]
            if timestamp > through { break }
            if timestamp > end {
                if end > from { append(window, end: end) }
                window.restart()
                end = min(Self.windowEnd(of: timestamp, resolution), through)
                if timestamp <= from { end = min(end, from) }
            }
            window.add(timestamp, values[index])
        }
        if end > from { append(window, end: end) }
    }

    /// The end of the window that an instant lies in.
    package static func windowEnd(of timestamp: Int64, _ resolution: Int64) -> Int64 {
        let start = Timestamp(milliseconds: timestamp - 1).aligned(to: .milliseconds(resolution))
        return start.milliseconds + resolution
    }

    private mutating func append(_ window: OpenWindow, end: Int64) {
        ends.append(end)
        self[.count].append(window.count)
        self[.last].append(window.last)
        self[.increase].append(window.increase)
        self[.gap].append(window.gap(factor: Self.gapFactor))
        self[.sum].append(window.sum)
        self[.minimum].append(window.minimum)
        self[.maximum].append(window.maximum)
    }

    /// The same in windows that are several times as long.
    ///
    /// - Parameter resolution: Milliseconds; a multiple of that of the windows.
    package func coarsened(to resolution: Int64) -> Rollup {
        var result = Rollup()
        var start = 0
        while start < ends.count {
            let end = Self.windowEnd(of: ends[start], resolution)
            var stop = start + 1
            while stop < ends.count, ends[stop] <= end { stop += 1 }
            result.ends.append(end)
            for statistic in RollupStatistic.allCases where !lacks(statistic) {
                result[statistic].append(combined(statistic, start..<stop))
            }
            start = stop
        }
        return result
    }

    /// One value of a statistic for several windows.
    func combined(_ statistic: RollupStatistic, _ windows: Range<Int>) -> Double {
        let column = columns[statistic.rawValue]
        let values = column[windows]
        switch statistic {
        case .count, .sum, .increase: return values.reduce(0, +)
        case .last: return values.last ?? .absent
        case .gap:
            let first = windows.first { self[.count].isEmpty || self[.count][$0] > 0 }
            return first.map { column[$0] } ?? 0
        case .minimum: return values.reduce(.nan, Double.minimum)
        case .maximum: return values.reduce(.nan, Double.maximum)
        }
    }

    /// Replaces windows by those of another rollup, and adds those that are missing. Of two
    /// versions of a window that with more samples stays: samples may have gone meanwhile, or come.
    package mutating func merge(_ other: Rollup) {
        guard let first = other.ends.first else { return }
        if ends.last.map({ $0 < first }) ?? true {
            ends += other.ends
            for index in columns.indices { columns[index] += other.columns[index] }
            return
        }
        var merged = Rollup()
        var i = 0
        var j = 0
        while i < ends.count || j < other.ends.count {
            let a = i < ends.count ? ends[i] : .max
            let b = j < other.ends.count ? other.ends[j] : .max
            let takesOwn = a < b || (a == b && self[.count][i] > other[.count][j])
            if takesOwn { merged.append(self, i) } else { merged.append(other, j) }
            if a <= b { i += 1 }
            if b <= a { j += 1 }
        }
        self = merged
    }

    private mutating func append(_ other: Rollup, _ index: Int) {
        ends.append(other.ends[index])
        for column in columns.indices where other.columns[column].count == other.ends.count {
            columns[column].append(other.columns[column][index])
        }
    }
}

/// One window while its samples come in.
private struct OpenWindow {
    private(set) var count = 0.0
    private(set) var last = Double.absent
    private(set) var increase = 0.0
    private(set) var sum = 0.0
    private(set) var minimum = Double.nan
    private(set) var maximum = Double.nan
    private var firstTime: Int64 = 0
    /// The rise onto the first sample.
    private var entry = 0.0
    /// Milliseconds from the sample before to the first one; nil where none is known.
    private var entryDistance: Int64?

    /// The newest sample that is a number, of any window.
    private var previous: (time: Int64, value: Double)?

    mutating func restart() {
        self = OpenWindow(previous: previous)
    }

    init() {}

    private init(previous: (time: Int64, value: Double)?) {
        self.previous = previous
    }

    mutating func add(_ time: Int64, _ value: Double) {
        last = value
        if value.isAbsent { return }
        count += 1
        sum += value
        minimum = Double.minimum(minimum, value)
        maximum = Double.maximum(maximum, value)
        let isFirst = count == 1
        if isFirst { firstTime = time }
        guard !value.isNaN else { return }
        if let previous {
            let rise = value >= previous.value ? value - previous.value : value
            increase += rise
            if isFirst {
                entry = rise
                entryDistance = time - previous.time
            }
        }
        previous = (time, value)
    }

    /// The rise onto the first sample where the one before it was missed, else 0.
    func gap(factor: Double) -> Double {
        guard let entryDistance, count >= 2, let previous, previous.time > firstTime else {
            return 0
        }
        let usual = Double(previous.time - firstTime) / (count - 1)
        return Double(entryDistance) > usual * factor ? entry : 0
    }
}
