/// Gzip streams made by hand (RFC 1951, RFC 1952), so that tests need no compressor.
package enum Gzip {
    /// The bytes in stored blocks: valid, and a little longer than they were.
    package static func stored(_ bytes: [UInt8]) -> [UInt8] {
        var stream = header
        var start = 0
        repeat {
            let end = min(start + 0xFFFF, bytes.count)
            let count = UInt16(end - start)
            stream.append(end == bytes.count ? 1 : 0)
            stream += [UInt8(count & 0xFF), UInt8(count >> 8)]
            stream += [UInt8(~count & 0xFF), UInt8(~count >> 8)]
            stream += bytes[start..<end]
            start = end
        } while start < bytes.count
        return stream + trailer(checksum: crc32(bytes), byteCount: bytes.count)
    }

    /// A stream that unpacks to many times its length: zero bytes, about 160 for each one sent.
    ///
    /// - Parameter byteCount: Rounded up to 1 plus a multiple of 258.
    package static func bomb(byteCount: Int) -> [UInt8] {
        var bits = BitWriter()
        bits.append(0b1, count: 1)  // last block
        bits.append(0b01, count: 2)  // fixed Huffman codes
        bits.appendCode(0b0011_0000, count: 8)  // literal 0
        let matchCount = (max(byteCount, 1) - 1 + 257) / 258
        for _ in 0..<matchCount {
            bits.appendCode(0b1100_0101, count: 8)  // 285: a match of 258 bytes
            bits.appendCode(0, count: 5)  // at distance 1
        }
        bits.appendCode(0, count: 7)  // 256: end of block
        // No reader gets to the checksum: the length limit comes first.
        return header + bits.flushed() + trailer(checksum: 0, byteCount: 1 + matchCount * 258)
    }

    private static let header: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF]

    private static func trailer(checksum: UInt32, byteCount: Int) -> [UInt8] {
        let length = UInt32(truncatingIfNeeded: byteCount)
        return [checksum, length].flatMap { word in
            (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * UInt32($0))) }
        }
    }

    private static func crc32(_ bytes: [UInt8]) -> UInt32 {
        var checksum: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            checksum ^= UInt32(byte)
            for _ in 0..<8 { checksum = (checksum >> 1) ^ (checksum & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
        return ~checksum
    }
}

private struct BitWriter {
    private var bytes: [UInt8] = []
    private var current: UInt8 = 0
    private var bitCount = 0

    /// Lowest bit first.
    mutating func append(_ value: Int, count: Int) {
        for i in 0..<count {
            current |= UInt8((value >> i) & 1) << UInt8(bitCount)
            bitCount += 1
            if bitCount == 8 {
                bytes.append(current)
                current = 0
                bitCount = 0
            }
        }
    }

    /// Highest bit first, as Huffman codes are packed.
    mutating func appendCode(_ code: Int, count: Int) {
        for i in stride(from: count - 1, through: 0, by: -1) { append(code >> i, count: 1) }
    }

    func flushed() -> [UInt8] {
        bitCount == 0 ? bytes : bytes + [current]
    }
}
