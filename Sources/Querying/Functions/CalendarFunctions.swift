import TimeSeries

/// A part of a time's date in UTC, for values that are seconds since the epoch.
///
/// - Returns: nil where the name is none of the date functions.
func calendarFunction(named name: String) -> ((Double) -> Double)? {
    let part: (CalendarTime) -> Int64
    switch name {
    case "year": part = { $0.year }
    case "month": part = { $0.month }
    case "day_of_month": part = { $0.day }
    case "day_of_week": part = { $0.dayOfWeek }
    case "day_of_year": part = { $0.dayOfYear }
    case "days_in_month": part = { $0.daysInMonth }
    case "hour": part = { $0.secondOfDay / 3600 }
    case "minute": part = { $0.secondOfDay / 60 % 60 }
    default: return nil
    }
    return { seconds in Double(part(CalendarTime(seconds: seconds))) }
}

/// A second in the proleptic Gregorian calendar.
private struct CalendarTime {
    let days: Int64
    let secondOfDay: Int64
    let year: Int64
    let month: Int64
    let day: Int64

    /// Seconds since the epoch; fractions are cut off.
    ///
    /// What is no 64-bit integer (NaN, infinities) stands for 2^63 s, a second of the year
    /// 292,277,026,596: so do Prometheus's builds for x86, whose conversion gives −2^63, which
    /// lies before the first year that Go's calendar knows and wraps around.
    init(seconds: Double) {
        if let whole = Int64(exactly: seconds.rounded(.towardZero)), whole >= Self.firstSecond {
            let remainder = whole % 86_400
            secondOfDay = remainder < 0 ? remainder + 86_400 : remainder
            days = (whole - secondOfDay) / 86_400
        } else {
            let beyond = UInt64(1) << 63
            secondOfDay = Int64(beyond % 86_400)
            days = Int64(beyond / 86_400)
        }
        // Years are counted from March, so that the leap day is a year's last.
        let z = days + 719_468
        let era = (z >= 0 ? z : z - 146_096) / 146_097
        let dayOfEra = z - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// The first of the year −292,277,022,399.
    private static let firstSecond: Int64 = -9_223_371_966_579_724_800

    private var isLeapYear: Bool { (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 }

    /// 0 is Sunday.
    var dayOfWeek: Int64 {
        let remainder = (days + 4) % 7
        return remainder < 0 ? remainder + 7 : remainder
    }

    /// From 1.
    var dayOfYear: Int64 {
        let before: [Int64] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
        return before[Int(month - 1)] + day + (month > 2 && isLeapYear ? 1 : 0)
    }

    var daysInMonth: Int64 {
        switch month {
        case 2: isLeapYear ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
