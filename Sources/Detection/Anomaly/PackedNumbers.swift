/// Numbers as text without loss: words of 32 bits, lowest first, six bits to a character, six
/// characters a word.
enum PackedNumbers {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    private static let width = 6

    static func encoded(_ numbers: some Sequence<Float>) -> String {
        encoded(words: numbers.lazy.map(\.bitPattern))
    }

    static func encoded(_ numbers: some Sequence<Double>) -> String {
        encoded(
            words: numbers.flatMap {
                [UInt32(truncatingIfNeeded: $0.bitPattern), UInt32($0.bitPattern >> 32)]
            })
    }

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

    private static func encoded(words: some Sequence<UInt32>) -> String {
        var text: [UInt8] = []
        for var bits in words {
            for _ in 0..<width {
                text.append(alphabet[Int(bits & 63)])
                bits >>= 6
            }
        }
        return String(decoding: text, as: UTF8.self)
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
