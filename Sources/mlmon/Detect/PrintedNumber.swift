import Foundation

/// Numbers as the detect commands write them: the fifteen digits that a double is sure of, which is
/// several times as fast as the shortest text that reads back the same.
enum PrintedNumber {
    /// Bytes that a number may take.
    static let maximumByteCount = 32
    private static let digitCount = 15

    /// Writes a finite number, without zeros at its end.
    ///
    /// - Parameter place: Of at least `maximumByteCount` bytes.
    /// - Returns: How many were written.
    static func write(_ number: Double, to place: UnsafeMutablePointer<UInt8>) -> Int {
        let size = abs(number)
        guard size >= 1e-4, size < 1e14 else { return writeRare(number, to: place) }
        // Digits before the point; below 1 as many zeros stand after it.
        var wholeCount = -3
        while size >= powersOfTen[wholeCount + 3] { wholeCount += 1 }
        // Half up, without a call: below 2⁵⁰ the sum rounds to the same.
        var digits = UInt64(size * powersOfTen[digitCount - wholeCount + 3] + 0.5)
        if digits >= 1_000_000_000_000_000 {
            digits /= 10
            wholeCount += 1
        }
        var start = 0
        if number < 0 {
            place[0] = 0x2D
            start = 1
        }
        var end = start + max(2 - wholeCount, 1) + digitCount
        // The zero before them goes where the first or the point is put.
        writeDigits(digits, to: place + end - digitCount - 1)
        if wholeCount > 0 {
            // They move to make room for the point.
            for i in start..<(start + wholeCount) { place[i] = place[i + 1] }
            place[start + wholeCount] = 0x2E
        } else {
            for i in start..<(end - digitCount) { place[i] = 0x30 }
            place[start + 1] = 0x2E
        }
        while place[end - 1] == 0x30 { end -= 1 }
        return place[end - 1] == 0x2E ? end - 1 : end
    }

    /// Six digits, with an exponent where that is shorter, for people.
    static func sixDigits(_ number: Double) -> String {
        // `String(format:)` would load locales, which takes more memory than a comparison does.
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { text in
            guard let base = text.baseAddress else { return "" }
            let count = withVaList([number]) { vsnprintf(base, text.count, "%.6g", $0) }
            let bytes = text.prefix(max(Int(count), 0)).map { UInt8(bitPattern: $0) }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    /// Fifteen digits after a zero, eight at a time.
    private static func writeDigits(_ digits: UInt64, to place: UnsafeMutablePointer<UInt8>) {
        let place = UnsafeMutableRawPointer(place)
        place.storeBytes(of: eightDigits(digits / 100_000_000), as: UInt64.self)
        place.storeBytes(
            of: eightDigits(digits % 100_000_000), toByteOffset: 8, as: UInt64.self)
    }

    /// A number below 10⁸ as eight characters, the first one in the lowest byte.
    ///
    /// Halves are split into halves, all of a size at the same time: P. Khuong, *How to print
    /// integers really fast*, 2017.
    private static func eightDigits(_ number: UInt64) -> UInt64 {
        let fours = number / 10_000 | (number % 10_000) << 32
        let hundreds = (fours &* 10_486) >> 20 & 0x0000_007F_0000_007F
        let twos = hundreds | (fours &- 100 &* hundreds) << 16
        let tens = (twos &* 103) >> 10 & 0x000F_000F_000F_000F
        let ones = tens | (twos &- 10 &* tens) << 8
        return (ones | 0x3030_3030_3030_3030).littleEndian
    }

    /// 0, and what is shorter with an exponent or has hardly a fraction.
    private static func writeRare(_ number: Double, to place: UnsafeMutablePointer<UInt8>) -> Int {
        var count = 0
        for byte in (number == 0 ? "0" : number.description).utf8.prefix(maximumByteCount) {
            place[count] = byte
            count += 1
        }
        return count
    }

    /// From 10⁻³ on; as numbers alone, so that they are there before the program runs.
    private static let powersOfTen: [Double] = [
        1e-3, 1e-2, 1e-1, 1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13,
        1e14, 1e15, 1e16, 1e17, 1e18,
    ]
}
