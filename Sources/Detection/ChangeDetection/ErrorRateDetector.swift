#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What a detector over a stream of errors says after a value.
package struct ErrorRateStatus: Codable, Sendable, Equatable {
    package var isWarning = false
    package var isDrift = false

    package init(isWarning: Bool = false, isDrift: Bool = false) {
        self.isWarning = isWarning
        self.isDrift = isDrift
    }
}

/// Drift detection method: the error rate leaves its best level.
///
/// Source: J. Gama et al., *Learning with Drift Detection*, SBIA 2004.
package struct DriftDetectionMethod: Codable, Sendable, Equatable {
    private static let warmUpCount = 30
    private var count = 0
    private var errorCount = 0
    private var bestRate: Double?
    private var bestDeviation = 0.0
    private var isStale = false

    package init() {}

    package mutating func update(isError: Bool) -> ErrorRateStatus {
        if isStale { self = DriftDetectionMethod() }
        count += 1
        if isError { errorCount += 1 }
        let rate = Double(errorCount) / Double(count)
        let deviation = (rate * (1 - rate) / Double(count)).squareRoot()
        guard count > Self.warmUpCount else { return ErrorRateStatus() }
        if bestRate.map({ rate + deviation <= $0 + bestDeviation }) ?? true {
            bestRate = rate
            bestDeviation = deviation
        }
        let excess = rate + deviation - (bestRate ?? rate)
        isStale = excess > 3 * bestDeviation
        return ErrorRateStatus(isWarning: !isStale && excess > 2 * bestDeviation, isDrift: isStale)
    }
}

/// Early drift detection method: errors come closer together.
///
/// Source: M. Baena-García et al., *Early Drift Detection Method*, IWKDDS 2006.
package struct EarlyDriftDetectionMethod: Codable, Sendable, Equatable {
    private static let warmUpCount = 30
    private static let warningLevel = 0.95
    private static let driftLevel = 0.9
    private var count = 0
    private var lastError = 0
    private var distances = Moments()
    private var largest = -1.0
    private var status = ErrorRateStatus()

    package init() {}

    package mutating func update(isError: Bool) -> ErrorRateStatus {
        if status.isDrift { self = EarlyDriftDetectionMethod() }
        count += 1
        guard isError else { return status }
        distances.insert(Double(count - lastError))
        lastError = count
        guard count > Self.warmUpCount else { return status }
        let reach = (distances.mean ?? 0) + 2 * (distances.sampleVariance ?? 0).squareRoot()
        if reach > largest {
            largest = reach
        } else if distances.count > Self.warmUpCount {
            let level = reach / largest
            if level < Self.driftLevel {
                status.isDrift = true
            } else {
                status.isWarning = level < Self.warningLevel
            }
        }
        return status
    }
}

/// Hoeffding's bound on the plain mean of errors (HDDM-A), for increases.
///
/// Source: I. Frías-Blanco et al., IEEE TKDE 27 (2015) 810.
package struct HoeffdingAverageTest: Codable, Sendable, Equatable {
    private struct Tally: Codable, Sendable, Equatable {
        var count = 0.0
        var sum = 0.0
        var mean: Double { sum / count }
    }

    private var total = Tally()
    private var lowest = Tally()
    private var isStale = false
    private let driftConfidence: Double
    private let warningConfidence: Double

    package init(driftConfidence: Double = 0.001, warningConfidence: Double = 0.005) {
        self.driftConfidence = driftConfidence
        self.warningConfidence = warningConfidence
    }

    package mutating func update(isError: Bool) -> ErrorRateStatus {
        if isStale {
            self = HoeffdingAverageTest(
                driftConfidence: driftConfidence, warningConfidence: warningConfidence)
        }
        total.count += 1
        if isError { total.sum += 1 }
        if lowest.count == 0 || lowest.mean + bound(lowest.count) >= total.mean + bound(total.count)
        {
            lowest = total
        }
        isStale = isIncrease(driftConfidence)
        return ErrorRateStatus(
            isWarning: !isStale && isIncrease(warningConfidence), isDrift: isStale)
    }

    private func bound(_ count: Double) -> Double {
        (log(1 / driftConfidence) / (2 * count)).squareRoot()
    }

    private func isIncrease(_ confidence: Double) -> Bool {
        guard lowest.count != total.count else { return false }
        let share = (total.count - lowest.count) / lowest.count / total.count
        return total.mean - lowest.mean >= (share / 2 * log(2 / confidence)).squareRoot()
    }
}

/// McDiarmid's bound on exponentially weighted means of errors (HDDM-W), for increases.
///
/// Source: I. Frías-Blanco et al., IEEE TKDE 27 (2015) 810.
package struct HoeffdingWeightedTest: Codable, Sendable, Equatable {
    private struct Average: Codable, Sendable, Equatable {
        var mean: Double?
        /// Σ of squared weights.
        var weight = 1.0

        mutating func insert(_ x: Double, rate: Double) {
            mean = mean.map { $0 + rate * (x - $0) } ?? x
            weight = rate * rate + (1 - rate) * (1 - rate) * weight
        }
    }

    private var total = Average()
    private var before = Average()
    private var after = Average()
    /// nil until the first value.
    private var cut: Double?
    private var isStale = false
    private let driftConfidence: Double
    private let warningConfidence: Double
    private let rate: Double

    package init(
        driftConfidence: Double = 0.001, warningConfidence: Double = 0.005, rate: Double = 0.05
    ) {
        self.driftConfidence = driftConfidence
        self.warningConfidence = warningConfidence
        self.rate = rate
    }

    package mutating func update(isError: Bool) -> ErrorRateStatus {
        if isStale {
            self = HoeffdingWeightedTest(
                driftConfidence: driftConfidence, warningConfidence: warningConfidence, rate: rate)
        }
        let x = isError ? 1.0 : 0
        total.insert(x, rate: rate)
        let reach = (total.mean ?? x) + bound(total.weight, driftConfidence)
        if cut.map({ reach < $0 }) ?? true {
            cut = reach
            before = total
            after = Average()
        } else {
            after.insert(x, rate: rate)
        }
        isStale = isIncrease(driftConfidence)
        return ErrorRateStatus(
            isWarning: !isStale && isIncrease(warningConfidence), isDrift: isStale)
    }

    private func bound(_ weight: Double, _ confidence: Double) -> Double {
        (weight * log(1 / confidence) / 2).squareRoot()
    }

    private func isIncrease(_ confidence: Double) -> Bool {
        guard let old = before.mean, let new = after.mean else { return false }
        return new - old > bound(before.weight + after.weight, confidence)
    }
}
