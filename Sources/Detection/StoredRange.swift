/// Ranges that numbers of a stored state lie in. One beyond them was not written by a detector, and
/// would go on as an overflow or as NaN.
enum StoredRange {
    static let count = 0...(1 << 53)
    static let size = 0...1e18
    /// Detectors take values up to 10¹⁵⁰ either side of 0.
    static let value = -1e151...1e151
    static let square = 0...1e303
}

extension KeyedDecodingContainer {
    /// - Throws: `DecodingError` for a number that is not in the range, and for NaN.
    func decode<Number: Decodable & Comparable>(
        _ key: Key, in range: ClosedRange<Number>
    ) throws -> Number {
        let number = try decode(Number.self, forKey: key)
        try check(range.contains(number), key)
        return number
    }

    func decodeNumbers(_ key: Key, in range: ClosedRange<Double>) throws -> [Double] {
        let numbers = try decode([Double].self, forKey: key)
        try check(numbers.allSatisfy(range.contains), key)
        return numbers
    }

    func check(_ isSound: Bool, _ key: Key) throws {
        guard !isSound else { return }
        throw DecodingError.dataCorruptedError(
            forKey: key, in: self, debugDescription: "\(key.stringValue) out of range")
    }
}
