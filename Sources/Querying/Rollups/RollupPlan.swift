import TimeSeries

/// How a range vector is answered from roll-ups instead of samples.
///
/// Windows that end at multiples of a resolution and last a multiple of it are exact. Others are
/// moved to the multiple before, by less than half a step, and rounded to the nearest multiple,
/// where that changes their length by an eighth at most. A single window keeps its bounds: what
/// lies outside whole windows is then read from samples.
struct RollupPlan: Equatable {
    /// Milliseconds.
    let resolution: Int64
    /// The end of each step's window.
    let ends: [Int64]
    /// Length of the windows, milliseconds.
    let range: Int64

    /// A resolution is worth its while from so many windows on.
    private static let leastWindowCount: Int64 = 24
    /// Samples answer what spans less, milliseconds: they are exact, and few enough.
    private static let leastSpan: Int64 = 2 * 86_400_000
    private static let roundingShare: Int64 = 4

    /// The coarsest resolution that does, nil where samples are as good or all there is.
    ///
    /// Where the samples do not reach back to the first window but roll-ups do, the finest of
    /// those is taken whatever the windows are, and they are widened to it.
    ///
    /// - Parameters:
    ///   - range: Length of the windows asked for, milliseconds.
    ///   - isRounding: False where a window may not be longer than asked for.
    init?(range: Int64, ends: StepGrid, offer: RollupOffer, isRounding: Bool = true) {
        let isSingle = ends.count == 1 || ends.step == 0
        let from = ends.start - range
        let length = ends.end - from
        let oldest = offer.oldestSample ?? .max
        if from < oldest, let level = Self.reaching(from, before: oldest, offer.levels) {
            self.init(level.resolution, range, ends, isExact: false)
            return
        }
        for level in offer.levels.reversed() {
            let resolution = level.resolution
            guard length >= max(resolution * Self.leastWindowCount, Self.leastSpan),
                (level.oldest ?? .max) <= max(from, oldest)
            else { continue }
            if isSingle {
                self.init(resolution, range, ends, isExact: true)
                return
            }
            let isAligned = ends.start % resolution == 0 && ends.step % resolution == 0
            let fits =
                range % resolution == 0 || (isRounding && resolution <= range / Self.roundingShare)
            guard range >= resolution, fits, isAligned || resolution <= ends.step / 2 else {
                continue
            }
            self.init(resolution, range, ends, isExact: false)
            return
        }
        return nil
    }

    private init(_ resolution: Int64, _ range: Int64, _ grid: StepGrid, isExact: Bool) {
        self.resolution = resolution
        let ends = (0..<grid.count).map { grid.time($0) }
        if isExact {
            self.range = range
            self.ends = ends
        } else {
            self.range = max((range + resolution / 2) / resolution, 1) * resolution
            let step = Duration.milliseconds(resolution)
            self.ends = ends.map {
                Timestamp(milliseconds: $0).aligned(to: step).milliseconds
            }
        }
    }

    /// The finest level that reaches back to an instant or, where none does, the one that reaches
    /// furthest; nil where none has more than the samples.
    private static func reaching(
        _ from: Int64, before oldestSample: Int64, _ levels: [RollupOffer.Level]
    ) -> RollupOffer.Level? {
        // A first period that has samples of its own says nothing about what lies before them.
        let older = levels.filter { level in
            level.oldest.map { $0 <= oldestSample - level.periodLength } ?? false
        }
        return older.first { ($0.oldest ?? .max) <= from }
            ?? older.min { ($0.oldest ?? .max) < ($1.oldest ?? .max) }
    }

    var from: Int64 { (ends.first ?? 0) - range }
    var through: Int64 { ends.last ?? 0 }

    /// Calls with each step and the windows of it, as a range of their indexes.
    func forEachStep(_ windows: [Int64], _ body: (Int, Range<Int>) -> Void) {
        var first = 0
        var end = 0
        for (step, time) in ends.enumerated() {
            while end < windows.count, windows[end] <= time { end += 1 }
            while first < end, windows[first] <= time - range { first += 1 }
            body(step, first..<end)
        }
    }
}

extension RangeFunction {
    /// What it needs to know of the windows; nil where only samples will do.
    var rollupStatistics: [RollupStatistic]? {
        switch self {
        case .rate, .increase: [.count, .increase, .gap]
        case .average, .sum: [.count, .sum]
        case .minimum: [.count, .minimum]
        case .maximum: [.count, .maximum]
        case .count, .present: [.count]
        default: nil
        }
    }

    /// Its value over some windows, as `RollupPlan` chose them.
    ///
    /// A rate is what the counter gained from the last sample before the window to the last one in
    /// it, which needs no extrapolation, over the length of the window. A sum or count over windows
    /// that are longer or shorter than asked for is scaled.
    ///
    /// - Parameters:
    ///   - wanted: Length that was asked for, milliseconds.
    ///   - length: That of the windows together, milliseconds.
    func value(
        _ rollup: Rollup, _ windows: Range<Int>, wanted: Int64, length: Int64
    ) -> Double {
        let count = rollup.combined(.count, windows)
        guard count > 0 else { return .absent }
        let scale = Double(wanted) / Double(length)
        switch self {
        case .rate, .increase:
            guard count > 1 else { return .absent }
            let increase =
                rollup.combined(.increase, windows) - rollup.combined(.gap, windows)
            return self == .rate ? increase / (Double(length) / 1000) : increase * scale
        case .average: return rollup.combined(.sum, windows) / count
        case .sum: return rollup.combined(.sum, windows) * scale
        case .minimum: return rollup.combined(.minimum, windows)
        case .maximum: return rollup.combined(.maximum, windows)
        case .count: return count * scale
        default: return 1
        }
    }
}
