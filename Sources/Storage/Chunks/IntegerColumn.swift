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
        try checkCount(count)
        var values = [Int64](repeating: 0, count: count)
        try values.withUnsafeMutableBufferPointer { buffer throws(Damage) in
            try fill(buffer, from: bytes)
        }
        return values
    }

    /// As above, each integer turned into a value where it lies.
    @inline(__always)
    static func decode(
        _ bytes: UnsafeRawBufferPointer, count: Int, _ value: (Int64) -> Double
    ) throws(Damage) -> [Double] {
        try checkCount(count)
        var values = [Double](repeating: 0, count: count)
        try values.withUnsafeMutableBufferPointer { buffer throws(Damage) in
            try buffer.withMemoryRebound(to: Int64.self) { integers throws(Damage) in
                try fill(integers, from: bytes)
            }
            for index in buffer.indices {
                buffer[index] = value(Int64(bitPattern: buffer[index].bitPattern))
            }
        }
        return values
    }

    private static func checkCount(_ count: Int) throws(Damage) {
        guard count > 0 else { throw Damage("a column of \(count) integers") }
    }

    /// - Parameter values: Not empty.
    private static func fill(
        _ values: UnsafeMutableBufferPointer<Int64>, from bytes: UnsafeRawBufferPointer
    ) throws(Damage) {
        var reader = ByteReader(bytes)
        let header = try reader.byte()
        guard header <= 3 else { throw Damage("column header \(header)") }
        let isSecondOrder = header & 1 == 1
        let isZigzag = header & 2 == 2
        var last = try reader.signed()
        values[0] = last
        var place = 1
        var slope: Int64 = 0
        if isSecondOrder, values.count > 1 {
            slope = try reader.signed()
            last = last &+ slope
            values[1] = last
            place = 2
        }
        guard place < values.count else { return }
        let reference = try reader.signed()
        var bits = BitReader(reader.rest())
        while place < values.count {
            let group = place..<min(place + groupCount, values.count)
            unpack(&bits, into: values, group)
            if bits.hasOverrun { throw Damage("column ends early") }
            for index in group {
                let code = values[index]
                let offset = isZigzag ? Varint.unzigzag(UInt64(bitPattern: code)) : code
                let residual = reference &+ offset
                slope = isSecondOrder ? slope &+ residual : residual
                last = last &+ slope
                values[index] = last
            }
            place = group.upperBound
        }
    }

    /// The codes of one group.
    private static func unpack(
        _ bits: inout BitReader, into codes: UnsafeMutableBufferPointer<Int64>, _ group: Range<Int>
    ) {
        switch Packing(code: Int(bits.read(packingBitCount))) {
        case .zero:
            for index in group { codes[index] = 0 }
        case .fixed(let width):
            for index in group { codes[index] = Int64(bitPattern: bits.read(width)) }
        case .rice(let parameter):
            for index in group { codes[index] = Int64(bitPattern: rice(&bits, parameter)) }
        case .sparse(let parameter):
            var mask = bits.read(group.count)
            for index in group {
                codes[index] =
                    mask & 1 == 0 ? 0 : Int64(bitPattern: rice(&bits, parameter) &+ 1)
                mask >>= 1
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
