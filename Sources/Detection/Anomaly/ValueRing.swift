/// The latest values of a stream, in order of arrival and in order of size.
///
/// - Complexity: an insertion O(log n) comparisons and one move of at most n values; median and
///   median absolute deviation O(log n).
struct ValueRing: Sendable, Equatable {
    let capacity: Int
    private var values: [Double] = []
    private var next = 0
    private var sorted: [Double] = []

    init(capacity: Int) {
        precondition(capacity > 0, "ring of \(capacity) values")
        self.capacity = capacity
    }

    var count: Int { values.count }

    /// Inserts a finite value and forgets the oldest when the ring is full.
    mutating func insert(_ value: Double) {
        if values.count < capacity {
            values.append(value)
            sorted.insert(value, at: lowerBound(value))
            return
        }
        let oldest = values[next]
        values[next] = value
        next = (next + 1) % capacity
        replace(oldest, with: value)
    }

    /// The value `age` insertions ago; 0 is the newest.
    func latest(_ age: Int) -> Double {
        let newest = values.count < capacity ? values.count - 1 : (next + capacity - 1) % capacity
        let i = newest - age
        return values[i < 0 ? i + capacity : i]
    }

    /// Mean of `length` values, the newest of them `age` insertions old.
    func mean(from age: Int, length: Int) -> Double {
        let end = (values.count < capacity ? values.count : next + capacity) - age
        var sum = 0.0
        // The stretch is one or two runs of the storage.
        let start = end - length
        if start < capacity {
            for i in start..<min(end, capacity) { sum += values[i] }
        }
        if end > capacity {
            for i in (max(start, capacity) - capacity)..<(end - capacity) { sum += values[i] }
        }
        return sum / Double(length)
    }

    /// - Precondition: the ring is not empty.
    var median: Double {
        let middle = sorted.count / 2
        return sorted.count % 2 == 1
            ? sorted[middle] : sorted[middle - 1] + (sorted[middle] - sorted[middle - 1]) / 2
    }

    var smallest: Double { sorted[0] }
    var largest: Double { sorted[sorted.count - 1] }

    /// Distance of the farthest of the nearer half of the values from `centre`.
    func medianDeviation(from centre: Double) -> Double {
        // The nearest half are neighbours in `sorted`; find where they begin.
        let half = sorted.count / 2 + 1
        var low = 0
        var high = sorted.count - half
        while low < high {
            let middle = (low + high) / 2
            if centre - sorted[middle] > sorted[middle + half] - centre {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return max(centre - sorted[low], sorted[low + half - 1] - centre)
    }

    private func lowerBound(_ value: Double) -> Int {
        var low = 0
        var high = sorted.count
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private mutating func replace(_ old: Double, with new: Double) {
        sorted.remove(at: lowerBound(old))
        sorted.insert(new, at: lowerBound(new))
    }
}

extension ValueRing: Codable {
    private enum CodingKeys: String, CodingKey {
        case capacity
        case values
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let capacity = try container.decode(Int.self, forKey: .capacity)
        let values: [Double]
        if let text = try? container.decode(String.self, forKey: .values) {
            values = PackedNumbers.decoded(text) ?? []
        } else {
            values = try container.decode([Double].self, forKey: .values)
        }
        guard capacity > 0, values.count <= capacity, values.allSatisfy(\.isFinite) else {
            throw DecodingError.dataCorruptedError(
                forKey: .values, in: container, debugDescription: "ring beyond its capacity")
        }
        self.init(capacity: capacity)
        self.values = values
        sorted = values.sorted()
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(capacity, forKey: .capacity)
        // Oldest first, so that the place of the oldest need not be told.
        let oldestFirst = values[next...] + values[..<next]
        try container.encode(PackedNumbers.encoded(oldestFirst), forKey: .values)
    }
}

/// Numbers as text without loss: the 64 bits of each, lowest first, six to a character, 11
/// characters a number.
enum PackedNumbers {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    private static let width = 11

    static func encoded(_ numbers: some Sequence<Double>) -> String {
        var text: [UInt8] = []
        for number in numbers {
            var bits = number.bitPattern
            for _ in 0..<width {
                text.append(alphabet[Int(bits & 63)])
                bits >>= 6
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// - Returns: nil for text that is not of that form.
    static func decoded(_ text: String) -> [Double]? {
        var places = [UInt64?](repeating: nil, count: 256)
        for (i, byte) in alphabet.enumerated() { places[Int(byte)] = UInt64(i) }
        let bytes = Array(text.utf8)
        guard bytes.count % width == 0 else { return nil }
        var numbers: [Double] = []
        for start in stride(from: 0, to: bytes.count, by: width) {
            var bits: UInt64 = 0
            for i in 0..<width {
                guard let place = places[Int(bytes[start + i])] else { return nil }
                bits |= place << UInt64(6 * i)
            }
            numbers.append(Double(bitPattern: bits))
        }
        return numbers
    }
}
