/// Numbers as the text of older files: words of 32 bits, lowest first, six bits to a character, six
/// characters a word.
enum PackedNumbers {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    private static let width = 6

    /// - Returns: nil for text that is not of that form.
    static func floats(_ text: String) -> [Float]? {
        words(text)?.map { Float(bitPattern: $0) }
    }

    /// - Returns: nil for text that is not of that form.
    static func doubles(_ text: String) -> [Double]? {
        guard let words = words(text), words.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: words.count, by: 2).map {
            Double(bitPattern: UInt64(words[$0]) | UInt64(words[$0 + 1]) << 32)
        }
    }

    private static func words(_ text: String) -> [UInt32]? {
        var places = [UInt64?](repeating: nil, count: 256)
        for (i, byte) in alphabet.enumerated() { places[Int(byte)] = UInt64(i) }
        let bytes = Array(text.utf8)
        guard bytes.count.isMultiple(of: width) else { return nil }
        var words: [UInt32] = []
        words.reserveCapacity(bytes.count / width)
        for start in stride(from: 0, to: bytes.count, by: width) {
            var bits: UInt64 = 0
            for i in 0..<width {
                guard let place = places[Int(bytes[start + i])] else { return nil }
                bits |= place << UInt64(width * i)
            }
            guard let word = UInt32(exactly: bits) else { return nil }
            words.append(word)
        }
        return words
    }
}

extension KeyedDecodingContainer {
    /// Numbers as a list, or as the text of older files.
    func decodeNumbers<Number: Decodable>(
        forKey key: Key, older: (String) -> [Number]?
    ) throws -> [Number] {
        if let numbers = try? decode([Number].self, forKey: key) { return numbers }
        guard let numbers = older(try decode(String.self, forKey: key)) else {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: self, debugDescription: "text that holds no numbers")
        }
        return numbers
    }
}
