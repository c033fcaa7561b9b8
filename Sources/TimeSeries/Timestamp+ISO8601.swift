extension Timestamp: CustomStringConvertible {
    /// RFC 3339 in UTC, with milliseconds only where there are any: `2026-05-01T10:00:00Z`.
    package var description: String { iso8601() }

    /// RFC 3339 in UTC.
    ///
    /// - Parameter fractionDigits: 0 or 3; nil gives milliseconds only where there are any.
    package func iso8601(fractionDigits: Int? = nil) -> String {
        let (date, time) = Self.split(milliseconds)
        let (year, month, day) = Self.civil(daysSinceEpoch: date)
        let seconds = time / 1000
        let millisecond = time % 1000
        var text = "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))T"
        text += "\(Self.padded(seconds / 3600, 2)):\(Self.padded(seconds / 60 % 60, 2))"
        text += ":\(Self.padded(seconds % 60, 2))"
        if fractionDigits == 3 || (fractionDigits == nil && millisecond != 0) {
            text += ".\(Self.padded(millisecond, 3))"
        }
        return text + "Z"
    }

    /// Hour and minute and second of the day in UTC.
    package var timeOfDay: (hour: Int, minute: Int, second: Int) {
        let seconds = Int(Self.split(milliseconds).1 / 1000)
        return (seconds / 3600, seconds / 60 % 60, seconds % 60)
    }

    /// Reads RFC 3339 (`2026-05-01T10:00:00Z`, `2026-05-01T10:00:00.5+02:00`), a date alone, or
    /// seconds since the epoch with an optional fraction. nil where the text is none of these.
    package init?(parsing text: String) {
        if let seconds = Double(text), seconds.isFinite, abs(seconds) < 1e14 {
            self.init(seconds: seconds)
            return
        }
        var reader = DigitReader(text.utf8)
        guard let year = reader.number(4), reader.skip("-"), let month = reader.number(2),
            reader.skip("-"), let day = reader.number(2), (1...12).contains(month),
            (1...Self.dayCount(year: year, month: month)).contains(day)
        else { return nil }
        var total = Self.days(year: year, month: month, day: day) * 86_400_000
        if reader.isAtEnd {
            self.init(milliseconds: total)
            return
        }
        guard reader.skip("T") || reader.skip("t") || reader.skip(" "),
            let hour = reader.number(2), reader.skip(":"), let minute = reader.number(2),
            reader.skip(":"), let second = reader.number(2), hour < 24, minute < 60, second < 61
        else { return nil }
        total += (hour * 3600 + minute * 60 + second) * 1000
        if reader.skip(".") {
            guard let fraction = reader.fractionInMilliseconds() else { return nil }
            total += fraction
        }
        if reader.skip("Z") || reader.skip("z") {
            // UTC, nothing to add.
        } else if let sign: Int64 = reader.skip("+") ? 1 : reader.skip("-") ? -1 : nil {
            guard let hours = reader.number(2), reader.skip(":"), let minutes = reader.number(2)
            else { return nil }
            total -= sign * (hours * 60 + minutes) * 60_000
        }
        guard reader.isAtEnd else { return nil }
        self.init(milliseconds: total)
    }

    private static func split(_ milliseconds: Int64) -> (days: Int64, milliseconds: Int64) {
        let day: Int64 = 86_400_000
        let (quotient, remainder) = milliseconds.quotientAndRemainder(dividingBy: day)
        return remainder < 0 ? (quotient - 1, remainder + day) : (quotient, remainder)
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value.magnitude)
        let zeros = String(repeating: "0", count: max(0, width - digits.count))
        return (value < 0 ? "-" : "") + zeros + digits
    }

    private static func dayCount(year: Int64, month: Int64) -> Int64 {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970-01-01 in the proleptic Gregorian calendar.
    ///
    /// Years are counted from March, so that the leap day is a year's last.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let y = month <= 2 ? year - 1 : year
        let era = (y >= 0 ? y : y - 399) / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private static func civil(daysSinceEpoch: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let z = daysSinceEpoch + 719_468
        let era = (z >= 0 ? z : z - 146_096) / 146_097
        let dayOfEra = z - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}

/// Reads fixed-width decimal fields from left to right.
private struct DigitReader {
    private var rest: Substring.UTF8View

    init(_ text: String.UTF8View) {
        rest = Substring(String(text)).utf8
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func skip(_ character: Character) -> Bool {
        guard let byte = rest.first, byte == character.asciiValue else { return false }
        rest = rest.dropFirst()
        return true
    }

    mutating func number(_ width: Int) -> Int64? {
        let digits = rest.prefix(width)
        guard digits.count == width, digits.allSatisfy({ (48...57).contains($0) }) else {
            return nil
        }
        rest = rest.dropFirst(width)
        return digits.reduce(0) { $0 * 10 + Int64($1 - 48) }
    }

    /// At least one digit; digits past the third are read and dropped.
    mutating func fractionInMilliseconds() -> Int64? {
        let digits = rest.prefix { (48...57).contains($0) }
        guard !digits.isEmpty else { return nil }
        rest = rest.dropFirst(digits.count)
        var value: Int64 = 0
        for (index, digit) in zip(0..<3, Array(digits.prefix(3)) + [48, 48]) where index < 3 {
            value = value * 10 + Int64(digit - 48)
        }
        return value
    }
}
