/// A floating-point number as Go's `strconv.ParseFloat` reads it, without hexadecimal and
/// underscores: `12`, `-3.5`, `1e-3`, `.5`, `5.`, `NaN`, `+Inf`, `infinity`, in any case.
enum DecimalNumber {
    /// Reads the number that begins at `start` and moves `start` past it.
    ///
    /// The result is the double nearest to the decimal, exact halves to even. Nearly all numbers
    /// take the first way, of at most 2⁵³ and a power of ten that is itself exact (W. D. Clinger,
    /// *How to read floating point numbers accurately*, 1990); the others of at most 19 digits
    /// are scaled in 128 bits; the rest is left to the standard library.
    ///
    /// - Returns: nil, with `start` unchanged, where no number begins, or where it is too large
    ///   for a double. What follows the number is the caller's to check.
    /// - Complexity: O(digits); does not allocate for numbers of up to 19 digits.
    @inline(__always)
    static func parse(
        _ bytes: UnsafePointer<UInt8>, at start: inout Int, end: Int
    ) -> Double? {
        var i = start
        guard i < end else { return nil }
        let isNegative = bytes[i] == UInt8(ascii: "-")
        if isNegative || bytes[i] == UInt8(ascii: "+") { i += 1 }
        let first = i
        var mantissa: UInt64 = 0
        while i < end {
            let digit = bytes[i] &- 48
            guard digit < 10 else { break }
            mantissa = mantissa &* 10 &+ UInt64(digit)
            i += 1
        }
        var digitCount = i - first
        var exponent = 0
        if i < end, bytes[i] == UInt8(ascii: ".") {
            let point = i
            i += 1
            while i < end {
                let digit = bytes[i] &- 48
                guard digit < 10 else { break }
                mantissa = mantissa &* 10 &+ UInt64(digit)
                i += 1
            }
            exponent = point + 1 - i
            digitCount -= exponent
        }
        guard digitCount > 0 else { return special(bytes, at: &start, end: end) }
        if i < end, bytes[i] | 0x20 == UInt8(ascii: "e") {
            guard let power = Self.exponent(bytes, at: &i, end: end) else { return nil }
            exponent += power
        }
        guard digitCount <= 19 else { return standard(bytes, at: &start, end: i) }
        if mantissa <= 1 << 53, exponent <= 0, exponent >= -22 {
            let value = exponent == 0 ? Double(mantissa) : Double(mantissa) / powersOfTen[-exponent]
            start = i
            return isNegative ? -value : value
        }
        guard let value = scaled(mantissa, exponent) else {
            return standard(bytes, at: &start, end: i)
        }
        start = i
        return isNegative ? -value : value
    }

    /// The digits after `e`; saturates far outside the range of a double.
    private static func exponent(
        _ bytes: UnsafePointer<UInt8>, at start: inout Int, end: Int
    ) -> Int? {
        var i = start + 1
        guard i < end else { return nil }
        let isNegative = bytes[i] == UInt8(ascii: "-")
        if isNegative || bytes[i] == UInt8(ascii: "+") { i += 1 }
        let first = i
        var value = 0
        while i < end, bytes[i] &- 48 < 10 {
            value = min(value * 10 + Int(bytes[i] &- 48), 100_000)
            i += 1
        }
        guard i > first else { return nil }
        start = i
        return isNegative ? -value : value
    }

    /// `mantissa` · 10^`exponent`, correctly rounded; nil outside of 10^±27.
    private static func scaled(_ mantissa: UInt64, _ exponent: Int) -> Double? {
        if mantissa == 0 { return 0 }
        guard (-27...27).contains(exponent) else { return nil }
        let shift = mantissa.leadingZeroBitCount
        let numerator = mantissa << UInt64(shift)
        if exponent >= 0 {
            let (high, low) = numerator.multipliedFullWidth(by: powersOfFive[exponent])
            let leading = high == 0 ? 64 : high.leadingZeroBitCount
            let top =
                leading == 64 ? low : leading == 0 ? high : high << leading | low >> (64 - leading)
            let rest = leading == 64 ? 0 : low << leading
            let rounded = Double(top | (rest == 0 ? 0 : 1))
            return scalb(rounded, 64 - leading - shift + exponent)
        }
        // 5^k and the numerator both fill 64 bits, so the quotient has 63 or 64 significant bits;
        // a remainder only matters as a bit below them.
        let power = powersOfFive[-exponent]
        let powerShift = power.leadingZeroBitCount
        let (quotient, remainder) = (power << UInt64(powerShift)).dividingFullWidth(
            (numerator >> 1, numerator << 63))
        let rounded = Double(quotient | (remainder == 0 ? 0 : 1))
        return scalb(rounded, powerShift - shift - 63 + exponent)
    }

    /// `value` · 2^`power`, exact: the callers stay far from the ends of the range.
    private static func scalb(_ value: Double, _ power: Int) -> Double {
        Double(sign: .plus, exponent: power, significand: value)
    }

