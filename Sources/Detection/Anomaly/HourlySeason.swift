import TimeSeries

/// What each hour of the day is like on a stream, each hour of the week once it came twice, and how
/// far points stray from that.
struct HourlySeason: Sendable, Equatable {
    /// Points an hour of the day needs before its own mean counts.
    private static let neededCount = 5.0
    /// Times an hour of the week must have come.
    private static let neededVisits: UInt8 = 2
    /// Largest weight of a point in its hour's mean.
    private static let largestRate = 0.02
    /// Hours over which the mean of an hour of the day, and of the week, reaches back at least.
    private static let dayVisits = 7.0
    private static let weekVisits = 3.0

    private var means = [Double](repeating: 0, count: 24)
    private var counts = [Double](repeating: 0, count: 24)
    private var weekMeans = [Double](repeating: 0, count: 168)
    private var visits = [UInt8](repeating: 0, count: 168)
    private var latestHour = -1
    /// Points since this hour began.
    private var hourCount = 0.0
    private var variance = 0.0

    /// Hour of the week, UTC, in 0..<168; 0 is Thursday, 0:00.
    static func hour(of time: Timestamp) -> Int {
        let hours = time.milliseconds / 3_600_000 - (time.milliseconds % 3_600_000 < 0 ? 1 : 0)
        return Int((hours % 168 + 168) % 168)
    }

    /// The mean of this hour of day or of week, whichever is nearer to the point: what is usual for
    /// one of them is usual. nil while the hour is hardly known.
    func expected(at hour: Int, for point: Double) -> Double? {
        let day = counts[hour % 24] >= Self.neededCount ? means[hour % 24] : nil
        guard visits[hour] >= Self.neededVisits else { return day }
        let week = weekMeans[hour]
        guard let day, abs(point - day) <= abs(point - week) else { return week }
        return day
    }

    /// Standard deviation of points from what their hours are like.
    var deviation: Double { variance.squareRoot() }

    /// - Parameters:
    ///   - expected: What the hour is like, or the level where that is hardly known.
    ///   - intervalSeconds: Distance of points; 0 where it is not known.
    ///   - count: Points before this one.
    mutating func learn(
        _ point: Double, hour: Int, expected: Double, intervalSeconds: Double, count: Int
    ) {
        if count > 0 {
            let residual = AnomalyDetector.bounded(point - expected, by: variance)
            let rate = max(0.01, 1 / Double(count))
            variance = (1 - rate) * variance + rate * residual * residual
        }
        let pointsPerHour = max(1, 3600 / max(intervalSeconds, 1))
        let day = hour % 24
        counts[day] += 1
        let dayRate = min(Self.largestRate, 1 / (Self.dayVisits * pointsPerHour))
        means[day] += max(dayRate, 1 / counts[day]) * (point - means[day])
        if hour != latestHour {
            latestHour = hour
            hourCount = 0
            if visits[hour] < .max { visits[hour] += 1 }
        }
        hourCount += 1
        let earlier = (Double(visits[hour]) - 1) * pointsPerHour
        let weekCount = min(earlier + hourCount, Self.weekVisits * pointsPerHour)
        weekMeans[hour] += 1 / max(weekCount, 1) * (point - weekMeans[hour])
    }
}

extension HourlySeason: Codable {
    private enum CodingKeys: String, CodingKey {
        case means
        case counts
        case weekMeans
        case visits
        case latestHour
        case hourCount
        case variance
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func doubles(_ key: CodingKeys, _ count: Int) throws -> [Double] {
            let numbers = try container.decodeNumbers(forKey: key, older: PackedNumbers.doubles)
            let isSound = numbers.count == count && numbers.allSatisfy(StoredRange.value.contains)
            try container.check(isSound, key)
            return numbers
        }
        means = try doubles(.means, means.count)
        counts = try doubles(.counts, counts.count)
        try container.check(counts.allSatisfy(StoredRange.size.contains), .counts)
        weekMeans = try doubles(.weekMeans, weekMeans.count)
        let visits = try container.decode([UInt8].self, forKey: .visits)
        try container.check(visits.count == weekMeans.count, .visits)
        self.visits = visits
        latestHour = try container.decode(Int.self, forKey: .latestHour)
        hourCount = try container.decode(.hourCount, in: StoredRange.size)
        variance = try container.decode(.variance, in: StoredRange.square)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(means, forKey: .means)
        try container.encode(counts, forKey: .counts)
        try container.encode(weekMeans, forKey: .weekMeans)
        try container.encode(visits, forKey: .visits)
        try container.encode(latestHour, forKey: .latestHour)
        try container.encode(hourCount, forKey: .hourCount)
        try container.encode(variance, forKey: .variance)
    }
}
