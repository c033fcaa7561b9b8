import TimeSeries

/// The instants of a chart's points: multiples of the step, so that a point never moves between
/// two snapshots and only a finished step makes a new column.
package struct TimeGrid: Equatable, Sendable {
    package let start: Timestamp
    package let step: Duration
    package let count: Int

    package init(start: Timestamp, step: Duration, count: Int) {
        self.start = start
        self.step = step
        self.count = max(1, count)
    }

    /// The grid of a window that ends at the last finished step before `now`.
    package init(_ window: TimeWindow, endingBefore now: Timestamp) {
        step = window.step
        count = Int(window.duration.milliseconds / step.milliseconds) + 1
        start = now.aligned(to: step) - window.duration
    }

    package var end: Timestamp {
        Timestamp(milliseconds: start.milliseconds + Int64(count - 1) * step.milliseconds)
    }

    /// The place of an instant, nil where it is not one of the grid.
    package func index(of milliseconds: Int64) -> Int? {
        let distance = milliseconds - start.milliseconds
        guard distance >= 0, distance % step.milliseconds == 0 else { return nil }
        let index = distance / step.milliseconds
        return index < Int64(count) ? Int(index) : nil
    }

    /// A series' values at the grid's instants; nil where it has none, or not a finite one.
    package func values(of series: Series) -> [Double?] {
        var values = [Double?](repeating: nil, count: count)
        for (time, value) in zip(series.timestamps, series.values) where value.isFinite {
            if let index = index(of: time) { values[index] = value }
        }
        return values
    }
}

extension TimeGrid {
    package func instant(at index: Int) -> Timestamp {
        Timestamp(milliseconds: start.milliseconds + Int64(index) * step.milliseconds)
    }

    /// The place of the point closest to an instant; the first or the last beyond the grid.
    package func nearestIndex(to instant: Timestamp) -> Int {
        let distance = instant.milliseconds - start.milliseconds + step.milliseconds / 2
        return min(max(0, Int(distance / step.milliseconds)), count - 1)
    }
}
