import TimeSeries

/// Times as recorded series write them; without a zone they are UTC.
enum RecordedTime {
    static func parse(_ text: String) -> Timestamp? {
        var text = CSVReader.trimmed(text)
        if let number = Double(text) {
            // Seconds of this size lie beyond the year 5000, milliseconds in 1973 and later.
            return abs(number) < 1e11
                ? Timestamp(seconds: number)
                : Int64(exactly: number.rounded()).map { Timestamp(milliseconds: $0) }
        }
        guard text.utf8.count >= 10 else { return nil }
        text = text.replacing("/", with: "-").replacing(" ", with: "T")
        if let time = Timestamp(parsing: text) { return time }
        return Timestamp(parsing: text + "Z") ?? Timestamp(parsing: text + ":00Z")
    }

    /// The same of a field, without a string for the form that nearly all series have.
    static func parse(_ field: ArraySlice<UInt8>) -> Timestamp? {
        common(field) ?? parse(String(decoding: field, as: UTF8.self))
    }

    /// Of a year without 29 February, which is left to the general parser.
    private static let monthLengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

    /// `2026-11-21 08:00:00`, or with a `T`; nil for all else.
    private static func common(_ field: ArraySlice<UInt8>) -> Timestamp? {
        guard field.count == 19 else { return nil }
        let start = field.startIndex
        func number(_ place: Int, _ digitCount: Int) -> Int? {
            var number = 0
            for i in (start + place)..<(start + place + digitCount) {
                guard (0x30...0x39).contains(field[i]) else { return nil }
                number = number * 10 + Int(field[i] - 0x30)
            }
            return number
        }
        let separator = field[start + 10]
        guard field[start + 4] == 0x2D, field[start + 7] == 0x2D,
            separator == 0x20 || separator == 0x54, field[start + 13] == 0x3A,
            field[start + 16] == 0x3A, let year = number(0, 4), let month = number(5, 2),
            let day = number(8, 2),
            let hour = number(11, 2), let minute = number(14, 2), let second = number(17, 2),
            year >= 1970, (1...12).contains(month), (1...monthLengths[month - 1]).contains(day),
            hour < 24, minute < 60, second < 60
        else { return nil }
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
