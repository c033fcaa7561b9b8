import Foundation
import TimeSeries

/// The values of one batch as the blob of a journal row.
///
/// One nibble a value says how its bytes look, so that a reader finds one series' value with a
/// walk over the nibbles alone:
///
///     0        +0.0, no bytes
///     1...7    an integer of at most 2^53 in magnitude, ZigZag, in so many bytes
///     8        the 8 bytes of the Double
///     9        the stale marker, no bytes
enum JournalRow {
    private static let rawCode: UInt8 = 8
    private static let staleCode: UInt8 = 9
    /// Largest magnitude of an integer that every Double around it can tell apart.
    private static let largestInteger = 9_007_199_254_740_992.0

    /// - Parameters:
    ///   - timestamps: Milliseconds, one a value, where they are not all `at`.
    /// - Complexity: O(values); allocates the result.
    static func encode(values: [Double], timestamps: [Int64]?, at: Int64) -> [UInt8] {
        let nibbleByteCount = (values.count + 1) / 2
        let capacity = nibbleByteCount + 8 * values.count
        var bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            buffer.prefix(nibbleByteCount).update(repeating: 0)
            let raw = UnsafeMutableRawBufferPointer(buffer)
            var end = nibbleByteCount
            for (index, value) in values.enumerated() {
                let (code, bits) = encode(value)
                buffer[index >> 1] |= index & 1 == 0 ? code : code << 4
                let byteCount = code == staleCode ? 0 : Int(code)
                if end + 8 <= capacity {
                    raw.storeBytes(of: bits.littleEndian, toByteOffset: end, as: UInt64.self)
                } else {
                    for i in 0..<byteCount {
                        buffer[end + i] = UInt8(truncatingIfNeeded: bits >> (8 * UInt64(i)))
                    }
                }
                end += byteCount
            }
            count = end
        }
        for timestamp in timestamps ?? [] {
            Varint.append(signed: timestamp &- at, to: &bytes)
        }
        return bytes
    }

    @inline(__always)
    private static func encode(_ value: Double) -> (code: UInt8, bits: UInt64) {
        let bits = value.bitPattern
        if bits == 0 { return (0, 0) }
        if value.magnitude <= largestInteger {
            let integer = Int64(value)
            if Double(integer) == value, integer != 0 {
                let code = Varint.zigzag(integer)
                return (UInt8((71 - code.leadingZeroBitCount) >> 3), code)
            }
        }
        return value.isStaleMarker ? (staleCode, 0) : (rawCode, bits)
    }

    /// Reads every value of a row.
    ///
    /// - Parameters:
    ///   - count: Number of series of the row's layout.
    ///   - values, timestamps: The row is appended here; `timestamps` is left alone unless the
    ///     layout has them.
    static func decode(
        _ payload: UnsafeRawBufferPointer, count: Int, hasTimestamps: Bool, at: Int64,
        values: inout [Double], timestamps: inout [Int64]
    ) throws(Damage) {
        var reader = ByteReader(payload)
        let nibbles = try reader.slice((count + 1) / 2)
        for index in 0..<count {
            let code = nibble(nibbles, index)
            let bytes = try reader.slice(try byteCount(code))
            values.append(value(code, bytes))
        }
        guard hasTimestamps else { return }
        for _ in 0..<count { timestamps.append(at &+ (try reader.signed())) }
    }

    @inline(__always)
    private static func nibble(_ nibbles: UnsafeRawBufferPointer, _ index: Int) -> UInt8 {
        index & 1 == 0 ? nibbles[index >> 1] & 0xF : nibbles[index >> 1] >> 4
    }

    @inline(__always)
    private static func byteCount(_ code: UInt8) throws(Damage) -> Int {
        guard code <= staleCode else { throw Damage("unknown value code \(code)") }
        return code == staleCode ? 0 : Int(code)
    }

    @inline(__always)
    private static func value(_ code: UInt8, _ bytes: UnsafeRawBufferPointer) -> Double {
        if code == staleCode { return .staleMarker }
        var bits: UInt64 = 0
        if bytes.count == 8 {
            bits = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
            return Double(bitPattern: bits)
        }
        for (i, byte) in bytes.enumerated() { bits |= UInt64(byte) << (8 * UInt64(i)) }
        return Double(Varint.unzigzag(bits))
    }
}
