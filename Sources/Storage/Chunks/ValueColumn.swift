import Foundation
import TimeSeries

/// A column of Doubles, bit for bit: NaN payloads, −0 and stale markers included.
///
/// First byte: kind in the upper nibble, decimal places in the lower. Then
///
///     0  constant     the 8 bytes of the one value
///     1  decimals     integers: value · 10^places
///     2  decimals with exceptions: number of them, then place (difference to the one before) and
///        8 bytes of each, then the integers; the integer at the place of an exception is a filler
///     3  XOR with the value before
///     4  bit patterns as integers
///     5  constant decimal: the one value · 10^places
///
/// Decimals: A. Afroozeh, L. Kuffó, P. Boncz, *ALP: Adaptive Lossless floating-Point Compression*,
/// SIGMOD 2023.
enum ValueColumn {
    enum Kind: UInt8 {
        case constant
        case decimals
        case decimalsWithExceptions
        case xor
        case bitPatterns
        case constantDecimal
    }

    static let largestPlaces = 15
    static let powersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
    ]

    /// - Parameter values: At least 1.
    static func encode(_ values: [Double], to bytes: inout [UInt8]) {
        precondition(!values.isEmpty, "an empty column")
        let first = values[0].bitPattern
        if values.allSatisfy({ $0.bitPattern == first }) {
            if !appendConstantDecimal(values[0], to: &bytes) {
                bytes.append(Kind.constant.rawValue << 4)
                Varint.append(raw: first, to: &bytes)
            }
            return
        }
        let start = bytes.count
        if let decimals = DecimalColumn(values) {
            decimals.append(to: &bytes)
            // Nothing else comes below four bytes a value.
            if bytes.count - start <= 4 * values.count { return }
        }
        var candidates: [[UInt8]] = [Array(bytes[start...])]
        candidates.append(xorEncoded(values))
        var patterns: [UInt8] = [Kind.bitPatterns.rawValue << 4]
        IntegerColumn.encode(values.map { Int64(bitPattern: $0.bitPattern) }, to: &patterns)
        candidates.append(patterns)
        bytes.removeSubrange(start...)
        let best = candidates.filter { !$0.isEmpty }.min { $0.count < $1.count }
        bytes.append(contentsOf: best ?? patterns)
    }

    /// - Returns: Whether the value is a decimal that takes less than its 8 bytes.
    private static func appendConstantDecimal(_ value: Double, to bytes: inout [UInt8]) -> Bool {
        let start = bytes.count
        for (places, scale) in powersOfTen.enumerated() {
            guard let integer = DecimalColumn.integer(value, scale) else { continue }
            bytes.append(Kind.constantDecimal.rawValue << 4 | UInt8(places))
            Varint.append(signed: integer, to: &bytes)
            if bytes.count - start < 9 { return true }
            break
        }
        bytes.removeSubrange(start...)
        return false
    }

    /// - Parameters:
    ///   - bytes: The column and nothing behind it.
    ///   - count: Number of values, at least 1; known from the timestamps.
    static func decode(
        _ bytes: UnsafeRawBufferPointer, count: Int
    ) throws(Damage) -> [Double] {
        var reader = ByteReader(bytes)
        let header = try reader.byte()
        guard let kind = Kind(rawValue: header >> 4) else { throw Damage("value kind \(header)") }
        switch kind {
        case .constant:
            let value = Double(bitPattern: try reader.raw())
            return [Double](repeating: value, count: count)
        case .decimals, .decimalsWithExceptions:
            return try DecimalColumn.decode(
                &reader, places: Int(header & 0xF), count: count,
                hasExceptions: kind == .decimalsWithExceptions)
        case .constantDecimal:
            let value = Double(try reader.signed()) / powersOfTen[Int(header & 0xF)]
            return [Double](repeating: value, count: count)
        case .xor:
            return try xorDecoded(reader.rest(), count: count)
        case .bitPatterns:
            return try IntegerColumn.decode(reader.rest(), count: count) {
                Double(bitPattern: UInt64(bitPattern: $0))
            }
        }
    }
}

// MARK: XOR

extension ValueColumn {
    /// The first value in 64 bits; then for each a 0 bit where it equals the one before, else a 1
    /// bit and the differing bits: after a 0 bit in the window of the last difference, after a 1
    /// bit with a new window (6 bits: zeros in front, 6 bits: length less one).
    ///
    /// Source: T. Pelkonen et al., *Gorilla: A Fast, Scalable, In-Memory Time Series Database*,
    /// VLDB 2015, §4.1.2.
    private static func xorEncoded(_ values: [Double]) -> [UInt8] {
        var bits = BitWriter()
        var last = values[0].bitPattern
        bits.write(last, width: 64)
        var leading = 0
        var length = 0
        for value in values.dropFirst() {
            let difference = value.bitPattern ^ last
            last = value.bitPattern
            if difference == 0 {
                bits.write(0, width: 1)
                continue
            }
            let zeros = difference.leadingZeroBitCount
            let trailing = difference.trailingZeroBitCount
            let needed = 64 - zeros - trailing
            let fits = length > 0 && zeros >= leading && trailing >= 64 - leading - length
            if fits, length < needed + 12 {
                bits.write(0b01, width: 2)
            } else {
                (leading, length) = (zeros, needed)
                bits.write(0b11, width: 2)
                bits.write(UInt64(leading), width: 6)
                bits.write(UInt64(length - 1), width: 6)
            }
            bits.write(difference >> UInt64(64 - leading - length), width: length)
        }
        var bytes: [UInt8] = [Kind.xor.rawValue << 4]
        bits.append(to: &bytes)
        return bytes
    }

    private static func xorDecoded(
        _ bytes: UnsafeRawBufferPointer, count: Int
    ) throws(Damage) -> [Double] {
        var bits = BitReader(bytes)
        var last = bits.read(64)
        var values: [Double] = []
        values.reserveCapacity(count)
        values.append(Double(bitPattern: last))
        var leading = 0
        var length = 0
        while values.count < count {
            if bits.read(1) == 1 {
                if bits.read(1) == 1 {
                    leading = Int(bits.read(6))
                    length = Int(bits.read(6)) + 1
                }
                guard length > 0, leading + length <= 64 else { throw Damage("XOR window") }
                last ^= bits.read(length) << UInt64(64 - leading - length)
            }
            if bits.hasOverrun { throw Damage("column ends early") }
            values.append(Double(bitPattern: last))
        }
        return values
    }
}