    /// Long mantissas and extreme exponents.
    private static func standard(
        _ bytes: UnsafePointer<UInt8>, at start: inout Int, end: Int
    ) -> Double? {
        let text = String(
            decoding: UnsafeBufferPointer(start: bytes + start, count: end - start), as: UTF8.self)
        guard let value = Double(text), value.isFinite else { return nil }
        start = end
        return value
    }

    /// `NaN` without a sign, `Inf` and `Infinity` with or without one.
    private static func special(
        _ bytes: UnsafePointer<UInt8>, at start: inout Int, end: Int
    ) -> Double? {
        var i = start
        if hasWord("nan", bytes, i, end) {
            start = i + 3
            return .nan
        }
        let isNegative = bytes[i] == UInt8(ascii: "-")
        if isNegative || bytes[i] == UInt8(ascii: "+") { i += 1 }
        for word in ["infinity", "inf"] as [StaticString] where hasWord(word, bytes, i, end) {
            start = i + word.utf8CodeUnitCount
            return isNegative ? -.infinity : .infinity
        }
        return nil
    }

    private static func hasWord(
        _ word: StaticString, _ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int
    ) -> Bool {
        guard end - start >= word.utf8CodeUnitCount else { return false }
        for i in 0..<word.utf8CodeUnitCount where bytes[start + i] | 0x20 != word.utf8Start[i] {
            return false
        }
        return true
    }

    /// 10⁰…10²², the powers of ten that are exact in a double.
    private static let powersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
        1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]

    /// 5⁰…5²⁷, all that fit 64 bits.
    private static let powersOfFive: [UInt64] = {
        var powers: [UInt64] = [1]
        for _ in 0..<27 { powers.append(powers[powers.count - 1] * 5) }
        return powers
    }()
}

extension DecimalNumber {
    /// A whole string as one number, nil where it is none.
    static func parse(_ text: [UInt8]) -> Double? {
        text.withUnsafeBufferPointer { buffer in
            guard let bytes = buffer.baseAddress else { return nil }
            var i = 0
            guard let value = parse(bytes, at: &i, end: buffer.count), i == buffer.count else {
                return nil
            }
            return value
        }
    }

    /// A bucket bound or quantile as OpenMetrics writes it: Go's `%g` with `.0` behind a whole
    /// number, so that `1`, `1.0` and `1e0` are one label value: `0.005`, `1.0`, `1e-05`, `+Inf`.
    static func canonical(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if value == 0 { return value.sign == .minus ? "-0.0" : "0.0" }
        let (digits, exponent) = shortestDigits(value.magnitude)
        let sign = value < 0 ? "-" : ""
        let isScientific = exponent < -4 || exponent >= 6
        return sign + (isScientific ? scientific(digits, exponent) : plain(digits, exponent))
    }

    /// The fewest digits that read back as the value, and the power of ten of the first one.
    private static func shortestDigits(
        _ value: Double
    ) -> (digits: ArraySlice<UInt8>, exponent: Int) {
        var digits: [UInt8] = []
        digits.reserveCapacity(24)
        var power = 0
        var text = value.description
        text.withUTF8 { text in
            let end = text.firstIndex(of: UInt8(ascii: "e")) ?? text.endIndex
            digits += text[..<end]
            power = Int(String(decoding: text[end...].dropFirst(), as: UTF8.self)) ?? 0
        }
        let point = digits.firstIndex(of: UInt8(ascii: "."))
        if let point { digits.remove(at: point) }
        let zero = UInt8(ascii: "0")
        let leading = digits.prefix { $0 == zero }.count
        let exponent = (point ?? digits.count) - 1 + power - leading
        var rest = digits[leading...]
        while rest.count > 1, rest.last == zero { rest.removeLast() }
        return (rest, exponent)
    }

    private static func scientific(_ digits: ArraySlice<UInt8>, _ exponent: Int) -> String {
        let fraction = digits.count > 1 ? "." + text(digits.dropFirst()) : ""
        let power = String(exponent.magnitude)
        return text(digits.prefix(1)) + fraction + (exponent < 0 ? "e-" : "e+")
            + (power.count < 2 ? "0" + power : power)
    }

    private static func plain(_ digits: ArraySlice<UInt8>, _ exponent: Int) -> String {
        if exponent < 0 {
            return "0." + String(repeating: "0", count: -exponent - 1) + text(digits)
        }
        if digits.count <= exponent + 1 {
            return text(digits) + String(repeating: "0", count: exponent + 1 - digits.count) + ".0"
        }
        return text(digits.prefix(exponent + 1)) + "." + text(digits.dropFirst(exponent + 1))
    }

    private static func text(_ digits: ArraySlice<UInt8>) -> String {
        String(decoding: digits, as: UTF8.self)
    }
}
