import TimeSeries

/// The samples of a range vector at every step: whole series, and the windows over them.
struct Windows {
    /// Without stale markers.
    let series: [Series]
    /// When each window ends, inclusive. The step may be 0.
    let ends: StepGrid
    /// Milliseconds; a window begins, exclusive, this much before its end.
    let range: Int64
    /// Asked between windows once in about a million samples.
    let isCancelled: @Sendable () -> Bool
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
/// Both ends of the window only ever move forward. A cancelled query gets absent cells, which its
/// evaluator then discards.
/// - Complexity: O(samples + windows) without the function's own work.
@inline(__always)
func slide(
    over timestamps: Span<Int64>, _ windows: Windows, to cells: inout [Double],
    _ value: (WindowBounds) -> Double
) {
    let ends = windows.ends
    var bounds = WindowBounds(first: 0, end: 0, startTime: 0, endTime: 0, step: 0)
    var work = 0
    var isEnded = false
    for step in 0..<ends.count {
        bounds.step = step
        bounds.endTime = ends.time(step)
        bounds.startTime = bounds.endTime - windows.range
        while bounds.end < timestamps.count, timestamps[bounds.end] <= bounds.endTime {
            bounds.end += 1
        }
        while bounds.first < bounds.end, timestamps[bounds.first] <= bounds.startTime {
            bounds.first += 1
        }
        work += bounds.count
        if work > 1 << 20 {
            work = 0
            isEnded = isEnded || windows.isCancelled()
        }
        cells.append(bounds.count > 0 && !isEnded ? value(bounds) : .absent)
    }
}
