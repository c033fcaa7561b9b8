import CDetection

/// The latest values of a stream, in order of arrival and of size, and for each stretch of them how
/// far the newest stretch lies from it.
///
/// Stretches are compared by their weighted squared distance, each value back counting 0.8 of the
/// next. For a fixed lag between two stretches that is a recurrence,
///
///     dₖ(t) = 0.8 · dₖ(t − 1) + (xₜ − xₜ₋ₖ)²
///
/// so that the distance to every stretch that is remembered costs one multiplication and addition a
/// point. The nearest stretch is the left matrix profile of the stream, over an exponential window.
///
/// - Complexity: an insertion O(n) for n values, without branches or allocation; median and median
///   absolute deviation O(log n). 12 bytes a value.
///
/// Source: C.-C. M. Yeh and others, "Matrix Profile I", ICDM 2016; E. Keogh and others, "DAMP:
/// Discovering anomalies in streams", KDD 2022 (nearest neighbours among earlier stretches alone).
struct PatternMemory: Sendable, Equatable {
    private static let decay: Float = 0.8
    /// Stretches that began this few values ago overlap with the newest one.
    private static let overlap = 20
    /// Share of a stretch's distance that a deviation of its last value alone makes.
    static var newestShare: Double { Double(1 - decay).squareRoot() }
    private static let fitInterval = 128
    /// Values that are forgotten before the others move to the front.
    private static let moveInterval = 64
    private static let laneCount = Int(mlmon_lane_count)

    let capacity: Int
    private(set) var count = 0
    private var scale = StreamScale(origin: 0, reach: 0)
    /// Values until the scale is fitted to those that are remembered.
    private var untilFit = 1
    /// In the scale's units, oldest first from `start`. Behind them, and behind the distances, is room
    /// for the lanes of one more step.
    private var values: [Float]
    /// Moves on by one with each value that is forgotten, and now and then back to 0 with all of them.
    private var start = 0
    /// The first `count` are the values in ascending order.
    private var sorted: [Float]
    /// Squared distances; that of the stretch k values ago at `capacity - k`.
    private var distances: [Float]

    init(capacity: Int) {
        precondition(capacity > Self.overlap, "memory of \(capacity) values")
        self.capacity = capacity
        sorted = [Float](repeating: 0, count: capacity)
        distances = sorted + [Float](repeating: 0, count: Self.laneCount)
        values = distances + [Float](repeating: 0, count: Self.moveInterval)
    }

    /// Inserts a finite value and forgets the oldest when the memory is full.
    ///
    /// - Parameter limit: Larger differences of two values count as this one. Without a limit a jump
    ///   of a million spreads would keep all stretches far apart for a hundred points.
    /// - Returns: Root mean square distance of the newest stretch from the earlier one that is most
    ///   like it, in the stream's unit; nil while there is hardly any earlier one.
    mutating func insert(_ value: Double, limit: Double = .infinity) -> Double? {
        if count == 0 { scale = StreamScale(origin: value, reach: 0) }
        let x = scale.encode(value)
        let reach = Float(min(limit / scale.unit, StreamScale.largest))
        let nearest = compare(x, atMost: reach * reach)
        values[start + count] = x
        if count < capacity {
            place(x, from: count)
            count += 1
        } else {
            place(x, from: Self.lowerBound(values[start], in: sorted.span, count))
            start += 1
            if start == Self.moveInterval { moveToFront() }
        }
        let unit = scale.unit
        untilFit -= 1
        if untilFit == 0 { fitScale() }
        return nearest.map { (Double($0) * Double(1 - Self.decay)).squareRoot() * unit }
    }

    /// The latest values, at most as many as wanted, oldest first.
    func latest(_ wanted: Int) -> [Double] {
        latestValues(wanted).map { scale.decode(Double($0)) }
    }

    /// Mean of `length` values, the newest of them `age` insertions old.
    ///
    /// - Precondition: There are as many.
    func mean(from age: Int, length: Int) -> Double {
        precondition(age >= 0 && length > 0 && age + length <= count, "\(age), \(length)")
        let end = start + count - age
        return scale.decode(Self.sum(values[(end - length)..<end]) / Double(length))
    }

    private func latestValues(_ wanted: Int) -> ArraySlice<Float> {
        values[start..<(start + count)].suffix(wanted)
    }

    /// In four parts, which the processor adds at the same time.
    private static func sum(_ values: ArraySlice<Float>) -> Double {
        var sums = SIMD4<Double>.zero
        values.withUnsafeBufferPointer { values in
            var i = 0
            while i + 4 <= values.count {
                sums += SIMD4(
                    Double(values[i]), Double(values[i + 1]), Double(values[i + 2]),
                    Double(values[i + 3]))
                i += 4
            }
            while i < values.count {
                sums[0] += Double(values[i])
                i += 1
            }
        }
        return sums[0] + sums[1] + sums[2] + sums[3]
    }

    /// - Precondition: the memory is not empty.
    var median: Double {
        let middle = count / 2
        let upper = Double(sorted[middle])
        return scale.decode(count % 2 == 1 ? upper : (Double(sorted[middle - 1]) + upper) / 2)
    }

    /// Largest less smallest value.
    ///
    /// - Precondition: the memory is not empty.
    var range: Double { (Double(sorted[count - 1]) - Double(sorted[0])) * scale.unit }

