import Foundation

/// A column of integers as residuals of a first- or second-order difference, 64 at a time packed
/// in the cheapest of three ways.
///
/// All arithmetic wraps, so that every column of 64-bit integers is reproduced exactly.
/// Rice codes: R. F. Rice, *Some Practical Universal Noiseless Coding Techniques*, JPL 79-22, 1979.
enum IntegerColumn {
    /// Residuals in one group, each with its own packing.
    static let groupCount = 64
    /// Zero bits that announce a number written in full; shorter runs are Rice quotients.
    static let escapeZeroCount = 40
    static let packingBitCount = 7
    static let largestRiceParameter = 31
    static let largestSparseParameter = 30

    /// How the residuals of a group are written: a number of 7 bits.
    ///
    ///     0          all are zero, nothing follows
    ///     1...64     each in so many bits
    ///     65...96    each as a Rice code with parameter 0...31
    ///     97...127   a bit each (is it zero?), then what is not zero, less one, as Rice codes
    ///                with parameter 0...30
    enum Packing: Equatable {
        case zero
        case fixed(width: Int)
        case rice(parameter: Int)
        case sparse(parameter: Int)

        init(code: Int) {
            switch code {
            case 0: self = .zero
            case 1...64: self = .fixed(width: code)
            case 65...96: self = .rice(parameter: code - 65)
            default: self = .sparse(parameter: code - 97)
            }
        }

        var code: UInt64 {
            switch self {
            case .zero: 0
            case .fixed(let width): UInt64(width)
            case .rice(let parameter): UInt64(65 + parameter)
            case .sparse(let parameter): UInt64(97 + parameter)
            }
        }
    }

    /// Decodes a whole column.
    ///
    /// - Parameters:
    ///   - count: Number of integers, at least 1; known from elsewhere.
    ///   - bytes: The column and nothing behind it.
    static func decode(
        _ bytes: UnsafeRawBufferPointer, count: Int
    ) throws(Damage) -> [Int64] {
        var reader = ByteReader(bytes)
        let header = try reader.byte()
        guard header <= 3, count > 0 else { throw Damage("column header \(header)") }
        let isSecondOrder = header & 1 == 1
        let isZigzag = header & 2 == 2
        var values: [Int64] = []
        values.reserveCapacity(count)
        var last = try reader.signed()
        values.append(last)
        var slope: Int64 = 0
        if isSecondOrder, count > 1 {
            slope = try reader.signed()
            last = last &+ slope
            values.append(last)
        }
        guard values.count < count else { return values }
        let reference = try reader.signed()
        var bits = BitReader(reader.rest())
        var group = [UInt64](repeating: 0, count: groupCount)
        while values.count < count {
            let groupCount = min(groupCount, count - values.count)
            unpack(&bits, &group, groupCount)
            if bits.hasOverrun { throw Damage("column ends early") }
            for i in 0..<groupCount {
                let offset =
                    isZigzag ? Varint.unzigzag(group[i]) : Int64(bitPattern: group[i])
                let residual = reference &+ offset
                if isSecondOrder {
                    slope = slope &+ residual
                    last = last &+ slope
                } else {
                    last = last &+ residual
                }
                values.append(last)
            }
        }
        return values
    }

    private static func unpack(_ bits: inout BitReader, _ group: inout [UInt64], _ count: Int) {
        switch Packing(code: Int(bits.read(packingBitCount))) {
        case .zero:
            for i in 0..<count { group[i] = 0 }
        case .fixed(let width):
            for i in 0..<count { group[i] = bits.read(width) }
        case .rice(let parameter):
            for i in 0..<count { group[i] = rice(&bits, parameter) }
        case .sparse(let parameter):
            let mask = bits.read(count)
            for i in 0..<count {
                group[i] = mask >> UInt64(i) & 1 == 0 ? 0 : rice(&bits, parameter) &+ 1
            }
        }
    }

    @inline(__always)
    private static func rice(_ bits: inout BitReader, _ parameter: Int) -> UInt64 {
        let quotient = bits.zeros(limit: escapeZeroCount)
        if quotient == escapeZeroCount { return bits.read(64) }
        return UInt64(quotient) << UInt64(parameter) | bits.read(parameter)
    }
}
