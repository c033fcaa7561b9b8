/// A sum that keeps the rounding errors of its additions apart, and adds them in the end.
///
/// Source: A. Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen",
/// ZAMM 54 (1974); Prometheus sums in the same way, so that results agree to the last digit.
struct KahanSum {
    var sum = 0.0
    var compensation = 0.0

    @inline(__always)
    mutating func add(_ value: Double) {
        let total = sum + value
        if total.isInfinite {
            compensation = 0
        } else if abs(sum) >= abs(value) {
            compensation += (sum - total) + value
        } else {
            compensation += (value - total) + sum
        }
        sum = total
    }

    /// The sum of what both have added.
    func adding(_ other: KahanSum) -> KahanSum {
        var result = self
        result.add(other.sum)
        if !result.sum.isInfinite { result.compensation += other.compensation }
        return result
    }

    @inline(__always)
    var total: Double { sum.isInfinite ? sum : sum + compensation }
}

/// A mean by way of the sum, or incrementally from where the sum would overflow.
struct KahanMean {
    private(set) var count = 0.0
    private var sum = KahanSum()
    private var isIncremental = false

    @inline(__always)
    mutating func add(_ value: Double) {
        count += 1
        if count == 1 {
            sum.sum = value
            return
        }
        if !isIncremental {
            var next = sum
            next.add(value)
            if !next.sum.isInfinite {
                sum = next
                return
            }
            isIncremental = true
            sum.sum /= count - 1
            sum.compensation /= count - 1
        }
        let share = (count - 1) / count
        var next = KahanSum(sum: share * sum.sum, compensation: share * sum.compensation)
        next.add(value / count)
        sum = next
    }

    var mean: Double {
        isIncremental ? sum.sum + sum.compensation : sum.sum / count + sum.compensation / count
    }
}

/// Mean and sum of squared distances from it, in one pass.
///
/// Source: B. P. Welford, Technometrics 4 (1962), with compensated additions.
struct WelfordVariance {
    private var count = 0.0
    private var mean = KahanSum()
    private var squares = KahanSum()

    @inline(__always)
    mutating func add(_ value: Double) {
        count += 1
        let delta = value - (mean.sum + mean.compensation)
        mean.add(delta / count)
        squares.add(delta * (value - (mean.sum + mean.compensation)))
    }

    /// Of the population, not of a sample.
    var variance: Double { (squares.sum + squares.compensation) / count }
}
