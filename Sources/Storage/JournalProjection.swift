/// Picks the values of some series out of the journal rows of one layout.
///
/// A value lies behind the bytes of all values before it. How many those are is the sum of their
/// nibbles (see `JournalRow`), which are added up sixteen at a time.
struct JournalProjection: Sendable {
    /// Number of series of the layout.
    private let count: Int
    /// Ascending, below `count`.
    let places: [Int]

    private static let nibblesOfWord = 16
    private static let staleCode: UInt64 = 9
    /// The lowest bit of each nibble.
    private static let ones: UInt64 = 0x1111_1111_1111_1111
    /// The lower nibble of each byte.
    private static let lowerHalves: UInt64 = 0x0F0F_0F0F_0F0F_0F0F

    /// - Parameter places: Ascending, below `count`.
    init(count: Int, places: [Int]) {
        self.count = count
        self.places = places
    }

    /// Bytes at the beginning of a row that say how long each value is.
    var nibbleByteCount: Int { (count + 1) / 2 }

    /// Which bytes of a row hold the values, from the one at the first place to the one at the last.
    ///
    /// - Parameter row: Its first `nibbleByteCount` bytes at least.
    func byteRange(in row: UnsafeRawBufferPointer) throws(Damage) -> Range<Int> {
        guard let first = places.first, let last = places.last else {
            return nibbleByteCount..<nibbleByteCount
        }
        let start = nibbleByteCount + (try Self.byteCount(before: first, in: row))
        return start..<nibbleByteCount + (try Self.byteCount(before: last + 1, in: row))
    }

    /// Bytes of the values before a place.
    private static func byteCount(
        before place: Int, in row: UnsafeRawBufferPointer
    ) throws(Damage) -> Int {
        var sum = 0
        for wordIndex in 0..<place / nibblesOfWord {
            sum += try byteCount(row.word(at: wordIndex * MemoryLayout<UInt64>.size))
        }
        let rest = UInt64(4 * (place % nibblesOfWord))
        if rest == 0 { return sum }
        let word = row.word(at: place / nibblesOfWord * MemoryLayout<UInt64>.size)
        return sum + (try byteCount(word & ((1 << rest) &- 1)))
    }

    /// Appends the value at each place.
    ///
    /// - Throws: Where the row is shorter than its nibbles say, or one of them is unknown; what was
    ///   appended then is of no use.
    /// - Complexity: O(last place / 16 + places).
    func append(
        _ payload: UnsafeRawBufferPointer, to values: inout [Double]
    ) throws(Damage) {
        guard payload.count >= nibbleByteCount else { throw Damage("ends early") }
        let count = values.count
        values.append(contentsOf: repeatElement(0, count: places.count))
        try values.withUnsafeMutableBufferPointer { buffer throws(Damage) in
            try pick(payload, into: UnsafeMutableBufferPointer(rebasing: buffer[count...]))
        }
    }

    /// - Parameter values: As many as there are places.
    private func pick(
        _ payload: UnsafeRawBufferPointer, into values: UnsafeMutableBufferPointer<Double>
    ) throws(Damage) {
        var word = payload.word(at: 0)
        var wordIndex = 0
        // Where the values of the word begin.
        var offset = nibbleByteCount
        // The place behind the last one, and where its value begins.
        var following = -1
        var start = 0
        for (index, place) in places.enumerated() {
            if place != following || place % Self.nibblesOfWord == 0 {
                while wordIndex < place / Self.nibblesOfWord {
                    offset += try Self.byteCount(word)
                    wordIndex += 1
                    word = payload.word(at: wordIndex * MemoryLayout<UInt64>.size)
                }
                let before = UInt64(4 * (place % Self.nibblesOfWord))
                start = offset + (try Self.byteCount(word & ((1 << before) &- 1)))
            }
            let code = word >> UInt64(4 * (place % Self.nibblesOfWord)) & 0xF
            values[index] = try Self.value(code, at: start, of: payload)
            start += code == Self.staleCode ? 0 : Int(code)
            following = place + 1
        }
    }

    /// Bytes of the values with these sixteen codes.
    @inline(__always)
    private static func byteCount(_ codes: UInt64) throws(Damage) -> Int {
        let upper = codes >> 3
        guard upper & (codes >> 2 | codes >> 1) & ones == 0 else {
            throw Damage("unknown value code among \(String(codes, radix: 16))")
        }
        // Stale markers have no bytes.
        let lengths = codes &- (upper & codes & ones) &* staleCode
        let pairs = (lengths & lowerHalves) &+ (lengths >> 4 & lowerHalves)
        return Int((pairs &* 0x0101_0101_0101_0101) >> 56)
    }

    @inline(__always)
    private static func value(
        _ code: UInt64, at start: Int, of payload: UnsafeRawBufferPointer
    ) throws(Damage) -> Double {
        if code == staleCode { return .staleMarker }
        guard code < staleCode else { throw Damage("unknown value code \(code)") }
        guard start + Int(code) <= payload.count else { throw Damage("ends early") }
        if code == 8 { return Double(bitPattern: payload.word(at: start)) }
        let bits = payload.word(at: start) & ((1 << (8 * code)) &- 1)
        return Double(Varint.unzigzag(bits))
    }
}

extension UnsafeRawBufferPointer {
    /// Eight bytes, little endian; those behind the end are 0.
    ///
    /// - Parameter offset: Not negative.
    @inline(__always)
    fileprivate func word(at offset: Int) -> UInt64 {
        if offset + MemoryLayout<UInt64>.size <= count {
            return UInt64(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
        var word: UInt64 = 0
        for index in stride(from: offset, to: count, by: 1) {
            word |= UInt64(self[index]) << UInt64(8 * (index - offset))
        }
        return word
    }
}