    /// Distance of the farthest of the nearer half of the values from `centre`.
    func medianDeviation(from centre: Double) -> Double {
        // The nearest half are neighbours in `sorted`; find where they begin: near where
        // they did a value ago, so that the branches are foretold.
        let middle = scale.exactly(centre)
        let half = count / 2 + 1
        var low = 0
        var length = count - half
        while length > 0 {
            let step = length / 2
            let isFarther =
                middle - Double(sorted[low + step]) > Double(sorted[low + step + half]) - middle
            low = isFarther ? low + step + 1 : low
            length = isFarther ? length - step - 1 : step
        }
        return max(middle - Double(sorted[low]), Double(sorted[low + half - 1]) - middle)
            * scale.unit
    }

    /// First place of ascending numbers that is not less than x.
    ///
    /// Nothing branches on a number: in which half of the others a new one lies cannot be foretold,
    /// and each wrong guess would cost as much as three steps.
    private static func lowerBound(_ x: Float, in sorted: Span<Float>, _ count: Int) -> Int {
        precondition(count <= sorted.count)
        guard count > 0 else { return 0 }
        var low = 0
        var length = count
        while length > 1 {
            let half = length / 2
            low = mlmon_chosen(sorted[unchecked: low &+ half &- 1] < x, low &+ half, low)
            length &-= half
        }
        return sorted[unchecked: low] < x ? low &+ 1 : low
    }

    /// Puts x in its order, and moves what lies between that and a place which is free.
    private mutating func place(_ x: Float, from free: Int) {
        let bound = Self.lowerBound(x, in: sorted.span, count)
        sorted.withUnsafeMutableBufferPointer { sorted in
            precondition(free < sorted.count && bound <= sorted.count)
            guard let base = sorted.baseAddress else { return }
            if bound > free {
                (base + free).update(from: base + free + 1, count: bound - 1 - free)
                base[bound - 1] = x
            } else {
                (base + bound + 1).update(from: base + bound, count: free - bound)
                base[bound] = x
            }
        }
    }

    private mutating func moveToFront() {
        values.withUnsafeMutableBufferPointer { values in
            precondition(start + count <= values.count)
            guard let base = values.baseAddress else { return }
            base.update(from: base + start, count: count)
        }
        start = 0
    }

    /// Advances all distances by one value.
    ///
    /// - Parameter most: The largest square that is added to a distance.
    /// - Returns: The smallest of those that do not overlap; nil when all do.
    private mutating func compare(_ x: Float, atMost most: Float) -> Float? {
        let (start, length) = (start, count)
        let (place, apart) = (capacity - length, max(length - Self.overlap, 0))
        precondition(
            start >= 0 && place >= 0 && start + length + Self.laneCount <= values.count
                && place + length + Self.laneCount <= distances.count)
        let least = values.withUnsafeBufferPointer { values in
            distances.withUnsafeMutableBufferPointer { distances -> Float in
                guard let v = values.baseAddress, let d = distances.baseAddress else { return 0 }
                return mlmon_advance_distances(
                    d + place, v + start, length, apart, x, most, Self.decay)
            }
        }
        return apart > 0 ? least : nil
    }

    /// Expresses what is remembered in the scale that suits it now, again after more and more
    /// values.
    private mutating func fitScale() {
        untilFit = min(count, Self.fitInterval)
        let old = scale
        let middle = median
        scale = StreamScale(
            origin: middle, reach: max(decode(count - 1, old) - middle, middle - decode(0, old)))
        Self.convert(&values, start..<(start + count), from: old, to: scale)
        Self.convert(&sorted, 0..<count, from: old, to: scale)
        let factor = old.unit / scale.unit
        let places = (capacity - count)..<capacity
        var distances = distances.mutableSpan
        for i in places {
            let distance = Double(distances[i]) * factor * factor
            distances[i] = Float(min(distance, Double(Float.greatestFiniteMagnitude)))
        }
    }

    private static func convert(
        _ numbers: inout [Float], _ places: Range<Int>, from old: StreamScale, to new: StreamScale
    ) {
        precondition(places.upperBound <= numbers.count)
        var numbers = numbers.mutableSpan
        for i in places {
            numbers[unchecked: i] = new.encode(old.decode(Double(numbers[unchecked: i])))
        }
    }

    private func decode(_ rank: Int, _ scale: StreamScale) -> Double {
        scale.decode(Double(sorted[rank]))
    }
}

extension PatternMemory: Codable {
    private enum CodingKeys: String, CodingKey {
        case capacity
        case scale
        case untilFit
        case values
        case distances
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let capacity = try container.decode(Int.self, forKey: .capacity)
        let values = try container.decodeNumbers(forKey: .values, older: PackedNumbers.floats)
        let distances = try container.decodeNumbers(
            forKey: .distances, older: PackedNumbers.floats)
        let largest = Float(StreamScale.largest)
        try container.check(capacity > Self.overlap && capacity <= 1 << 20, .capacity)
        try container.check(
            values.count <= capacity && values.allSatisfy { abs($0) <= largest }, .values)
        try container.check(
            distances.count == values.count && distances.allSatisfy { $0 >= 0 && $0.isFinite },
            .distances)
        self.init(capacity: capacity)
        scale = try container.decode(StreamScale.self, forKey: .scale)
        untilFit = min(max(1, try container.decode(Int.self, forKey: .untilFit)), Self.fitInterval)
        count = values.count
        self.values.replaceSubrange(..<count, with: values)
        sorted.replaceSubrange(..<count, with: values.sorted())
        self.distances.replaceSubrange((capacity - count)..<capacity, with: distances)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(capacity, forKey: .capacity)
        try container.encode(scale, forKey: .scale)
        try container.encode(untilFit, forKey: .untilFit)
        try container.encode(Array(latestValues(count)), forKey: .values)
        try container.encode(Array(distances[(capacity - count)..<capacity]), forKey: .distances)
    }
}
