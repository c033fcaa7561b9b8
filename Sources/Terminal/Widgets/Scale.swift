#if canImport(Glibc)
    import Glibc
#endif

/// Where values lie between the foot of a chart, 0, and its top, 1.
package struct Scale: Equatable, Sendable {
    package enum Kind: Equatable, Sendable { case linear, logarithmic }

    package let kind: Kind
    package let lower: Double
    package let upper: Double

    /// - Precondition: `lower < upper`, both finite; above 0 when logarithmic.
    package init(_ kind: Kind = .linear, from lower: Double, to upper: Double) {
        precondition(
            lower < upper && lower.isFinite && upper.isFinite
                && (kind == .linear || lower > 0), "no scale from \(lower) to \(upper)")
        self.kind = kind
        self.lower = lower
        self.upper = upper
    }

    /// Linear from 0 to a round number that holds all values and any `limit`.
    ///
    /// - Parameter floor: The top is at least this, so that noise about 0 stays at the foot.
    package static func fromZero(
        holding values: some Sequence<Double?>, floor: Double = 0
    ) -> Scale {
        let largest = values.reduce(floor) { max($0, $1.flatMap { $0.isFinite ? $0 : nil } ?? 0) }
        return Scale(from: 0, to: largest > 0 ? roundedUp(largest) : 1)
    }

    /// Logarithmic between the steps of 1-3-10 that hold all positive values; nil without any.
    package static func logarithmic(holding values: some Sequence<Double?>) -> Scale? {
        var low = Double.infinity
        var high = 0.0
        for case let value? in values where value > 0 && value.isFinite {
            low = min(low, value)
            high = max(high, value)
        }
        guard high > 0 else { return nil }
        var lower = pow(10, log10(low).rounded(.down))
        if lower * 3 <= low { lower *= 3 }
        var upper = pow(10, log10(high).rounded(.up))
        if upper / 10 * 3 >= high { upper = upper / 10 * 3 }
        if lower >= upper { upper = lower * 10 }
        return lower > 0 && upper.isFinite
            ? Scale(.logarithmic, from: lower, to: upper) : nil
    }

    /// The smallest of 1, 1.5, 2, 3, 4, 5, 6, 8 times a power of ten that is not below `value`.
    static func roundedUp(_ value: Double) -> Double {
        let power = pow(10, log10(value).rounded(.down))
        let steps = [1, 1.5, 2, 3, 4, 5, 6, 8, 10]
        return (steps.first { $0 * power >= value * (1 - 1e-9) } ?? 10) * power
    }

    /// 0…1 inside the range, beyond it outside.
    package func fraction(_ value: Double) -> Double {
        switch kind {
        case .linear: (value - lower) / (upper - lower)
        case .logarithmic:
            value <= 0 ? -1 : (log(value) - log(lower)) / (log(upper) - log(lower))
        }
    }

    /// The value at a fraction; inverse of `fraction`.
    package func value(at fraction: Double) -> Double {
        switch kind {
        case .linear: lower + fraction * (upper - lower)
        case .logarithmic: exp(log(lower) + fraction * (log(upper) - log(lower)))
        }
    }

    /// Round values to label, ascending: steps of 1-2-5, or 1-3-10 when logarithmic.
    ///
    /// - Parameter count: At most about this many.
    package func ticks(_ count: Int) -> [Double] {
        guard count > 0 else { return [] }
        switch kind {
        case .linear:
            let raw = (upper - lower) / Double(max(1, count - 1))
            let power = pow(10, log10(raw).rounded(.down))
            let step = ([1, 2, 5, 10].first { $0 * power >= raw * (1 - 1e-9) } ?? 10) * power
            let first = (lower / step).rounded(.up)
            return (0..<max(2, count + 1)).map { (first + Double($0)) * step }
                .filter { $0 <= upper * (1 + 1e-9) }
        case .logarithmic:
            var ticks: [Double] = []
            var decade = pow(10, log10(lower).rounded(.down))
            while decade <= upper * 1.001, ticks.count < 64 {
                for multiple in [1.0, 3.0] {
                    let tick = decade * multiple
                    if tick >= lower * 0.999, tick <= upper * 1.001 { ticks.append(tick) }
                }
                decade *= 10
            }
            if ticks.count <= count { return ticks }
            let decades = ticks.filter { abs(log10($0) - log10($0).rounded()) < 1e-6 }
            return decades.count <= count
                ? decades : decades.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
        }
    }
}
