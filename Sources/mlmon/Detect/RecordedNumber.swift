import Foundation

/// Numbers as recorded series write them, read to the last place.
enum RecordedNumber {
    /// The number in a field; nil for anything else. Infinities are numbers, NaN is none. Blanks
    /// may stand around it.
    ///
    /// - Precondition: A byte follows the field in memory that no number goes on with.
    static func parse(_ field: Span<UInt8>) -> Double? {
        if let plain = decimal(field) { return plain }
        return field.withUnsafeBufferPointer { field -> Double? in
            guard let base = field.baseAddress, !field.isEmpty else { return nil }
            let start = UnsafeRawPointer(base).assumingMemoryBound(to: CChar.self)
            var end: UnsafeMutablePointer<CChar>?
            let value = strtod(start, &end)
            guard let end, UnsafePointer(end) > start else { return nil }
            var i = UnsafePointer(end) - start
            while i < field.count, field[i] == 0x20 || field[i] == 0x09 { i += 1 }
            return i == field.count && !value.isNaN ? value : nil
        }
    }

    /// Digits with at most one point and a sign, of which nineteen count; nil for all else.
    private static func decimal(_ field: Span<UInt8>) -> Double? {
        let count = field.count
        guard count > 0, count <= 40 else { return nil }
        let isNegative = field[0] == 0x2D
        var (digits, digitCount, fractionCount): (UInt64, Int, Int) = (0, 0, 0)
        var (isFraction, hasDigit) = (false, false)
        var i = isNegative ? 1 : 0
        while i < count {
            let byte = field[unchecked: i]
            i &+= 1
            let digit = byte &- 0x30
            if digit < 10 {
                hasDigit = true
                if digit > 0 || digitCount > 0 { digitCount &+= 1 }
                guard digitCount <= 19 else { return nil }
                digits = digits &* 10 &+ UInt64(digit)
                fractionCount &+= isFraction ? 1 : 0
            } else if byte == 0x2E, !isFraction {
                isFraction = true
            } else {
                return nil
            }
        }
        guard hasDigit, let size = quotient(digits, byPowerOfTen: fractionCount) else { return nil }
        return isNegative ? -size : size
    }

    /// `digits` / 10ᵏ, rounded once.
    ///
    /// - Returns: nil for more than nineteen places.
    private static func quotient(_ digits: UInt64, byPowerOfTen k: Int) -> Double? {
        guard k < powersOfTen.count else { return nil }
        let power = powersOfTen[k]
        // Where both are exact in a double, so is the rounding of their quotient.
        if digits < 1 << 53, k <= 15 { return Double(digits) / Double(power) }
        if digits == 0 { return 0 }
        // As integers: 63 or 64 bits of the quotient, the last one set where there is a rest.
        let (shift, powerShift) = (digits.leadingZeroBitCount, power.leadingZeroBitCount)
        let top = digits << shift
        let (quotient, rest) = (power << powerShift).dividingFullWidth((top >> 1, top << 63))
        let rounded = Double(rest == 0 ? quotient : quotient | 1)
        return rounded * Double(bitPattern: UInt64(1023 + powerShift - shift - 63) << 52)
    }

    /// As numbers alone, so that they are there before the program runs.
    private static let powersOfTen: [UInt64] = [
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000,
        10_000_000_000, 100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000,
        1_000_000_000_000_000, 10_000_000_000_000_000, 100_000_000_000_000_000,
        1_000_000_000_000_000_000, 10_000_000_000_000_000_000,
    ]
}
