import TimeSeries

/// Times as recorded series write them; without a zone they are UTC.
enum RecordedTime {
    static func parse(_ text: String) -> Timestamp? {
        var text = CSVReader.trimmed(text)
        if let number = Double(text) { return time(of: number) }
        guard text.utf8.count >= 10 else { return nil }
        text = text.replacing("/", with: "-").replacing(" ", with: "T")
        if let time = Timestamp(parsing: text) { return time }
        return Timestamp(parsing: text + "Z") ?? Timestamp(parsing: text + ":00Z")
    }

    /// The same of a field, without a string for the forms that nearly all series have.
    ///
    /// - Precondition: A byte follows the field in memory that no number goes on with.
    static func parse(_ field: Span<UInt8>) -> Timestamp? {
        if let time = common(field) { return time }
        if field.count <= 17, let number = RecordedNumber.parse(field) { return time(of: number) }
        return parse(String(decoding: field.indices.map { field[$0] }, as: UTF8.self))
    }

    private static func time(of number: Double) -> Timestamp? {
        // Seconds of this size lie beyond the year 5000, milliseconds in 1973 and later.
        abs(number) < 1e11
            ? Timestamp(seconds: number)
            : Int64(exactly: number.rounded()).map { Timestamp(milliseconds: $0) }
    }

    /// Of a year without 29 February, which is left to the general parser.
    private static let monthLengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

    /// `2026-11-21 08:00:00`, or with a `T` and at the end a `Z`; nil for all else.
    private static func common(_ field: Span<UInt8>) -> Timestamp? {
        guard field.count == 19 || (field.count == 20 && field[19] == 0x5A) else { return nil }
        // Two digits in one number; more than 99 where one is none.
        func pair(_ i: Int) -> Int {
            let (tens, ones) = (field[unchecked: i] &- 0x30, field[unchecked: i + 1] &- 0x30)
            return tens < 10 && ones < 10 ? Int(tens) * 10 + Int(ones) : 100
        }
        let separator = field[10]
        let (century, yearOfCentury) = (pair(0), pair(2))
        let (month, day) = (pair(5), pair(8))
        let (hour, minute, second) = (pair(11), pair(14), pair(17))
        guard field[4] == 0x2D, field[7] == 0x2D, separator == 0x20 || separator == 0x54,
            field[13] == 0x3A, field[16] == 0x3A, century < 100, yearOfCentury < 100,
            (1...12).contains(month), (1...monthLengths[month - 1]).contains(day), hour < 24,
            minute < 60, second < 60
        else { return nil }
        let year = century * 100 + yearOfCentury
        guard year >= 1970 else { return nil }
        // Days since 1970, with years that begin in March.
        let shifted = month > 2 ? year : year - 1
        let monthFromMarch = (month + 9) % 12
        let days =
            365 * shifted + shifted / 4 - shifted / 100 + shifted / 400
            + (153 * monthFromMarch + 2) / 5 + day - 719_469
        let seconds = (days * 24 + hour) * 3600 + minute * 60 + second
        return Timestamp(milliseconds: Int64(seconds) * 1000)
    }
}
