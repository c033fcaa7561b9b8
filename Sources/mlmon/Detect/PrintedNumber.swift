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
        while size >= limits[wholeCount + 3] { wholeCount += 1 }
        var digits = UInt64((size * powersOfTen[digitCount - wholeCount]).rounded())
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
        writeDigits(digits, to: place + end - digitCount)
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

    /// Fifteen digits, in two halves of which neither waits for the other.
    private static func writeDigits(_ digits: UInt64, to place: UnsafeMutablePointer<UInt8>) {
        var high = UInt32(truncatingIfNeeded: digits / 10_000_000)
        var low = UInt32(truncatingIfNeeded: digits % 10_000_000)
        for i in 0..<7 {
            place[7 - i] = 0x30 + UInt8(truncatingIfNeeded: high % 10)
            place[14 - i] = 0x30 + UInt8(truncatingIfNeeded: low % 10)
            high /= 10
            low /= 10
        }
        place[0] = 0x30 + UInt8(truncatingIfNeeded: high)
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

    /// Exact to 10²².
    private static let powersOfTen: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
        1e17, 1e18,
    ]
    /// Of sizes with −3, −2, … digits before the point.
    private static let limits: [Double] = [1e-3, 1e-2, 1e-1] + powersOfTen[...14]
}
