import TimeSeries

/// The samples of a range vector at every step: whole series, and the windows over them.
struct Windows {
    /// Without stale markers.
    let series: [Series]
    /// When each window ends, inclusive. The step may be 0.
    let ends: StepGrid
    /// Milliseconds; a window begins, exclusive, this much before its end.
    let range: Int64
}

/// One window's samples: those at `first..<end` of the series' columns.
struct WindowBounds {
    var first: Int
    var end: Int
    /// Milliseconds, exclusive.
    var startTime: Int64
    /// Milliseconds, inclusive.
    var endTime: Int64
    /// Which step of the grid.
    var step: Int

    @inline(__always)
    var count: Int { end - first }
}

/// Appends one cell a window: what the function makes of its samples, absent where it has none.
///
/// Both ends of the window only ever move forward.
/// - Complexity: O(samples + windows) without the function's own work.
@inline(__always)
func slide(
    over timestamps: Span<Int64>, ends: StepGrid, range: Int64, to cells: inout [Double],
    _ value: (WindowBounds) -> Double
) {
    var bounds = WindowBounds(first: 0, end: 0, startTime: 0, endTime: 0, step: 0)
    for step in 0..<ends.count {
        bounds.step = step
        bounds.endTime = ends.time(step)
        bounds.startTime = bounds.endTime - range
        while bounds.end < timestamps.count, timestamps[bounds.end] <= bounds.endTime {
            bounds.end += 1
        }
        while bounds.first < bounds.end, timestamps[bounds.first] <= bounds.startTime {
            bounds.first += 1
        }
        cells.append(bounds.count > 0 ? value(bounds) : .absent)
    }
}
