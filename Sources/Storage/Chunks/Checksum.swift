/// FNV-1a, 64 bits.
///
/// Source: G. Fowler, L. C. Noll, K.-P. Vo, D. Eastlake, *The FNV Non-Cryptographic Hash
/// Algorithm*, RFC 9923.
enum Checksum {
    private static let offset: UInt64 = 0xcbf2_9ce4_8422_2325
    private static let prime: UInt64 = 0x100_0000_01b3

    static func fnv1a(_ bytes: [UInt8]) -> UInt64 {
        bytes.reduce(offset) { ($0 ^ UInt64($1)) &* prime }
    }

    /// FNV-1a over little-endian words of 8 bytes, the last one filled with zeros, then over the
    /// number of bytes; folded to 32 bits by exclusive or of its halves.
    static func folded(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        var hash = offset
        var position = 0
        while position + 8 <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            hash = (hash ^ UInt64(littleEndian: word)) &* prime
            position += 8
        }
        if position < bytes.count {
            var word: UInt64 = 0
            for i in position..<bytes.count {
                word |= UInt64(bytes[i]) << (8 * UInt64(i - position))
            }
            hash = (hash ^ word) &* prime
        }
        hash = (hash ^ UInt64(bytes.count)) &* prime
        return UInt32(truncatingIfNeeded: hash ^ (hash >> 32))
    }
}
