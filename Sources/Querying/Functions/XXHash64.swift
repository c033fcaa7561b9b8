/// The 64-bit xxHash of bytes, with seed 0.
///
/// Source: Y. Collet, *xxHash fast digest algorithm*, specification 0.1.1,
/// https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md
func xxHash64(_ bytes: [UInt8]) -> UInt64 {
    bytes.withUnsafeBytes { input in
        var position = 0
        var hash: UInt64
        if input.count >= 32 {
            var lanes = [prime1 &+ prime2, prime2, 0, 0 &- prime1]
            while position + 32 <= input.count {
                for lane in 0..<4 {
                    lanes[lane] = mixed(lanes[lane], word(input, position + lane * 8))
                }
                position += 32
            }
            hash = rotated(lanes[0], 1) &+ rotated(lanes[1], 7)
            hash = hash &+ rotated(lanes[2], 12) &+ rotated(lanes[3], 18)
            for lane in lanes { hash = (hash ^ mixed(0, lane)) &* prime1 &+ prime4 }
        } else {
            hash = prime5
        }
        hash = hash &+ UInt64(input.count)
        while position + 8 <= input.count {
            hash = rotated(hash ^ mixed(0, word(input, position)), 27) &* prime1 &+ prime4
            position += 8
        }
        if position + 4 <= input.count {
            let half = input.loadUnaligned(fromByteOffset: position, as: UInt32.self)
            hash ^= UInt64(UInt32(littleEndian: half)) &* prime1
            hash = rotated(hash, 23) &* prime2 &+ prime3
            position += 4
        }
        while position < input.count {
            hash = rotated(hash ^ UInt64(input[position]) &* prime5, 11) &* prime1
            position += 1
        }
        hash = (hash ^ hash >> 33) &* prime2
        hash = (hash ^ hash >> 29) &* prime3
        return hash ^ hash >> 32
    }
}

private let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
private let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
private let prime3: UInt64 = 0x1656_67B1_9E37_79F9
private let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
private let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

private func word(_ input: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
    UInt64(littleEndian: input.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
}

private func mixed(_ lane: UInt64, _ input: UInt64) -> UInt64 {
    rotated(lane &+ input &* prime2, 31) &* prime1
}

private func rotated(_ value: UInt64, _ count: UInt64) -> UInt64 {
    value << count | value >> (64 - count)
}
