/// The times at which an expression is evaluated, evenly spaced; an instant query has one.
struct StepGrid: Equatable {
    /// Milliseconds since the epoch.
    let start: Int64
    /// Milliseconds, positive.
    let step: Int64
    let count: Int

    /// Times beyond this are refused, so that sums of a few of them cannot overflow.
    static let maximumTime: Int64 = 9_000_000_000_000_000

    init(instant: Int64) {
        start = instant
        step = 1
        count = 1
    }

    init(start: Int64, step: Int64, count: Int) {
        self.start = start
        self.step = step
        self.count = count
    }

    /// From `start` by `step` while not after `end`; empty where `end` is before `start`.
    init(start: Int64, through end: Int64, step: Int64) {
        self.init(start: start, step: step, count: end < start ? 0 : Int((end - start) / step) + 1)
    }

    @inline(__always)
    func time(_ index: Int) -> Int64 { start + Int64(index) * step }

    var end: Int64 { time(max(count - 1, 0)) }
}
